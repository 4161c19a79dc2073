import { limits } from '../limits.ts';
import { oweCard, oweNote } from '../owe.ts';
import type { Session } from '../session.ts';

/** All recorders are in use: it waits for one, and people see its place. `place` from 1. */
export function queueUp(s: Session, place: number, code: string, now: number): Session {
  // A resourceId that no start was sent for is thrown away.
  if (s.state !== 'requested' && !(s.state === 'acquired' && s.startSends === 0)) return s;
  const { refused: _, ...rest } = s;
  const waiting: Session = { ...rest, state: 'requested', place, tries: 0, nextAt: now + limits.queueRetry };
  if (s.place === place) return waiting;
  // The thread hears of it once; the card shows how it moves.
  return s.place === undefined
    ? oweNote(oweCard(waiting, now), now, { type: 'queued', place, code })
    : oweCard(waiting, now);
}
