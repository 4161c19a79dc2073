import { limits, wait } from '../limits.ts';
import type { Reply } from '../ports.ts';
import type { Session, StrayTask } from '../session.ts';
import { salvage } from './salvage.ts';

/** Answers after which a stray is taken to be gone; any other means: try again. */
const over = new Set(['done', 'already', 'uploading', 'nothing_recorded', 'user_mistake']);

/** Agora's answer to the stop or removal of a stray task. */
export function onRelease(s: Session, stray: StrayTask, reply: Reply<unknown>, now: number): Session {
  // 404 on stop is believed only after longer than a failover takes: while that lasts a running task answers so too.
  const missing =
    reply.class === 'gone'
      ? { missingCount: (stray.missingCount ?? 0) + 1, missingSince: stray.missingSince ?? now }
      : undefined;
  const gone =
    missing && missing.missingCount >= limits.missingCount && now - missing.missingSince >= limits.missingSpan;
  if (over.has(reply.class) || gone) {
    const without = { ...s, strays: s.strays.filter((t) => t.uid !== stray.uid) };
    // It had been given up, and recorded until now: what it wrote meanwhile is on its way.
    const ranOn =
      s.state === 'failed' && s.sid === stray.sid && (reply.class === 'done' || reply.class === 'uploading');
    return ranOn && stray.sid !== undefined ? salvage(without, now) : without;
  }
  return {
    ...s,
    strays: s.strays.map((t) =>
      t.uid === stray.uid ? { ...t, ...missing, tries: t.tries + 1, nextAt: now + wait('release', t.tries + 1) } : t,
    ),
  };
}
