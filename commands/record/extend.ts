import { extendAnswer, unknownRecording } from '../../src/slack/actions/sentences.ts';
import { code, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { cardLink } from '../../src/slack/services.ts';
import { paragraph } from '../../src/slack/views/blocks.ts';
import { durationArgument, onlyOptions, recordingArgument } from './arguments.ts';
import { quoted } from './no-recording.ts';
import { running } from './running.ts';
import { type Subcommand, UserError } from './subcommand.ts';

const usage = '<channel> 30m';

export const extend: Subcommand = {
  name: 'extend',
  usage,
  summary: 'Moves the automatic stop later by so much.',
  needs: 'act',
  async run(i) {
    onlyOptions(i, [], `extend ${usage}`);
    const typed = i.words.plain.length > 1 ? i.words.plain.at(-1) : undefined;
    const rest = typed === undefined ? i : { ...i, words: { ...i.words, plain: i.words.plain.slice(0, -1) } };
    const channelName = recordingArgument(rest, `extend ${usage}`);
    const example = (d: string) => `${i.command} extend ${quoted(channelName)} ${d}`;
    if (typed === undefined)
      throw new UserError(mrkdwn`For how much longer? Type for example ${code(example('30m'))}.`);
    // Each recording has its own longest length, which its profile may have set.
    const longest = i.recording ? i.recording.maxStopAt - i.recording.requestedAt : i.settings.maxDuration;
    const ms = durationArgument(typed, 1_000, longest, example);
    const s = await running(i, channelName, extendAnswer);
    const outcome = await i.recordings.extend(s.id, ms, i.actor.user);
    i.log.info({ session: s.id, user: i.actor.user, outcome: outcome.kind }, 'Extend asked');
    if (outcome.kind === 'unknown') return paragraph(unknownRecording);
    return paragraph(extendAnswer(outcome.kind, outcome.session, await cardLink(i.client, outcome.session)));
  },
};
