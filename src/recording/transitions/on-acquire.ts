import { startFailed } from '../failures.ts';
import { wait } from '../limits.ts';
import { oweNote } from '../owe.ts';
import type { Reply } from '../ports.ts';
import type { Session } from '../session.ts';
import { nextAttempt } from './attempt.ts';
import { controlHours } from './control-window.ts';
import { fail } from './end.ts';
import { queueUp } from './queue.ts';
import { isTiredOf, refuse } from './refused.ts';

/**
 * Agora's answer to acquire. `uid`: for which it was sent. `place`: in the queue for a recorder, from 1, if the answer is that all are in use.
 */
export function onAcquire(
  s: Session,
  reply: Reply<{ resourceId: string }>,
  now: number,
  uid: string,
  place = 1,
): Session {
  // A process that was frozen: another one has gone on with another attempt.
  if (s.uid !== uid) return s;
  // Stopped meanwhile: the resourceId is never used, and an unused one costs nothing and dies by itself.
  if (s.state !== 'requested' && !(s.state === 'acquired' && s.startSends === 0)) return s;
  switch (reply.class) {
    case 'done': {
      const { place: _, ...rest } = s;
      return {
        ...rest,
        state: 'acquired',
        resourceId: reply.value.resourceId,
        acquiredAt: now,
        // Counted from a moment before Agora does, which counts from the sid.
        controlUntil: now + controlHours(s, now) * 3_600_000,
        startSends: 0,
        startsRefused: 0,
        takenAt: null,
        tries: 0,
        nextAt: now,
      } as Session;
    }
    case 'user_mistake':
    case 'operator_mistake':
    case 'nothing_recorded':
      return fail(s, startFailed(s, reply, now), now);
    case 'other_uid':
      return nextAttempt(s, reply, false, now);
    default: {
      if (reply.code === '400/406') return queueUp(s, place, reply.code, now);
      const refused = refuse(s, now);
      if (isTiredOf(refused, now) && s.place === undefined) return fail(s, startFailed(s, reply, now), now);
      const tries = s.tries + 1;
      const next = { ...s, refused, tries, nextAt: now + wait('acquire', tries) };
      return tries === 1 ? oweNote(next, now, { type: 'retrying', code: reply.code, cause: reply.cause }) : next;
    }
  }
}
