import { endedBeforeItBegan } from '../failures.ts';
import { oweCard, oweNote } from '../owe.ts';
import type { Session } from '../session.ts';
import { isEnded } from '../session.ts';
import { fail } from './end.ts';

/**
 * The wish to stop: by a person (`by`), by the deadline (`by` null), for safety because the start was never proved, or because the next recorder
 * has taken over (`rolled`).
 * Asking twice changes nothing.
 */
export function askStop(s: Session, by: string | null, now: number, why?: 'safety' | 'rolled'): Session {
  if (isEnded(s) || s.desired === 'stopped') return s;
  const asked = {
    ...s,
    desired: 'stopped' as const,
    stopAsked: { by, at: now, safety: why === 'safety', ...(why === 'rolled' ? { rolled: true } : {}) },
    rollAt: null,
    // While another part goes on, so does the warning of its end.
    warnAt: s.others.some((o) => !o.done) && s.groupStop === undefined ? s.warnAt : null,
  };
  switch (asked.state) {
    case 'requested':
      return fail(asked, endedBeforeItBegan(asked, now), now);
    case 'acquired':
      // A start that may have taken effect has to be settled first; one that was never sent is simply not sent.
      if (asked.startSends === 0) return fail(asked, endedBeforeItBegan(asked, now), now);
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
      // The lead speaks for all, unless its own task is over long since.
      const quiet = s.lead !== null && (by !== null || s.role === 'twin');
      if (why === 'safety' || quiet) return told;
      return oweNote(told, now, why === 'rolled' ? { type: 'rolled', at: now } : { type: 'stop_asked', by, at: now });
    }
    default:
      return asked;
  }
}
