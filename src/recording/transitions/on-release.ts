import { pageMayRun, strayCameTooLate, strayStays } from '../failures.ts';
import { limits, wait } from '../limits.ts';
import { oweAlert } from '../owe.ts';
import type { Reply } from '../ports.ts';
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
  // 404 on stop is believed only after longer than a failover takes: while that lasts a running task answers so too.
  const missing =
    reply.class === 'gone'
      ? { missingCount: (stray.missingCount ?? 0) + 1, missingSince: stray.missingSince ?? now }
      : undefined;
  const gone =
    missing && missing.missingCount >= limits.missingCount && now - missing.missingSince >= limits.missingSpan;
  if (reply.class === 'gone' && gone && isOutOfReach(s, stray, now)) {
    // Without its sid it is put out of the channel.
    const { uid, resourceId } = stray;
    const strays = s.strays.map((t) => (isSame(t, stray) ? { uid, resourceId, tries: 0, nextAt: now } : t));
    return oweAlert({ ...s, strays }, now, strayCameTooLate(reply, now));
  }
  if (over.has(reply.class) || gone) {
    const without = { ...s, strays: s.strays.filter((t) => !isSame(t, stray)) };
    return withItsFiles(without, stray, reply, now);
  }
  const tries = stray.tries + 1;
  const failing = reply.class !== 'done' && reply.class !== 'gone';
  if (failing && now >= s.maxStopAt + limits.strayGiveUp)
    return { ...s, strays: s.strays.filter((t) => !isSame(t, stray)) };
  // A 404 is an answer too. The version before counted all answers together.
  const fails = (stray.fails ?? stray.tries) + (failing ? 1 : 0);
  const again = withStray(s, stray, { ...missing, tries, fails, nextAt: now + wait('release', tries) });
  if (!failing || fails !== limits.stopTriesBeforeAlert) return again;
  return oweAlert(again, now, strayStays(reply, now));
}

/** Agora would answer that there is no such task whether it runs or not, and nothing else says that it has ended. A page has a limit that comes before. */
function isOutOfReach(s: Session, { sid, project }: StrayTask, now: number): boolean {
  if (sid === undefined || project !== undefined || s.recipe.mode === 'web') return false;
  const isOver =
    ('sid' in s && s.sid === sid && s.evidence.ended) || now >= (s.tokenUntil ?? Infinity) + limits.tokenMargin;
  return !isOver && now >= s.maxStopAt + limits.controlMarginHours * 3_600_000;
}

/** It had been given up, and may have recorded until now: what it wrote meanwhile is on its way. */
function withItsFiles(
  s: Session,
  { sid, project }: StrayTask,
  reply: Reply<{ files: RecordedFile[] } | null>,
  now: number,
): Session {
  // Another recording's, which is stopped for it, is none of this one's; and that it recorded nothing is Agora's word.
  if (sid === undefined || project !== undefined || reply.class === 'nothing_recorded') return s;
  const files = reply.class === 'done' && reply.value ? reply.value.files : [];
  const ranOn = reply.class === 'done' || reply.class === 'uploading';
  if ('sid' in s && s.sid === sid) {
    const known = { ...s, files: mergeFiles(s.files, files) };
    return s.state === 'failed' && ranOn ? salvage(known, now) : known;
  }
  if (reply.class === 'user_mistake') return s;
  // What is not known any more has ended by itself, and may have written too; but of one that has its files nothing is made of that.
  return withEarlier(s, sid, files, ranOn || reply.class === 'already' || s.state !== 'completed', now);
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
