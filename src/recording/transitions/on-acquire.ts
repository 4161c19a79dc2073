import { startRefused } from '../failures.ts';
import { limits, wait } from '../limits.ts';
import { oweNote } from '../owe.ts';
import type { Reply } from '../ports.ts';
import type { Session } from '../session.ts';
import { nextAttempt } from './attempt.ts';
import { fail } from './end.ts';

/** Agora's answer to acquire. */
export function onAcquire(s: Session, reply: Reply<{ resourceId: string }>, now: number): Session {
  // Stopped meanwhile: the resourceId is never used, and an unused one costs nothing and dies by itself.
  if (s.state !== 'requested' && !(s.state === 'acquired' && s.startSends === 0)) return s;
  switch (reply.class) {
    case 'done':
      return {
        ...s,
        state: 'acquired',
        resourceId: reply.value.resourceId,
        acquiredAt: now,
        startSends: 0,
        takenAt: null,
        tries: 0,
        nextAt: now,
      };
    case 'user_mistake':
    case 'operator_mistake':
    case 'nothing_recorded':
      return fail(s, startRefused(reply, now), now);
    case 'other_uid':
      return nextAttempt(s, reply, false, now);
    default: {
      const patience = reply.code === '400/406' ? limits.capacityPatience : limits.startPatience;
      if (now - s.requestedAt >= patience) return fail(s, startRefused(reply, now), now);
      const tries = s.tries + 1;
      const next = { ...s, tries, nextAt: now + wait('acquire', tries) };
      return tries === 1 ? oweNote(next, now, { type: 'retrying', code: reply.code, cause: reply.cause }) : next;
    }
  }
}
