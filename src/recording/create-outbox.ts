import type { Announcer, Sending } from './announcer.ts';
import { onDoubt, onDrawn, unsent } from './drawn.ts';
import { inTurn, isAside } from './in-turn.ts';
import { oweCard } from './owe.ts';
import { partsOf } from './parts-of.ts';
import type { Log, SessionStore } from './ports.ts';
import type { Session } from './session.ts';

export interface Outbox {
  /** Sends what a session owes, in order, until there is nothing left or Slack wants us to wait. Throws StoreError. */
  send(id: string): Promise<void>;
}

/** A part whose lead has no card yet waits so long with its messages. Milliseconds. */
const cardPatience = 2_000;

/** Dispatches what sessions owe. What is owed stays in the session until Slack has taken it. */
export function createOutbox(parts: {
  store: Pick<SessionStore, 'get' | 'update'>;
  announcer: Announcer;
  wake(id: string): void;
  now: () => number;
  log: Log;
}): Outbox {
  const { store, announcer, wake, now, log } = parts;

  /** Another process may have saved it first, at the very same time. */
  async function save(id: string, item: string, before: readonly (number | undefined)[]): Promise<number | undefined> {
    let saved: number | undefined;
    await store.update(id, (t) => {
      const mine = t.outbox.some((o) => o.id === item && before.includes(o.sentAt));
      const at = now();
      saved = mine ? at : undefined;
      return mine ? { ...t, outbox: t.outbox.map((o) => (o.id === item ? { ...o, sentAt: at } : o)) } : t;
    });
    return saved;
  }

  return {
    async send(id) {
      for (;;) {
        const s = await store.get(id);
        const item = s && inTurn(s.outbox).find((o) => o.nextAt <= now());
        if (!s || !item) return;
        const without = (t: Session): Session => ({ ...t, outbox: t.outbox.filter((o) => o.id !== item.id) });
        const lead = s.lead === null ? s : await store.get(s.lead);
        if (s.lead !== null && item.message.kind === 'card') {
          // One card for all parts, drawn by the lead alone, so that no older drawing comes last.
          // Saved in any case: a card that is on its way just now was drawn without this, and has to be drawn once more.
          await store.update(s.lead, (t) => ({ ...oweCard(t, now()) }));
          wake(s.lead);
          await store.update(id, without);
          continue;
        }
        if (lead && lead !== s && !lead.card && lead.outbox.some((o) => o.message.kind === 'card' && !isAside(o))) {
          await store.update(id, (t) => ({
            ...t,
            outbox: t.outbox.map((o) => (o.id === item.id ? { ...o, nextAt: now() + cardPatience } : o)),
          }));
          return;
        }
        const wish = { lead: lead ?? s, parts: await partsOf(store, lead ?? s) };
        let marked = 0;
        let { sentAt } = item;
        const sending: Sending = {
          async begin() {
            const at = await save(id, item.id, [sentAt]);
            if (at === undefined) return undefined;
            sentAt = at;
            marked += 1;
            return at;
          },
          beginOther: (other, its, before) => save(other, its, [undefined, before]),
          async toldOther(other, its) {
            await store.update(other, (t) => ({ ...t, outbox: t.outbox.filter((o) => o.id !== its) }));
          },
        };
        const delivery = await announcer.deliver(wish, s, item, sending);
        if (!delivery.ok && delivery.retryAfterMs !== null) {
          const { reason, doubtful = false, waits = false, refused = false } = delivery;
          const nextAt = now() + delivery.retryAfterMs;
          if (!waits) log.warn({ session: id, reason }, 'Slack did not take a message; it is sent again later');
          await store.update(id, (t) => {
            if (!t.outbox.some((o) => o.id === item.id)) {
              return item.message.kind === 'card' && !waits ? onDoubt(t, now(), nextAt) : t;
            }
            const outbox = t.outbox.map((o) => {
              if (o.id !== item.id) return o;
              if (waits) return { ...o, nextAt };
              const refusals = refused ? (o.refusals ?? 0) + 1 : 0;
              // In doubt it is looked for before it is sent again.
              return { ...(doubtful ? o : unsent(o)), tries: o.tries + 1, refusals, nextAt };
            });
            return { ...t, outbox };
          });
          // What need not wait for it has its turn.
          continue;
        }
        if (!delivery.ok) {
          log.error({ session: id, kind: item.message.kind, reason: delivery.reason }, 'A message reached nobody');
        }
        const isDrawn = delivery.ok && item.message.kind === 'card';
        await store.update(id, (t) =>
          isDrawn ? onDrawn(t, item, s.revision + marked, delivery.card, now()) : without(t),
        );
      }
    },
  };
}
