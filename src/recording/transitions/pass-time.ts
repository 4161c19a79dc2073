import { stopNeverProved, uploadUnproved } from '../failures.ts';
import { limits } from '../limits.ts';
import { oweCard, oweNote } from '../owe.ts';
import type { Session } from '../session.ts';
import { isEnded } from '../session.ts';
import { askStop } from './ask-stop.ts';
import { nextAttempt } from './attempt.ts';
import { fail } from './end.ts';
import { unproved } from './on-query.ts';

/** What the clock alone brings about: the deadline, the warning before it, and the ends of patience. */
export function passTime(s: Session, now: number): Session {
  if (isEnded(s)) return s;
  if (s.desired === 'recording' && now >= s.stopAt) return askStop(s, null, now);
  if (s.warnAt !== null && now >= s.warnAt) {
    return oweNote(oweCard({ ...s, warnAt: null }, now), now, { type: 'warning', stopAt: s.stopAt });
  }
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
  if (s.state === 'uploading' && !s.slowTold && now >= s.stoppedAt + limits.uploadSlow) {
    const slow = { ...s, slowTold: true, nextAt: now };
    return oweNote(oweCard(slow, now), now, { type: 'upload_slow', files: s.files });
  }
  if ((s.state === 'uploading' || s.state === 'backuped') && now >= s.stoppedAt + limits.uploadGiveUp) {
    return fail(s, uploadUnproved(s, now), now);
  }
  return s;
}

/** From here on Agora takes no stop any more (resourceExpiredHour), and the recorder's token has long run out. */
function controlEnd(s: Session): number {
  return s.maxStopAt + limits.controlMarginHours * 3_600_000;
}

/** When {@link passTime} has something to do next; undefined if never. */
export function nextMoment(s: Session): number | undefined {
  if (isEnded(s)) return undefined;
  const moments: number[] = [];
  if (s.desired === 'recording') moments.push(s.stopAt);
  if (s.warnAt !== null) moments.push(s.warnAt);
  if (s.state === 'acquired' && s.takenAt !== null) moments.push(s.takenAt + limits.sidPatience);
  if (s.state === 'stopping') moments.push(controlEnd(s));
  if (s.state === 'starting') moments.push(s.startedAt + limits.proof);
  if (s.state === 'uploading' && !s.slowTold) moments.push(s.stoppedAt + limits.uploadSlow);
  if (s.state === 'uploading' || s.state === 'backuped') moments.push(s.stoppedAt + limits.uploadGiveUp);
  return moments.length === 0 ? undefined : Math.min(...moments);
}
