import { cancelled, neverBegan } from '../failures.ts';
import { oweCard, oweNote } from '../owe.ts';
import type { Session } from '../session.ts';
import { isEnded } from '../session.ts';
import { fail } from './end.ts';

/**
 * The wish to stop: by a person (`by`), by the deadline (`by` null), or for safety because the start was never proved.
 * Asking twice changes nothing.
 */
export function askStop(s: Session, by: string | null, now: number, safety = false): Session {
  if (isEnded(s) || s.desired === 'stopped') return s;
  const asked = {
    ...s,
    desired: 'stopped' as const,
    stopAsked: { by, at: now, safety },
    warnAt: null,
  };
  switch (asked.state) {
    case 'requested':
      return fail(asked, by === null ? neverBegan(now) : cancelled(now), now);
    case 'acquired':
      // A start that may have taken effect has to be settled first; one that was never sent is simply not sent.
      if (asked.startSends === 0) return fail(asked, by === null ? neverBegan(now) : cancelled(now), now);
      return oweCard(asked, now);
    case 'starting':
    case 'recording':
    case 'suspect': {
      const stopping: Session = {
        ...asked,
        state: 'stopping',
        missingCount: 0,
        missingSince: null,
        tries: 0,
        nextAt: now,
      };
      const told = oweCard(stopping, now);
      return safety ? told : oweNote(told, now, { type: 'stop_asked', by, at: now });
    }
    default:
      return asked;
  }
}
