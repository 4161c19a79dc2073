import { endedBeforeItBegan, startFailed } from '../failures.ts';
import { limits } from '../limits.ts';
import { oweCard, oweNote } from '../owe.ts';
import type { Refusal } from '../ports.ts';
import { recorderUid } from '../recorder-uid.ts';
import type { Session, SessionIn } from '../session.ts';
import { mayHaveTaken } from './doubt.ts';
import { fail } from './end.ts';

/**
 * Gives the current attempt up and goes on with another uid. If the old one may run, it is remembered as a stray, and is put out of the
 * channel before anything else is started.
 */
export function nextAttempt(
  s: SessionIn<'requested' | 'acquired'>,
  why: Refusal,
  mayRun: boolean,
  now: number,
): Session {
  const strays =
    mayRun && s.state === 'acquired'
      ? [...s.strays, { uid: s.uid, resourceId: s.resourceId, tries: 0, nextAt: now }]
      : s.strays;
  const inDoubt = s.state === 'acquired' && mayRun && mayHaveTaken(s, why);
  const without = { ...s, strays, ...(inDoubt ? { mayHaveBegun: true as const } : {}) };
  if (s.desired === 'stopped') return fail(without, endedBeforeItBegan(without, now, why), now);
  if (s.attempt >= limits.attempts) return fail(without, startFailed(without, why, now), now);
  const attempt = s.attempt + 1;
  const { refused: _, ...rest } = without;
  const next: Session = {
    ...rest,
    state: 'requested',
    attempt,
    uid: recorderUid(s.id, attempt),
    tries: 0,
    nextAt: now,
  };
  return oweNote(oweCard(next, now), now, { type: 'new_attempt', attempt, code: why.code });
}
