import { limits } from '../limits.ts';
import { isEnded, type Session, type StrayTask } from '../session.ts';

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
  // A page's whose sid nobody knows is waited for, for hours.
  const isAwaited = (t: StrayTask) => t.sid === undefined && (t.mode ?? s.recipe.mode) === 'web';
  const isAhead = (t: StrayTask) => !isAwaited(t) && t.nextAt > now + limits.stepAhead;
  const strays = s.strays.some(isAhead);
  const change = s.change !== undefined && s.change.nextAt > now + limits.stepAhead;
  const keys = s.credentials !== undefined && s.credentials.pushAt > now + limits.credentialsPush + limits.stepAhead;
  const since = sincesAhead(s, now);
  if (!(step || salvage || call || outbox || strays || change || keys || since)) return s;
  const { call: _, ...free } = s;
  return {
    ...((call ? free : s) as Session),
    ...since,
    ...(step ? { nextAt: now } : {}),
    ...(salvage && s.salvage ? { salvage: { ...s.salvage, nextAt: now } } : {}),
    ...(change && s.change ? { change: { ...s.change, nextAt: now } } : {}),
    ...(keys && s.credentials ? { credentials: { ...s.credentials, pushAt: now } } : {}),
    ...(outbox ? { outbox: s.outbox.map((o) => ({ ...o, nextAt: Math.min(o.nextAt, now) })) } : {}),
    ...(strays ? { strays: (since?.strays ?? s.strays).map((t) => (isAhead(t) ? { ...t, nextAt: now } : t)) } : {}),
  };
}

/** So much apart may two clocks be that are right. Milliseconds. */
const slack = 5_000;

/**
 * Since when something has been so lies ahead: it would be waited for again as long as the clock was wrong, with the stop, the alert or the look that
 * depends on it. It has been so for at least no time. Undefined: nothing lies ahead.
 */
function sincesAhead(s: Session, now: number): Partial<Pick<Session, 'refused' | 'report' | 'strays'>> | undefined {
  const isAhead = (at: unknown): at is number => typeof at === 'number' && at > now + slack;
  const fields = [
    'answeredAt',
    'silentSince',
    'acquiredAt',
    'takenAt',
    'startedAt',
    'missingSince',
    'stoppedAt',
    'goneSince',
  ];
  const ahead = fields.filter((f) => isAhead((s as Record<string, unknown>)[f]));
  const found: Record<string, unknown> = Object.fromEntries(ahead.map((f) => [f, now]));
  if (isAhead(s.refused?.since)) found.refused = { ...s.refused, since: now };
  if (isAhead(s.report?.at)) found.report = { ...s.report, at: now };
  const isStrayAhead = (t: StrayTask) => isAhead(t.missingSince) || isAhead(t.kickedSince);
  if (s.strays.some(isStrayAhead)) {
    found.strays = s.strays.map((t) => ({
      ...t,
      ...(isAhead(t.missingSince) ? { missingSince: now } : {}),
      ...(isAhead(t.kickedSince) ? { kickedSince: now } : {}),
    }));
  }
  return Object.keys(found).length > 0 ? found : undefined;
}
