import { limits } from '../limits.ts';
import type { Session, SessionIn } from '../session.ts';

/** Agora or the bucket has said how it stands, be it that nothing is known of it. */
export function answered<S extends Session>(s: S, now: number): S {
  const { silentSince: _, ...rest } = s;
  return { ...(rest as S), answeredAt: now };
}

/** It was asked how it stands, and nobody has said anything. */
export function unanswered<S extends Session>(s: S, now: number): S {
  return { ...s, silentSince: s.silentSince ?? now };
}

/** It has been asked how it records for so long, and so often, that people have to know that nobody says. They are told once. */
export function isUnheardOf(s: SessionIn<'starting' | 'recording' | 'suspect'>, now: number): boolean {
  const patience = s.state === 'starting' ? limits.proof : limits.silence;
  return (
    !s.silenceTold && s.tries >= limits.silentTries && s.silentSince !== undefined && now - s.silentSince >= patience
  );
}

/** When people are told that the upload takes long; undefined when they were, or when Agora has said that it is done. */
export function slowAt(s: Session): number | undefined {
  const waits = s.state === 'uploading' && !s.slowTold && s.evidence.uploaded !== 'uploaded';
  return waits ? s.stoppedAt + limits.uploadSlow : undefined;
}

/** When people are alerted that the files are not there; undefined when they were, and while Agora says that it holds them in its backup. */
export function lateAt(s: Session): number | undefined {
  return s.state === 'uploading' && s.failure?.kind !== 'upload_unproved' ? s.stoppedAt + limits.uploadLate : undefined;
}

/** When files are not looked for any more. */
export function giveUpAt(s: Session): number | undefined {
  return s.state === 'uploading' || s.state === 'backuped' ? s.stoppedAt + limits.uploadGiveUp : undefined;
}

/** When a start has to be proved. */
export function proofAt(s: Session): number | undefined {
  return s.state === 'starting' ? s.startedAt + limits.proof : undefined;
}

/**
 * A patience has run out: the moment has come, and how it stands was said since. Whoever was down or asleep over it asks first; and who gets no
 * answer goes on asking. Only of an upload it is said after a while: that nobody says that it is done is what people are told then.
 */
export function isOver(s: Session, moment: number | undefined, now: number): boolean {
  return moment !== undefined && now >= moment && isSettled(s, moment, now);
}

function isSettled(s: Session, moment: number, now: number): boolean {
  if ((s.answeredAt ?? 0) >= moment) return true;
  const silence = s.state === 'starting' || s.silentSince === undefined ? 0 : now - s.silentSince;
  return silence >= limits.silence && s.nextAt > moment;
}

/** Which of these moments need a turn of their own: of the others the next question brings what is to come. */
export function ripe(s: Session): number[] {
  const moments = [proofAt(s), slowAt(s), lateAt(s), giveUpAt(s)];
  return moments.filter((m): m is number => m !== undefined && (s.answeredAt ?? 0) >= m);
}

/** When to ask next: at `at`, or sooner when a patience runs out before. */
export function askBy(s: Session, at: number, now: number): number {
  const moments = [proofAt(s), slowAt(s), lateAt(s), giveUpAt(s)];
  return Math.min(at, ...moments.filter((m): m is number => m !== undefined && m > now));
}
