import type { Session } from '../../src/recording/session.ts';
import type { StreamSubscribe } from '../../src/recording/task-settings.ts';
import { code, escaped, type Mrkdwn, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { onlyOptions, recordingArgument } from './arguments.ts';
import { change, running } from './running.ts';
import { type Invocation, type Subcommand, UserError } from './subcommand.ts';

const usage = '<channel> only 123,456 | except 789 | all [--audio] [--video]';
/** Most uids in one list (Agora docs, rest-api/update). */
const maxUids = 32;
/** Agora's word for everybody. */
const everybody = '#allstream#';

export const subscribe: Subcommand = {
  name: 'subscribe',
  usage,
  summary: 'Changes whose sound and picture are recorded, while it runs.',
  needs: 'act',
  async run(i) {
    onlyOptions(i, ['audio', 'video'], `subscribe ${usage}`);
    const [channelName, how, ...more] = i.words.plain;
    if (channelName === undefined || how === undefined) throw wrong(i, mrkdwn``);
    recordingArgument({ ...i, words: { ...i.words, plain: [channelName] } }, `subscribe ${usage}`);
    const word = how.toLowerCase();
    if (!['only', 'except', 'all'].includes(word)) throw wrong(i, mrkdwn`I do not understand ${code(how)}. `);
    const uids = [
      ...new Set(
        more
          .join(',')
          .split(',')
          .filter((u) => u !== ''),
      ),
    ];
    const both = uids.find((u) => ['only', 'except', 'all'].includes(u.toLowerCase()));
    if (both !== undefined) {
      throw wrong(
        i,
        mrkdwn`Agora takes one list, not ${code(word)} and ${code(both)} together; sound and picture may differ. `,
      );
    }
    const bad = uids.find((u) => !/^[1-9]\d{0,9}$/.test(u) || Number(u) > 4_294_967_295);
    if (bad !== undefined) {
      throw wrong(i, mrkdwn`${code(bad)} is not a uid: it is a whole number from 1 to 4294967295. `);
    }
    if (uids.length > maxUids)
      throw wrong(i, mrkdwn`Agora takes ${maxUids} uids at most, and these are ${uids.length}. `);
    if ((word === 'all') !== (uids.length === 0)) {
      throw wrong(i, word === 'all' ? mrkdwn`After ${code('all')} come no uids. ` : mrkdwn`Which uids? `);
    }
    const s = await running(i, channelName);
    if (s.recipe.mode === 'web') {
      throw new UserError(
        mrkdwn`${code(channelName)} is a web page recording: it records the whole page, and has no uids.`,
      );
    }
    const meant = kinds(i, s);
    // Of what it is when that is saved: somebody else may change the other kind at this moment.
    const wanted = (now: Session) => ({
      subscribe: subscription(now, word as 'only' | 'except' | 'all', uids, meant),
    });
    const who =
      word === 'all'
        ? mrkdwn`everybody`
        : word === 'only'
          ? mrkdwn`only ${code(uids.join(', '))}`
          : mrkdwn`all but ${code(uids.join(', '))}`;
    return change(i, s, wanted, mrkdwn`${escaped(meant.join(' and '))} of ${who}`);
  },
};

function wrong(i: Invocation, what: Mrkdwn): UserError {
  return new UserError(mrkdwn`${what}Type ${code(`${i.command} subscribe ${usage}`)}.`);
}

type Kind = 'audio' | 'video';

/** Which kinds are meant: those named, or all that are recorded now. streamTypes: 0 audio, 1 video, 2 both. */
function kinds(i: Invocation, s: Session): Kind[] {
  const types = s.recipe.recordingConfig?.streamTypes ?? 2;
  const possible = (['audio', 'video'] as const).filter((_, k) => types === 2 || types === k);
  const named = possible.filter((k) => i.words.options.has(k));
  const refused = (['audio', 'video'] as const).find((k) => i.words.options.has(k) && !possible.includes(k));
  if (refused) {
    throw new UserError(
      mrkdwn`${code(s.channelName)} records no ${escaped(refused)}, so leave ${code(`--${refused}`)} out.`,
    );
  }
  if (named.length > 0) return named;
  const now = lists(s);
  return possible.filter((k) => now[listOf[k]] !== undefined);
}

const listOf = { audio: 'audioUidList', video: 'videoUidList' } as const;

/**
 * What is not meant stays as it is, and is sent all the same: each update replaces both lists, and with a list for one kind alone Agora records
 * nothing of the other (Agora docs, "Set up subscription lists" and rest-api/update). So a kind that is not recorded is left out: any list for it
 * would switch it on.
 */
function subscription(
  s: Session,
  word: 'only' | 'except' | 'all',
  uids: string[],
  meant: readonly Kind[],
): StreamSubscribe {
  const only = word === 'all' ? [everybody] : uids;
  return {
    ...lists(s),
    ...(meant.includes('audio')
      ? { audioUidList: word === 'except' ? { unSubscribeAudioUids: uids } : { subscribeAudioUids: only } }
      : {}),
    ...(meant.includes('video')
      ? { videoUidList: word === 'except' ? { unSubscribeVideoUids: uids } : { subscribeVideoUids: only } }
      : {}),
  };
}

/** Whose sound and picture are recorded now: what was last asked for, or what the recipe began with. A kind without a list is not recorded. */
function lists(s: Session): StreamSubscribe {
  if (s.wanted.subscribe) return s.wanted.subscribe;
  const config = s.recipe.recordingConfig ?? {};
  const {
    subscribeAudioUids,
    unSubscribeAudioUids,
    subscribeVideoUids,
    unSubscribeVideoUids,
    streamTypes = 2,
  } = config;
  const begun: StreamSubscribe = {};
  if (Array.isArray(subscribeAudioUids)) begun.audioUidList = { subscribeAudioUids: subscribeAudioUids.map(String) };
  else if (Array.isArray(unSubscribeAudioUids))
    begun.audioUidList = { unSubscribeAudioUids: unSubscribeAudioUids.map(String) };
  if (Array.isArray(subscribeVideoUids)) begun.videoUidList = { subscribeVideoUids: subscribeVideoUids.map(String) };
  else if (Array.isArray(unSubscribeVideoUids))
    begun.videoUidList = { unSubscribeVideoUids: unSubscribeVideoUids.map(String) };
  if (begun.audioUidList || begun.videoUidList) return begun;
  // Without any list everybody is recorded, as far as streamTypes goes; a list for a kind that it leaves out is an error.
  return {
    ...(streamTypes === 1 ? {} : { audioUidList: { subscribeAudioUids: [everybody] } }),
    ...(streamTypes === 0 ? {} : { videoUidList: { subscribeVideoUids: [everybody] } }),
  };
}
