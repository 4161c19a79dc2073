import { goesOn } from '../goes-on.ts';
import { limits } from '../limits.ts';
import { oweCard, oweNote } from '../owe.ts';
import type { Session } from '../session.ts';

/** Moves the automatic stop later by `ms`, at most to maxStopAt; the warning is owed afresh. The same session back: nothing moved. */
export function extend(s: Session, ms: number, by: string, now: number): Session {
  if (!goesOn(s, now)) return s;
  const stopAt = Math.min(s.stopAt + ms, s.maxStopAt);
  if (stopAt <= s.stopAt) return s;
  const next = { ...s, stopAt, warnAt: s.lead === null ? warnTime(now, stopAt) : null };
  return oweNote(oweCard(next, now), now, { type: 'extended', by, stopAt });
}

/** When to say that the stop is near: 5 min before it, or at four fifths of the time that is left, whichever is later. */
export function warnTime(now: number, stopAt: number): number {
  return Math.max(stopAt - limits.warnBefore, now + limits.warnPart * (stopAt - now));
}
