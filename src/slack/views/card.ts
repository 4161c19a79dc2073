import type { ActionsBlock, Button, KnownBlock } from '@slack/web-api';
import { fillCapsule } from '../../recording/capsule.ts';
import { formatDuration } from '../../recording/duration.ts';
import { limits } from '../../recording/limits.ts';
import type { Wish } from '../../recording/ports.ts';
import type { RecordedFile, Session } from '../../recording/session.ts';
import { isEnded } from '../../recording/session.ts';
import { EXTEND_1_H, EXTEND_15_MIN, extensions } from '../actions/extend-recording-ids.ts';
import { DOWNLOAD_RECORDING, NEW_LINK, WATCH_RECORDING } from '../actions/file-link-ids.ts';
import { STOP_RECORDING } from '../actions/stop-recording-id.ts';
import { type Sealer, stopValue } from '../actions/stop-value.ts';
import type { FileLink } from '../file-links.ts';
import { channel, code, escaped, join, type Mrkdwn, mrkdwn, plain, time, user } from '../mrkdwn.ts';
import { context, section, sections, type View } from './blocks.ts';
import { consoleWords, countFiles, fileBlocks, formatSize, proofOf, shownFirst } from './files.ts';
import { headline } from './headline.ts';
import { inForce } from './in-force.ts';

/** What the card needs to know besides the session. */
export interface CardContext {
  /** Links to the files, by object key. */
  links: ReadonlyMap<string, FileLink>;
  sealer: Sealer;
  /** The card is not where the recording was started, because nothing can be posted there. */
  elsewhere: boolean;
}

/** The state in a sign and in words: colour or sign alone never carries the meaning. */
export function stateWords(s: Session): { sign: string; words: string } {
  if (!isEnded(s) && s.failure && s.state === 'stopping')
    return { sign: '🔴', words: 'Not proved, stopping for safety' };
  switch (s.state) {
    case 'requested':
      if (s.place !== undefined && s.desired === 'recording') {
        return { sign: '⏳', words: `Waiting for a free recorder, number ${s.place} in the queue` };
      }
      return { sign: '⏳', words: 'Starting' };
    case 'acquired':
    case 'starting':
      return s.desired === 'stopped' ? { sign: '⏳', words: 'Stopping' } : { sign: '⏳', words: 'Starting' };
    case 'recording':
      return s.applied.onhold ? { sign: '⏸️', words: 'Paused' } : { sign: '🔴', words: 'Recording' };
    case 'suspect':
      return s.missingCount >= 2
        ? { sign: '🟠', words: 'Checking: Agora does not find the recorder at the moment' }
        : { sign: '🔴', words: 'Recording' };
    case 'stopping':
      return { sign: '⏳', words: 'Stopping' };
    case 'uploading':
      if (s.evidence.uploaded === 'uploaded') {
        return s.report?.verdict === 'missing' && s.tries >= limits.missingTries
          ? { sign: '🟠', words: 'Uploaded, says Agora, but files are missing in the bucket' }
          : { sign: '⬆️', words: 'Uploaded, says Agora; looking into the bucket' };
      }
      return { sign: '⬆️', words: s.slowTold ? 'Stopped, upload not confirmed yet' : 'Stopped, uploading' };
    case 'backuped':
      return { sign: '🟠', words: "Stopped, files in Agora's backup, on their way to the bucket" };
    case 'completed':
      return {
        sign: '✅',
        words: s.proof === 'agora' ? 'Done, Agora confirms the files' : 'Ready, files seen in the bucket',
      };
    case 'empty':
      return { sign: '⚪', words: 'Done, nothing was recorded because nobody published' };
    case 'failed':
      if (s.failure.kind === 'cancelled') return { sign: '⚪', words: 'Stopped before it began' };
      return {
        sign: '❌',
        words: `${s.failure.kind === 'lost' || s.failure.kind === 'ended_early' ? 'Ended early' : 'Failed'}${s.salvage ? '; looking for its files' : ''}`,
      };
  }
}

/** The one message of a wish to record, drawn anew whenever something of it changes. Buttons are there only while they can do something. */
export function card({ lead, parts }: Wish, { links, sealer, elsewhere }: CardContext): View {
  const s = headline(parts, lead);
  const { sign, words } = stateWords(s);
  const called = lead.title === undefined ? mrkdwn`` : mrkdwn` “${escaped(lead.title, 100)}”`;
  const blocks: KnownBlock[] = [
    section(
      mrkdwn`${escaped(sign)} *${escaped(words)}*${broken(s, parts)}${called}\nAgora channel ${code(lead.channelName)}, started by ${user(lead.startedBy)}`,
    ),
    context(times(s, lead, parts)),
  ];
  const how = inForce(s);
  if (how) blocks.push(context(how));
  if (parts.length > 1) blocks.push(...sections(parts.map(light)));
  if (elsewhere) {
    blocks.push(
      context(
        mrkdwn`I cannot post in ${channel(lead.channel)}, so this is here. Invite me there to have the next card there.`,
      ),
    );
  }
  const all = { ...s, files: parts.flatMap((p) => p.files) };
  if (isEnded(s)) {
    if (s.state === 'failed' && s.failure.kind !== 'cancelled') blocks.push(section(failureText(s.failure)));
    if (all.files.length > 0) {
      blocks.push(section(filesHeading(all, parts)), ...fileBlocks(all.files, links, parts));
      const open = fileActions(lead, parts, links);
      if (open) blocks.push(open);
      const said = linksSaid(links);
      if (said) blocks.push(context(said));
    }
  } else {
    if (s.failure) blocks.push(section(failureText(s.failure)));
    const buttons = actions(lead, parts, sealer);
    if (buttons) blocks.push(buttons);
  }
  return { text: sentence(lead, all), blocks };
}

/** Of a wish that came to a good end: which of its recorders did not. */
function broken(s: Session, parts: readonly Session[]): Mrkdwn {
  const bad = parts.filter((p) => p.state === 'failed' && p.failure.kind !== 'cancelled');
  if (s.state !== 'completed' || bad.length === 0) return mrkdwn``;
  return mrkdwn` (${join(
    bad.map((p) => mrkdwn`part ${p.part}: ${escaped(stateWords(p).words.toLowerCase())}`),
    ', ',
  )})`;
}

const roles = { first: 'First recorder', twin: 'Second recorder', next: 'Next recorder', replacement: 'New recorder' };

/** One line for each recorder of the wish. */
function light(s: Session): Mrkdwn {
  const { sign, words } = stateWords(s);
  return mrkdwn`${escaped(sign)} Part ${s.part} (${escaped(roles[s.role])}): ${escaped(words)}`;
}

export function failureText(f: { what: string; cause: string; next: string; code: string }): Mrkdwn {
  return mrkdwn`${escaped(f.what, 500)}\n*Likely cause:* ${escaped(f.cause, 500)}\n*What to do:* ${escaped(f.next, 500)}\n*Code:* ${code(f.code)}`;
}

function times(s: Session, lead: Session, parts: readonly Session[]): Mrkdwn {
  const since = 'recordingSince' in s && s.recordingSince !== undefined ? s.recordingSince : s.requestedAt;
  const word = 'recordingSince' in s && s.recordingSince !== undefined ? 'Recording since' : 'Asked for at';
  if (isEnded(s)) {
    const end = ('stoppedAt' in s ? s.stoppedAt : undefined) ?? s.stopAsked?.at ?? s.endedAt;
    // Between the parts of one that was lost there is a gap.
    const length =
      since === s.requestedAt || parts.length > 1 ? mrkdwn`` : mrkdwn` (${escaped(formatDuration(end - since))})`;
    const first = Math.min(since, ...parts.flatMap((p) => ('recordingSince' in p ? (p.recordingSince ?? []) : [])));
    return mrkdwn`From ${time(first, '{date_short_pretty} {time}')} until ${time(end)}${length}${stoppedBy(lead)}`;
  }
  if (s.desired === 'stopped')
    return mrkdwn`${escaped(word)} ${time(since, '{date_short_pretty} {time}')}${stoppedBy(lead)}`;
  const soon = lead.warnAt === null ? mrkdwn` *Stops soon.*` : mrkdwn``;
  return mrkdwn`${escaped(word)} ${time(since, '{date_short_pretty} {time}')}, stops by itself at ${time(lead.stopAt)}.${soon}`;
}

function stoppedBy(s: Session): Mrkdwn {
  if (s.stopAsked?.safety) return mrkdwn`, stopped for safety`;
  if (s.groupStop) return mrkdwn`, stopped by ${user(s.groupStop.by)}`;
  if (!s.stopAsked) return mrkdwn``;
  return s.stopAsked.by ? mrkdwn`, stopped by ${user(s.stopAsked.by)}` : mrkdwn`, stopped at its time`;
}

function filesHeading(s: Session, parts: readonly Session[]): Mrkdwn {
  const seen = parts.flatMap((p) => p.report?.files ?? []);
  const size = seen.reduce((sum, f) => sum + (f.size ?? 0), 0);
  const what = mrkdwn` (${escaped([countFiles(s.files), ...(size > 0 ? [formatSize(size)] : [])].join(', '))})`;
  const doubtful = parts.some((p) => p.files.length > 0 && proofOf(p) !== 'seen');
  if (s.state === 'completed' && s.proof !== 'agora' && doubtful) {
    return mrkdwn`Files${what}, seen in the bucket but for those that are marked:`;
  }
  if (s.state === 'completed') {
    switch (s.proof) {
      case 'both':
        return mrkdwn`Files, all seen in the bucket${what}:`;
      case 'bucket':
        return mrkdwn`Files, all seen in the bucket${what}; Agora has not confirmed the upload:`;
      case 'agora':
        return s.files.every((f) => f.expected)
          ? mrkdwn`Agora confirms the upload and has named no files; these are the names that they should have. ${unseen(parts)}`
          : mrkdwn`Files, as Agora confirms them${what}. ${unseen(parts)}`;
    }
  }
  if (!doubtful) return mrkdwn`Files of what was recorded until then, all seen in the bucket${what}:`;
  if (seen.length > 0) return mrkdwn`Files of what was recorded until then${what}, not all seen in the bucket:`;
  return s.evidence.uploaded === 'uploaded'
    ? mrkdwn`Files, as Agora confirms them${what}:`
    : mrkdwn`Files that should be in the bucket, not confirmed${what}:`;
}

/** Why nobody has seen the files. */
function unseen(parts: readonly Session[]): Mrkdwn {
  return parts.some((p) => p.report?.verdict === 'cannot_read')
    ? mrkdwn`The key may not read the bucket, so I could not see them, and these are the places where they lie; who runs the bot can give it a key that may.`
    : mrkdwn`The bucket could not be looked into.`;
}

/** How long the links are good, and where the files can be seen without them. */
function linksSaid(links: ReadonlyMap<string, FileLink>): Mrkdwn | undefined {
  const until = [...links.values()].find((l) => l.open)?.until;
  const words: Mrkdwn[] = [];
  if (until !== undefined) {
    words.push(
      mrkdwn`The links are good until ${time(until, '{date_short_pretty} {time}')}. *New link* makes fresh ones, for who may act on this recording.`,
    );
  }
  const shown = consoleWords(links);
  if (shown) words.push(shown);
  return words.length === 0 ? undefined : join(words, ' ');
}

/** Most Watch and Download buttons of each kind; the files' names are links as well. */
const maxButtons = 3;

function fileActions(
  lead: Session,
  parts: readonly Session[],
  links: ReadonlyMap<string, FileLink>,
): ActionsBlock | undefined {
  const linked = shownFirst(parts.flatMap((p) => p.files)).map((f) => ({ f, link: links.get(f.name) }));
  const withPlayer = linked.flatMap(({ f, link }) => (link?.watch ? [{ f, url: link.watch }] : []));
  // A film is what its list is, to be saved. Of individual recordings the lists with sound and picture are what one watches; single tracks are
  // links below their names.
  const lists = withPlayer.filter(({ f }) => f.name.endsWith('.m3u8'));
  const whole = lists.filter(({ f }) => f.trackType !== 'audio' && f.trackType !== 'video');
  const watchable = whole.length > 0 ? whole : lists.length > 0 ? lists : withPlayer;
  const watch = watchable.slice(0, maxButtons);
  const download = linked
    .flatMap(({ f, link }) => (link?.download && f.name.endsWith('.mp4') ? [{ f, url: link.download }] : []))
    .slice(0, maxButtons);
  const partOf = (f: RecordedFile) => parts.find((p) => p.files.some((g) => g.name === f.name))?.part;
  const numbered = (word: string, i: number, all: readonly { f: RecordedFile }[]) => {
    const names = all.map(({ f }) => (f.uid !== undefined && f.uid !== '0' ? `uid ${f.uid}` : `part ${partOf(f)}`));
    if (all.length === 1) return names[0]?.startsWith('uid') ? `${word} ${names[0]}` : word;
    // A number tells apart what has the same name.
    return new Set(names).size === names.length ? `${word} ${names[i]}` : `${word} ${i + 1}`;
  };
  const buttons: Button[] = [
    ...watch.map(
      ({ url }, i): Button => ({
        type: 'button',
        action_id: `${WATCH_RECORDING}_${i}`,
        style: 'primary',
        text: { type: 'plain_text', text: numbered('Watch', i, watch) },
        url,
      }),
    ),
    ...download.map(
      ({ url }, i): Button => ({
        type: 'button',
        action_id: `${DOWNLOAD_RECORDING}_${i}`,
        text: { type: 'plain_text', text: numbered('Download', i, download) },
        url,
      }),
    ),
  ];
  if (linked.some(({ link }) => link?.open)) {
    buttons.push({
      type: 'button',
      action_id: NEW_LINK,
      text: { type: 'plain_text', text: 'New link' },
      value: lead.id,
    });
  }
  return buttons.length === 0 ? undefined : { type: 'actions', elements: buttons };
}

function actions(lead: Session, parts: readonly Session[], sealer: Sealer): ActionsBlock | undefined {
  const goesOn = lead.others.some((o) => !o.made) || parts.some((p) => !isEnded(p) && p.desired === 'recording');
  if (lead.groupStop || !goesOn) return undefined;
  const s = lead;
  const stop: Button = {
    type: 'button',
    action_id: STOP_RECORDING,
    style: 'danger',
    text: { type: 'plain_text', text: 'Stop recording' },
    value: stopValue(s.id, fillCapsule(lead, parts), sealer),
    confirm: {
      title: { type: 'plain_text', text: 'Stop recording?' },
      text: {
        type: 'plain_text',
        text: `The recording of ${plain(s.channelName, 100)} ends for everybody. The files follow here.`,
      },
      confirm: { type: 'plain_text', text: 'Stop recording' },
      deny: { type: 'plain_text', text: 'Keep recording' },
      style: 'danger',
    },
  };
  // Offered once the end is near, and only what still makes a difference.
  const left = s.warnAt === null ? s.maxStopAt - s.stopAt : 0;
  const extend = ([EXTEND_15_MIN, EXTEND_1_H] as const).filter(
    (_, i) => left > 0 && (i === 0 || left > extensions[EXTEND_15_MIN].ms),
  );
  return {
    type: 'actions',
    elements: [
      stop,
      ...extend.map(
        (id): Button => ({
          type: 'button',
          action_id: id,
          text: { type: 'plain_text', text: extensions[id].label },
          value: s.id,
        }),
      ),
    ],
  };
}

/** The same in one sentence, for notifications and screen readers. */
function sentence(lead: Session, s: Session): Mrkdwn {
  const name = escaped(s.channelName);
  if (s.state === 'failed' && s.failure.kind !== 'cancelled') {
    return mrkdwn`Recording of ${name}: ${escaped(s.failure.what, 500)}`;
  }
  const files =
    s.state === 'completed'
      ? mrkdwn` ${s.files.length} ${escaped(s.files.length === 1 ? 'file' : 'files')}.`
      : mrkdwn``;
  return mrkdwn`Recording of ${name}, started by ${user(lead.startedBy)}: ${escaped(stateWords(s).words)}.${files}`;
}
