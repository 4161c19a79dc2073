import { broughtInLate, uploadLate, uploadUnproved } from '../failures.ts';
import { limits } from '../limits.ts';
import { oweAlert, oweCard, oweNote } from '../owe.ts';
import type { Session, SessionIn } from '../session.ts';
import { isEnded, mayRecord } from '../session.ts';
import { askStop } from './ask-stop.ts';
import { nextAttempt } from './attempt.ts';
import { controlMoment, passControl } from './control-window.ts';
import { credentialsWarning, warnOfCredentials } from './credentials.ts';
import { fail } from './end.ts';
import { withoutFarAhead } from './far-ahead.ts';
import { unproved } from './on-query.ts';
import { askNext } from './parts.ts';
import { giveUpAt, isOver, lateAt, proofAt, ripe, slowAt } from './patience.ts';

/**
 * What a recording should write, where Agora has named nothing: `names`: object keys, as far as they can be known; `patterns`: all of them, with
 * `<uid>` and `<time>` for what nobody can know.
 */
export type ExpectFiles = (s: Pick<SessionIn<'uploading'>, 'recipe' | 'sid' | 'channelName'>) => {
  names: string[];
  patterns: string[];
};

const expectNothing: ExpectFiles = () => ({ names: [], patterns: [] });

/** What the clock alone brings about: the deadline, the warning before it, and the ends of patience. */
export function passTime(s: Session, now: number, expectFiles = expectNothing): Session {
  const sane = withoutFarAhead(s, now);
  if (sane !== s) return sane;
  if (s.warnAt !== null && isPastWarning(s, now)) return { ...s, warnAt: null };
  if (s.warnAt !== null && now >= s.warnAt && now < s.stopAt) {
    return oweNote(oweCard({ ...s, warnAt: null }, now), now, { type: 'warning', stopAt: s.stopAt });
  }
  if (isEnded(s)) return s;
  if (s.desired === 'recording' && now >= s.stopAt) return askStop(s, null, now);
  const roll = rollTime(s);
  if (roll !== undefined && now >= roll) {
    const next = askNext(s, now);
    const tokenEnd = 'startedAt' in s ? s.startedAt + limits.tokenLife : Infinity;
    return now > tokenEnd ? oweAlert(next, now, broughtInLate(tokenEnd, now)) : next;
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
  if (s.state === 'starting' && isOver(s, proofAt(s), now)) return unproved(s, now);
  const told = warnOfCredentials(passControl(s, now), now);
  if (told !== s) return told;
  if (s.state === 'uploading' && isOver(s, slowAt(s), now)) {
    // The bucket is looked into from now on, and before anything else is said.
    const { answeredAt: _, ...known } = s;
    const slow = { ...known, slowTold: true, nextAt: now };
    return oweNote(oweCard(slow, now), now, { type: 'upload_slow', ...namedOrExpected(s, expectFiles) });
  }
  if (isOver(s, giveUpAt(s), now)) {
    return fail(s, uploadUnproved(s, now), now);
  }
  if (isOver(s, lateAt(s), now)) {
    // A start that was never proved was told of.
    if (s.failure) return fail(s, s.failure, now);
    const failure = uploadLate(s, now);
    return oweAlert(oweCard({ ...s, failure }, now), now, failure);
  }
  return s;
}

/** Its time is over, or nothing of it records any more. */
function isPastWarning(s: Session, now: number): boolean {
  if (now >= s.stopAt && (s.desired === 'stopped' || isEnded(s))) return true;
  return !mayRecord(s) && s.others.every((o) => o.done);
}

function namedOrExpected(s: SessionIn<'uploading'>, expectFiles: ExpectFiles) {
  if (s.files.length > 0) return { files: s.files };
  const { names, patterns } = expectFiles(s);
  if (names.length === 0) return { files: [], patterns };
  return { files: names.map((name) => ({ name, expected: true as const })) };
}

/** When the next recorder is to be brought in; undefined while this one's token outlasts the planned end, which may be moved yet. */
function rollTime(s: Session): number | undefined {
  if (s.rollAt === null || s.desired !== 'recording') return undefined;
  return s.stopAt > s.rollAt + limits.rollBefore - limits.tokenMargin ? s.rollAt : undefined;
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
  for (const at of [controlMoment(s), credentialsWarning(s)]) if (at !== undefined) moments.push(at);
  moments.push(...ripe(s));
  return moments.length === 0 ? undefined : Math.min(...moments);
}
