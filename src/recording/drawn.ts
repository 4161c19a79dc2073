import type { OutboxItem } from './messages.ts';
import { oweCard } from './owe.ts';
import type { Session } from './session.ts';

/** As if it had not been sent: it is to be sent once more. */
export function unsent({ sentAt: _, ...item }: OutboxItem): OutboxItem {
  return item;
}

/**
 * Slack has drawn the card as it was at the revision `seen`. It stays owed, or is owed once more, when what Slack shows now may be older than the
 * session `t`. `card`: where it is, if that is new.
 */
export function onDrawn<S extends Session>(
  t: S,
  item: OutboxItem,
  seen: number,
  card: Session['card'],
  now: number,
): S {
  const known = card ? { ...t, card } : t;
  const owed = t.outbox.find((o) => o.id === item.id);
  if (!owed) {
    // Another process has drawn it meanwhile, and whose drawing came last nobody knows. Nothing else has happened: both are the same.
    if (t.revision === seen + 1) return known;
    // Saved in any case: what is being drawn at this moment may have come before this one.
    return { ...oweCard(known, now) };
  }
  if (t.revision === seen) return { ...known, outbox: t.outbox.filter((o) => o.id !== item.id) };
  // What changed while the card was on its way is not on it: it stays owed and is drawn once more. Not saved for nothing: two processes that draw
  // the same card would each see a change in the other's save, and never end.
  if (!card && owed.sentAt === undefined) return t;
  return { ...known, outbox: t.outbox.map((o) => (o.id === item.id ? unsent(o) : o)) };
}

/**
 * Nobody knows what came of a drawing of the card. Another process has drawn it meanwhile; an older one of this process may have come after that, or may
 * still come: it is drawn once more at `nextAt`, when that is over.
 */
export function onDoubt<S extends Session>(t: S, now: number, nextAt: number): S {
  const owing = oweCard(t, now);
  const later = (o: OutboxItem) => (o.message.kind === 'card' ? { ...o, nextAt: Math.max(o.nextAt, nextAt) } : o);
  return { ...owing, outbox: owing.outbox.map(later) };
}
