import type { Failure } from '../messages.ts';
import { oweAlert, oweCard, oweNote } from '../owe.ts';
import type { Session, SessionIn } from '../session.ts';
import { isEnded, mayRecord } from '../session.ts';
import { unseenTasks } from './is-whole.ts';
import { oweFiles } from './owe-files.ts';
import { askReplacement } from './parts.ts';
import { salvage, tellSalvaged } from './salvage.ts';

/** Ends a session badly: the card says so, and people are alerted unless they asked for it. An ended session stays as it is. */
export function fail(s: Session, failure: Failure, now: number): Session {
  if (isEnded(s)) return s;
  const alone: Session = { ...s, state: 'failed', endedAt: now, failure, warnAt: goesOn(s) ? s.warnAt : null };
  const failed = askReplacement(s, alone, failure, now);
  const told =
    failure.kind === 'cancelled'
      ? oweNote(oweCard(failed, now), now, { type: 'cancelled' })
      : // A failure that was already told, when the bot gave up on it, is not told twice.
        s.failure === failure
        ? oweCard(failed, now)
        : oweAlert(oweCard(failed, now), now, failure);
  // What was being uploaded has been looked for; what an earlier task wrote may still come.
  const awaits = s.report?.verdict === 'ready' && unseenTasks(s, s.report).length > 0;
  if (!mayRecord(s)) return awaits ? salvage(told, now) : tellSalvaged(told, now);
  return mayHaveWritten(s) ? salvage(told, now) : told;
}

/** Another part of it still records, and people are to know when that stops. */
function goesOn(s: Session): boolean {
  return s.others.some((o) => !o.done);
}

function mayHaveWritten(s: Session): boolean {
  // One that was never seen at work may have worked while nobody looked.
  return (
    s.state === 'starting' ||
    s.state === 'stopping' ||
    s.files.length > 0 ||
    s.earlierSids !== undefined ||
    ('recordingSince' in s && s.recordingSince !== undefined)
  );
}

/** The files are in the bucket, and who says so is known. */
export function complete(
  s: SessionIn<'uploading' | 'backuped'>,
  proof: 'agora' | 'bucket' | 'both',
  now: number,
): Session {
  // A start that was never proved has failed, even if a little was recorded: the files are shown all the same.
  if (s.failure?.kind === 'start_unproved') return fail(s, s.failure, now);
  const done: Session = { ...s, state: 'completed', endedAt: now, proof, warnAt: goesOn(s) ? s.warnAt : null };
  return oweFiles(oweCard(done, now), proof, now);
}

/** Agora says that all is uploaded. People are told so once the files were seen: the bucket is looked into next. */
export function toUploaded(s: SessionIn<'stopping' | 'uploading' | 'backuped'>, now: number): Session {
  if (s.state === 'uploading' && s.evidence.uploaded === 'uploaded') return s;
  const next: Session = {
    ...s,
    state: 'uploading',
    stoppedAt: s.state === 'stopping' ? now : s.stoppedAt,
    slowTold: s.state === 'uploading' && s.slowTold,
    evidence: { ...s.evidence, uploaded: 'uploaded' },
    tries: 0,
    nextAt: now,
  };
  return oweCard(next, now);
}

/** Stopped; the upload is still going on, or nobody has said how it went. */
export function toUploading(s: SessionIn<'stopping'>, now: number): Session {
  const next: Session = {
    ...s,
    state: 'uploading',
    stoppedAt: now,
    slowTold: false,
    tries: 0,
    nextAt: now + 5_000,
  };
  return oweCard(next, now);
}

/** Everything is uploaded, but some of it to Agora's backup, from where Agora forwards it. */
export function toBackuped(s: SessionIn<'stopping' | 'uploading'>, now: number): Session {
  const next: Session = {
    ...s,
    state: 'backuped',
    stoppedAt: s.state === 'uploading' ? s.stoppedAt : now,
    evidence: { ...s.evidence, uploadFailed: true, uploaded: 'backuped' },
    tries: 0,
    nextAt: now + 60_000,
  };
  return oweNote(oweCard(next, now), now, { type: 'backuped' });
}

/** Nobody published anything, so there are no files. */
export function toEmpty(s: SessionIn<'stopping' | 'uploading'>, now: number): Session {
  if (s.failure?.kind === 'start_unproved') return fail(s, s.failure, now);
  const next: Session = { ...s, state: 'empty', endedAt: now, warnAt: goesOn(s) ? s.warnAt : null };
  const told = oweNote(oweCard(next, now), now, { type: 'empty' });
  return s.earlierSids ? salvage(told, now) : told;
}
