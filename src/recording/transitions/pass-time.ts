import { stopNeverProved, uploadUnproved } from '../failures.ts';
import { limits } from '../limits.ts';
import { oweCard, oweNote } from '../owe.ts';
import type { Session, SessionIn } from '../session.ts';
import { isEnded } from '../session.ts';
import { askStop } from './ask-stop.ts';
import { nextAttempt } from './attempt.ts';
import { fail } from './end.ts';
import { unproved } from './on-query.ts';
import { askNext } from './parts.ts';

/** What the clock alone brings about: the deadline, the warning before it, and the ends of patience. */
export function passTime(s: Session, now: number): Session {
  if (s.warnAt !== null && now >= s.warnAt && now < s.stopAt) {
    return oweNote(oweCard({ ...s, warnAt: null }, now), now, { type: 'warning', stopAt: s.stopAt });
  }
  if (isEnded(s)) return s.warnAt !== null && now >= s.stopAt ? { ...s, warnAt: null } : s;
  if (s.desired === 'recording' && now >= s.stopAt) return askStop(s, null, now);
  const roll = rollTime(s);
  if (roll !== undefined && now >= roll) return askNext(s, now);
  if (s.state === 'acquired' && s.takenAt !== null && now >= s.takenAt + limits.sidPatience) {
    const lostReply = {
      class: 'already' as const,
      code: '201/7',
      cause: "Agora's answer to the start was lost, so the recording could not be controlled.",
      next: 'Start it again.',
      reason: 'already started',
    };
    return nextAttempt(s, lostReply, true, now);
  }
  if (s.state === 'starting' && now >= s.startedAt + limits.proof) return unproved(s, now);
  if (s.state === 'stopping' && now >= controlEnd(s)) return fail(s, stopNeverProved(now), now);
  if (s.state === 'uploading' && slowAt(s) !== undefined && now >= (slowAt(s) ?? 0)) {
    const slow = { ...s, slowTold: true, nextAt: now };
    return oweNote(oweCard(slow, now), now, { type: 'upload_slow', files: s.files });
  }
  if ((s.state === 'uploading' || s.state === 'backuped') && now >= s.stoppedAt + limits.uploadGiveUp) {
    return fail(s, uploadUnproved(s, now), now);
  }
  return s;
}

/** When people are told that the upload takes long; undefined when they were, or when Agora has said that it is done. */
function slowAt(s: SessionIn<'uploading'>): number | undefined {
  return s.slowTold || s.evidence.uploaded === 'uploaded' ? undefined : s.stoppedAt + limits.uploadSlow;
}

/** When the next recorder is to be brought in; undefined while this one's token outlasts the planned end, which may be moved yet. */
function rollTime(s: Session): number | undefined {
  if (s.rollAt === null || s.desired !== 'recording') return undefined;
  return s.stopAt > s.rollAt + limits.rollBefore - limits.tokenMargin ? s.rollAt : undefined;
}

/**
 * How long Agora is to take orders for this task, hours: past it nothing can be stopped (Agora docs, resourceExpiredHour), so it reaches well
 * past the latest end that the task can have.
 */
export function controlHours(s: Session, now: number): number {
  const end = s.recipe.mode === 'web' ? s.maxStopAt : Math.min(s.maxStopAt, now + limits.tokenLife);
  return Math.min(limits.maxControlHours, Math.max(1, Math.ceil((end - now) / 3_600_000)) + limits.controlMarginHours);
}

/** From here on Agora takes no stop any more, and the recorder's token has long run out. */
function controlEnd(s: Session & { acquiredAt: number }): number {
  return s.acquiredAt + controlHours(s, s.acquiredAt) * 3_600_000;
}

/** When {@link passTime} has something to do next; undefined if never. */
export function nextMoment(s: Session): number | undefined {
  if (isEnded(s)) return s.warnAt ?? undefined;
  const moments: number[] = [];
  const roll = rollTime(s);
  if (roll !== undefined) moments.push(roll);
  if (s.desired === 'recording') moments.push(s.stopAt);
  if (s.warnAt !== null) moments.push(s.warnAt);
  if (s.state === 'acquired' && s.takenAt !== null) moments.push(s.takenAt + limits.sidPatience);
  if (s.state === 'stopping') moments.push(controlEnd(s));
  if (s.state === 'starting') moments.push(s.startedAt + limits.proof);
  const slow = s.state === 'uploading' ? slowAt(s) : undefined;
  if (slow !== undefined) moments.push(slow);
  if (s.state === 'uploading' || s.state === 'backuped') moments.push(s.stoppedAt + limits.uploadGiveUp);
  return moments.length === 0 ? undefined : Math.min(...moments);
}
