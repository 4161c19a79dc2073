import { pageMayRun, strayCameTooLate, strayGivenUp, strayStays } from '../failures.ts';
import { limits, wait } from '../limits.ts';
import { oweAlert } from '../owe.ts';
import type { Refusal, Reply } from '../ports.ts';
import { pageHours } from '../recipe/page-hours.ts';
import type { RecordedFile } from '../recorded-files.ts';
import type { Session, StrayTask } from '../session.ts';
import { withEarlier } from './earlier-tasks.ts';
import { mergeFiles } from './merge-files.ts';
import { salvage } from './salvage.ts';

/** Answers after which a stray is taken to be gone; any other means: try again. */
const over = new Set(['done', 'already', 'uploading', 'nothing_recorded', 'user_mistake']);

/** Agora's answer to the stop of a stray task, which may name its files, or to its removal. */
export function onRelease(
  s: Session,
  stray: StrayTask,
  reply: Reply<{ files: RecordedFile[] } | null>,
  now: number,
): Session {
  // Another process may have put it out, or given it up.
  if (stray.kickedSince !== undefined && !s.strays.some((t) => isSame(t, stray))) return s;
  // 404 on stop is believed only after longer than a failover takes: while that lasts a running task answers so too.
  const missing =
    reply.class === 'gone'
      ? { missingCount: (stray.missingCount ?? 0) + 1, missingSince: stray.missingSince ?? now }
      : undefined;
  const gone =
    missing && missing.missingCount >= limits.missingCount && now - missing.missingSince >= limits.missingSpan;
  const failing = reply.class !== 'done' && reply.class !== 'gone' && !over.has(reply.class);
  const isLate = now >= Math.max(s.maxStopAt, stray.kickedSince ?? 0) + limits.strayGiveUp;
  if (reply.class !== 'done' && (gone || (failing && isLate)) && isOutOfReach(s, stray, now)) {
    // Another process may have done so.
    const isThere = s.strays.some((t) => isSame(t, stray) && t.sid === stray.sid);
    return isThere ? putOut(s, stray, reply, now) : s;
  }
  if (over.has(reply.class) || gone) {
    const without = { ...s, strays: s.strays.filter((t) => !isSame(t, stray)) };
    return withItsFiles(without, stray, reply, now);
  }
  const tries = stray.tries + 1;
  const isKicked = stray.kickedSince !== undefined;
  // Past the end of its token it is out; a notification that it left may be about one that a failover has replaced.
  const isOut = isKicked && hasTokenEnded(s, now);
  const isEnded = isKicked && isKnownOver(s, stray, now);
  if (reply.class !== 'done' && failing && (isLate || isOut)) {
    const without = { ...s, strays: s.strays.filter((t) => !isSame(t, stray)) };
    return isKicked && !isEnded ? oweAlert(without, now, strayGivenUp(reply, now)) : without;
  }
  // A 404 is an answer too. The version before counted all answers together.
  const fails = (stray.fails ?? stray.tries) + (failing ? 1 : 0);
  const again = withStray(s, stray, { ...missing, tries, fails, nextAt: now + wait('release', tries) });
  if (!failing || isEnded || fails !== limits.stopTriesBeforeAlert) return again;
  return oweAlert(again, now, strayStays(reply, isKicked, now));
}

/** Under the uid that it was started with and, of the session's own task, those that it got in failovers. What it has written is looked for. */
function putOut(s: Session, stray: StrayTask, reply: Refusal, now: number): Session {
  const { uid, resourceId, sid } = stray;
  const others = s.strays.filter((t) => !isSame(t, stray));
  const uids = [uid, ...('sid' in s && s.sid === sid ? s.evidence.failoverUids : [])];
  const known = new Set(others.map((t) => t.uid));
  const kicks = uids
    .filter((u) => !known.has(u))
    .map((u) => ({ uid: u, resourceId, tries: 0, nextAt: now, kickedSince: now }));
  const looked = withItsFiles({ ...s, strays: [...others, ...kicks] }, stray, reply, now);
  const isOwn = 'sid' in s && s.sid === sid;
  return oweAlert(isOwn ? wroteOn(looked, now) : looked, now, strayCameTooLate(reply, now));
}

/** Agora would answer that there is no such task whether it runs or not, and nothing else says that it has ended. A page has a limit that comes before. */
function isOutOfReach(s: Session, stray: StrayTask, now: number): boolean {
  if (stray.sid === undefined || stray.project !== undefined || s.recipe.mode === 'web') return false;
  return !isKnownOver(s, stray, now) && now >= s.maxStopAt + limits.controlMarginHours * 3_600_000;
}

/** A notification has said so of the session's own task, or the token has run out; without a token nothing has ended it. */
function isKnownOver(s: Session, { uid, sid }: StrayTask, now: number): boolean {
  const isOwn =
    sid === undefined ? uid === s.uid || s.evidence.failoverUids.includes(uid) : 'sid' in s && s.sid === sid;
  return (isOwn && s.evidence.ended) || hasTokenEnded(s, now);
}

function hasTokenEnded(s: Session, now: number): boolean {
  return now >= (s.tokenUntil ?? Infinity) + limits.tokenMargin;
}

/** It has recorded until now, though people were told what there is. */
function wroteOn(s: Session, now: number): Session {
  return s.state === 'failed' ? salvage(s, now) : s;
}

/** It had been given up, and may have recorded until now: what it wrote meanwhile is on its way. */
function withItsFiles(
  s: Session,
  { sid, project, kickedSince }: StrayTask,
  reply: Reply<{ files: RecordedFile[] } | null>,
  now: number,
): Session {
  if (kickedSince !== undefined) return reply.class === 'done' ? wroteOn(s, now) : s;
  // Another recording's, which is stopped for it, is none of this one's; and that it recorded nothing is Agora's word.
  if (sid === undefined || project !== undefined || reply.class === 'nothing_recorded') return s;
  const files = reply.class === 'done' && reply.value ? reply.value.files : [];
  const ranOn = reply.class === 'done' || reply.class === 'uploading';
  if ('sid' in s && s.sid === sid) {
    const known = { ...s, files: mergeFiles(s.files, files) };
    return ranOn ? wroteOn(known, now) : known;
  }
  if (reply.class === 'user_mistake') return s;
  // What is not known any more has ended by itself, and may have written too.
  return withEarlier(s, sid, files, true, now);
}

/** A web page is recorded in no channel: a recorder of one whose sid nobody knows is waited for until it ends by itself, and people know it. */
export function onUnseenPage(s: Session, stray: StrayTask, now: number): Session {
  if (stray.tries > 0) return { ...s, strays: s.strays.filter((t) => !isSame(t, stray)) };
  const hours = pageHours(s.recipe);
  const waiting = withStray(s, stray, { tries: 1, nextAt: now + hours * 3_600_000 });
  return oweAlert(waiting, now, pageMayRun(hours, now));
}

/** Two tasks may have had one uid, one after the other. */
function isSame(t: StrayTask, { uid, resourceId }: StrayTask): boolean {
  return t.uid === uid && t.resourceId === resourceId;
}

function withStray(s: Session, stray: StrayTask, change: Partial<StrayTask>): Session {
  return { ...s, strays: s.strays.map((t) => (isSame(t, stray) ? { ...t, ...change } : t)) };
}
