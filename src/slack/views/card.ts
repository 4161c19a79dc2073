import type { ActionsBlock, Button, KnownBlock } from '@slack/web-api';
import type { Wish } from '../../recording/announcer.ts';
import { fillCapsule } from '../../recording/capsule.ts';
import { formatDuration } from '../../recording/duration.ts';
import type { Session } from '../../recording/session.ts';
import { isEnded } from '../../recording/session.ts';
import { EXTEND_1_H, EXTEND_15_MIN, extensions } from '../actions/extend-recording-ids.ts';
import { STOP_RECORDING } from '../actions/stop-recording-id.ts';
import { type Sealer, stopValue } from '../actions/stop-value.ts';
import type { FileLink } from '../file-links.ts';
import { channel, code, escaped, join, type Mrkdwn, mrkdwn, plain, time, user } from '../mrkdwn.ts';
import { context, section, sections, type View } from './blocks.ts';
import { cardFiles } from './card-files.ts';
import { headline } from './headline.ts';
import { inForce } from './in-force.ts';
import { stateWords } from './state-words.ts';

/** What the card needs to know besides the session. */
export interface CardContext {
  /** Links to the files, by object key. */
  links: ReadonlyMap<string, FileLink>;
  sealer: Sealer;
  /** The card is not where the recording was started, because nothing can be posted there. */
  elsewhere: boolean;
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
  const lights = parts.length > 1 ? parts.map(light) : [];
  blocks.push(...sections(lights));
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
    if (all.files.length > 0) blocks.push(...cardFiles(all, lead, parts, links, join(lights, '\n').length));
  } else {
    if (s.failure) blocks.push(section(failureText(s.failure)));
    const buttons = actions(lead, parts, sealer);
    if (buttons) blocks.push(buttons);
  }
  return { text: sentence(lead, all), blocks };
}

/** Of more recorders than this that came to no good end only the number stands in the heading. */
const mostNamed = 3;

/** Of a wish that came to a good end: which of its recorders did not. */
function broken(s: Session, parts: readonly Session[]): Mrkdwn {
  const bad = parts.filter((p) => p.state === 'failed' && p.failure.kind !== 'cancelled');
  if (s.state !== 'completed' || bad.length === 0) return mrkdwn``;
  // Each has a line of its own below.
  if (bad.length > mostNamed) return mrkdwn` (${bad.length} of ${parts.length} parts did not end well)`;
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
