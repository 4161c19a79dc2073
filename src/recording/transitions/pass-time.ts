import { uploadLate, uploadUnproved } from '../failures.ts';
import { limits } from '../limits.ts';
import { oweAlert, oweCard, oweNote } from '../owe.ts';
import type { Session, SessionIn } from '../session.ts';
import { isEnded } from '../session.ts';
import { askStop } from './ask-stop.ts';
import { nextAttempt } from './attempt.ts';
import { controlMoment, passControl } from './control-window.ts';
import { credentialsWarning, warnOfCredentials } from './credentials.ts';
import { fail } from './end.ts';
import { unproved } from './on-query.ts';
import { askNext } from './parts.ts';

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
  if (s.state === 'starting' && isOver(s, s.startedAt + limits.proof, now)) return unproved(s, now);
  const told = warnOfCredentials(passControl(s, now), now);
  if (told !== s) return told;
  const slowSince = s.state === 'uploading' ? slowAt(s) : undefined;
  if (s.state === 'uploading' && slowSince !== undefined && isOver(s, slowSince, now)) {
    // The bucket is looked into from now on, and before anything else is said.
    const slow = { ...s, slowTold: true, nextAt: slowSince };
    return oweNote(oweCard(slow, now), now, { type: 'upload_slow', ...namedOrExpected(s, expectFiles) });
  }
  if ((s.state === 'uploading' || s.state === 'backuped') && isOver(s, s.stoppedAt + limits.uploadGiveUp, now)) {
    return fail(s, uploadUnproved(s, now), now);
  }
  const late = lateAt(s);
  if (late !== undefined && isOver(s, late, now)) {
    // A start that was never proved was told of.
    if (s.failure) return fail(s, s.failure, now);
    const failure = uploadLate(s, now);
    return oweAlert(oweCard({ ...s, failure }, now), now, failure);
  }
  return s;
}

/**
 * A patience has run out: the moment has come, and how it stands was asked up to then. A process that was down or asleep meanwhile, or a machine,
 * asks first, and says nothing of what nobody looked at.
 */
function isOver(s: Session, moment: number, now: number): boolean {
  return now >= moment && s.nextAt > moment;
}

function namedOrExpected(s: SessionIn<'uploading'>, expectFiles: ExpectFiles) {
  if (s.files.length > 0) return { files: s.files };
  const { names, patterns } = expectFiles(s);
  if (names.length === 0) return { files: [], patterns };
  return { files: names.map((name) => ({ name, expected: true as const })) };
}

/** When people are told that the upload takes long; undefined when they were, or when Agora has said that it is done. */
function slowAt(s: SessionIn<'uploading'>): number | undefined {
  return s.slowTold || s.evidence.uploaded === 'uploaded' ? undefined : s.stoppedAt + limits.uploadSlow;
}

/** When people are alerted that the files are not there; undefined when they were, and while Agora says that it holds them in its backup. */
function lateAt(s: Session): number | undefined {
  return s.state === 'uploading' && s.failure?.kind !== 'upload_unproved' ? s.stoppedAt + limits.uploadLate : undefined;
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
  if (s.state === 'starting') moments.push(s.startedAt + limits.proof);
  const slow = s.state === 'uploading' ? slowAt(s) : undefined;
  if (slow !== undefined) moments.push(slow);
  const late = lateAt(s);
  if (late !== undefined) moments.push(late);
  if (s.state === 'uploading' || s.state === 'backuped') moments.push(s.stoppedAt + limits.uploadGiveUp);
  return moments.length === 0 ? undefined : Math.min(...moments);
}
