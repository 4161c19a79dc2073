import type { ActionsBlock, Button, KnownBlock } from '@slack/web-api';
import { formatDuration } from '../../recording/duration.ts';
import type { Session } from '../../recording/session.ts';
import { isEnded } from '../../recording/session.ts';
import { EXTEND_1_H, EXTEND_15_MIN, extensions } from '../actions/extend-recording-ids.ts';
import { STOP_RECORDING } from '../actions/stop-recording-id.ts';
import { channel, code, escaped, type Mrkdwn, mrkdwn, plain, time, user } from '../mrkdwn.ts';
import { context, section, type View } from './blocks.ts';
import { fileBlocks } from './files.ts';

/** What the card needs to know besides the session. */
export interface CardContext {
  url: (name: string) => string;
  /** The card is not where the recording was started, because nothing can be posted there. */
  elsewhere: boolean;
}

/** The state in a sign and in words: colour or sign alone never carries the meaning. */
export function stateWords(s: Session): { sign: string; words: string } {
  if (!isEnded(s) && s.failure && s.state === 'stopping')
    return { sign: '🔴', words: 'Not proved, stopping for safety' };
  switch (s.state) {
    case 'requested':
    case 'acquired':
    case 'starting':
      return s.desired === 'stopped' ? { sign: '⏳', words: 'Stopping' } : { sign: '⏳', words: 'Starting' };
    case 'recording':
      return { sign: '🔴', words: 'Recording' };
    case 'suspect':
      return s.missingCount >= 2
        ? { sign: '🟠', words: 'Checking: Agora does not find the recorder at the moment' }
        : { sign: '🔴', words: 'Recording' };
    case 'stopping':
      return { sign: '⏳', words: 'Stopping' };
    case 'uploading':
      return { sign: '⬆️', words: s.slowTold ? 'Stopped, upload not confirmed yet' : 'Stopped, uploading' };
    case 'backuped':
      return { sign: '🟠', words: "Stopped, files in Agora's backup, on their way to the bucket" };
    case 'completed':
      return {
        sign: '✅',
        words: s.proof === 'agora' ? 'Done, files are in the bucket' : 'Done, files were found in the bucket',
      };
    case 'empty':
      return { sign: '⚪', words: 'Done, nothing was recorded because nobody published' };
    case 'failed':
      if (s.failure.kind === 'cancelled') return { sign: '⚪', words: 'Stopped before it began' };
      return {
        sign: '❌',
        words: s.failure.kind === 'lost' || s.failure.kind === 'ended_early' ? 'Ended early' : 'Failed',
      };
  }
}

/** The one message of a recording, drawn anew whenever its state changes. Buttons are there only while they can do something. */
export function card(s: Session, { url, elsewhere }: CardContext): View {
  const { sign, words } = stateWords(s);
  const blocks: KnownBlock[] = [
    section(
      mrkdwn`${escaped(sign)} *${escaped(words)}*\nAgora channel ${code(s.channelName)}, started by ${user(s.startedBy)}`,
    ),
    context(times(s)),
  ];
  if (elsewhere) {
    blocks.push(
      context(
        mrkdwn`I cannot post in ${channel(s.channel)}, so this is here. Invite me there to have the next card there.`,
      ),
    );
  }
  if (isEnded(s)) {
    if (s.state === 'failed' && s.failure.kind !== 'cancelled') blocks.push(section(failureText(s.failure)));
    if (s.files.length > 0) {
      blocks.push(section(escaped(filesHeading(s))), ...fileBlocks(s.files, url));
    }
  } else {
    if (s.failure) blocks.push(section(failureText(s.failure)));
    const buttons = actions(s);
    if (buttons) blocks.push(buttons);
  }
  return { text: sentence(s), blocks };
}

export function failureText(f: { what: string; cause: string; next: string; code: string }): Mrkdwn {
  return mrkdwn`${escaped(f.what, 500)}\n*Likely cause:* ${escaped(f.cause, 500)}\n*What to do:* ${escaped(f.next, 500)}\n*Code:* ${code(f.code)}`;
}

function times(s: Session): Mrkdwn {
  const since = 'recordingSince' in s && s.recordingSince !== undefined ? s.recordingSince : s.requestedAt;
  const word = 'recordingSince' in s && s.recordingSince !== undefined ? 'Recording since' : 'Asked for at';
  if (isEnded(s)) {
    const end = ('stoppedAt' in s ? s.stoppedAt : undefined) ?? s.stopAsked?.at ?? s.endedAt;
    const length = since === s.requestedAt ? mrkdwn`` : mrkdwn` (${escaped(formatDuration(end - since))})`;
    return mrkdwn`From ${time(since, '{date_short_pretty} {time}')} until ${time(end)}${length}${stoppedBy(s)}`;
  }
  if (s.desired === 'stopped')
    return mrkdwn`${escaped(word)} ${time(since, '{date_short_pretty} {time}')}${stoppedBy(s)}`;
  const soon = s.warnAt === null ? mrkdwn` *Stops soon.*` : mrkdwn``;
  return mrkdwn`${escaped(word)} ${time(since, '{date_short_pretty} {time}')}, stops by itself at ${time(s.stopAt)}.${soon}`;
}

function stoppedBy(s: Session): Mrkdwn {
  if (!s.stopAsked) return mrkdwn``;
  if (s.stopAsked.safety) return mrkdwn`, stopped for safety`;
  return s.stopAsked.by ? mrkdwn`, stopped by ${user(s.stopAsked.by)}` : mrkdwn`, stopped at its time`;
}

function filesHeading(s: Session): string {
  if (s.state === 'completed')
    return s.proof === 'agora' ? 'Files:' : 'Files (found in the bucket; Agora has not confirmed the upload):';
  return s.evidence.uploaded === 'uploaded' ? 'Files:' : 'Files that should be in the bucket (not confirmed):';
}

function actions(s: Session): ActionsBlock | undefined {
  if (s.desired === 'stopped') return undefined;
  const stop: Button = {
    type: 'button',
    action_id: STOP_RECORDING,
    style: 'danger',
    text: { type: 'plain_text', text: 'Stop recording' },
    value: s.id,
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
function sentence(s: Session): Mrkdwn {
  const name = escaped(s.channelName);
  if (s.state === 'failed' && s.failure.kind !== 'cancelled') {
    return mrkdwn`Recording of ${name}: ${escaped(s.failure.what, 500)}`;
  }
  const files =
    s.state === 'completed'
      ? mrkdwn` ${s.files.length} ${escaped(s.files.length === 1 ? 'file' : 'files')}.`
      : mrkdwn``;
  return mrkdwn`Recording of ${name}, started by ${user(s.startedBy)}: ${escaped(stateWords(s).words)}.${files}`;
}
