import { limits } from '../limits.ts';
import { isEnded, type Session } from '../session.ts';

/**
 * A session whose next step is further off than any is planned, because the clock was set back since: what is too far ahead is due now. Asking
 * sooner does no harm. The end that people asked for stays as it is: nobody knows by which clock it was.
 */
export function withoutFarAhead(s: Session, now: number): Session {
  const looksSeldom = s.state === 'uploading' || s.state === 'backuped';
  const step = !isEnded(s) && s.nextAt > now + (looksSeldom ? limits.seldomAhead : limits.stepAhead);
  const salvage = s.salvage !== undefined && s.salvage.nextAt > now + limits.seldomAhead;
  const call = s.call !== undefined && s.call.until > now + limits.stepAhead;
  const outbox = s.outbox.some((o) => o.nextAt > now + limits.outboxAhead);
  // One whose sid nobody knows may be waited for, for hours.
  const isAhead = (t: Session['strays'][number]) => t.sid !== undefined && t.nextAt > now + limits.stepAhead;
  const strays = s.strays.some(isAhead);
  if (!(step || salvage || call || outbox || strays)) return s;
  const { call: _, ...free } = s;
  return {
    ...((call ? free : s) as Session),
    ...(step ? { nextAt: now } : {}),
    ...(salvage && s.salvage ? { salvage: { ...s.salvage, nextAt: now } } : {}),
    ...(outbox ? { outbox: s.outbox.map((o) => ({ ...o, nextAt: Math.min(o.nextAt, now) })) } : {}),
    ...(strays ? { strays: s.strays.map((t) => (isAhead(t) ? { ...t, nextAt: now } : t)) } : {}),
  };
}
