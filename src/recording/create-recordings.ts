import { createSession } from './create-session.ts';
import { dueAt } from './planner.ts';
import type { Agenda, Announcer, Notice } from './ports.ts';
import { type ReconcileParts, reconcile } from './reconcile.ts';
import type { Recordings } from './recordings.ts';
import { holdsChannel, isEnded, type Session } from './session.ts';
import { askStop } from './transitions/ask-stop.ts';
import { extend } from './transitions/extend.ts';
import { onNotice } from './transitions/on-notice.ts';

export interface RecordingsParts extends Omit<ReconcileParts, 'liveCount'> {
  agenda: Agenda;
  announcer: Announcer;
  newId(): string;
}

/** How many due sessions one tick takes up. */
const perTick = 500;
/** A session that failed for want of a store or the like is looked at again after this. Milliseconds. */
const afterTrouble = 5_000;
/** A session is looked at again after this even if its turn was lost. Milliseconds. */
const lease = 60_000;
/** Slack sends a trigger again for some minutes at most; Agora a notification, for less. Milliseconds. */
const seenFor = 24 * 3_600_000;

/**
 * The recordings of this process. Commands, clicks, notifications, ticks and restarts all do the same here: change what is wanted or known,
 * save it, and have {@link reconcile} settle the rest.
 */
export function createRecordings(parts: RecordingsParts): Recordings {
  const { store, agenda, announcer, settings, now, log } = parts;
  const underWay = new Map<string, Promise<void>>();
  const reconcileParts: ReconcileParts = { ...parts, liveCount: () => agenda.size() };

  /** Takes a session's turn: Agora first, then Slack. A wake while one is under way makes it go round once more. */
  const again = new Set<string>();
  function wake(id: string): void {
    if (underWay.has(id)) {
      again.add(id);
      return;
    }
    // Lost turns come back: whatever happens below, the session stays on the agenda.
    agenda.put(id, now() + lease);
    const turn = takeTurn(id).finally(() => {
      underWay.delete(id);
      if (again.delete(id)) wake(id);
    });
    underWay.set(id, turn);
  }

  async function takeTurn(id: string): Promise<void> {
    try {
      // People are told while Agora is asked: neither waits for the other's bad day.
      let told = Promise.resolve();
      const tell = () => {
        told = told.then(() => announce(id));
        // Looked at below; without this a failure would count as unhandled until then.
        told.catch(() => undefined);
      };
      const settled = await Promise.allSettled([reconcile(id, reconcileParts, tell)]);
      tell();
      settled.push(...(await Promise.allSettled([told])));
      for (const r of settled) if (r.status === 'rejected') throw r.reason;
      const s = await store.get(id);
      const due = s && dueAt(s);
      if (due === undefined) agenda.remove(id);
      else agenda.put(id, due);
    } catch (error) {
      log.error({ session: id, err: error }, 'A session could not be looked after; it is tried again soon');
      agenda.put(id, now() + afterTrouble);
    }
  }

  /** Sends what is owed, in order, until there is nothing left or Slack wants us to wait. */
  async function announce(id: string): Promise<void> {
    for (;;) {
      const s = await store.get(id);
      const item = s?.outbox[0];
      if (!s || !item || item.nextAt > now()) return;
      const delivery = await announcer.deliver(s, item);
      if (!delivery.ok && delivery.retryAfterMs !== null) {
        const nextAt = now() + delivery.retryAfterMs;
        log.warn({ session: id, reason: delivery.reason }, 'Slack did not take a message; it is sent again later');
        await store.update(id, (t) => ({
          ...t,
          outbox: t.outbox.map((o) => (o.id === item.id ? { ...o, tries: o.tries + 1, nextAt } : o)),
        }));
        return;
      }
      if (!delivery.ok) {
        log.error({ session: id, kind: item.message.kind, reason: delivery.reason }, 'A message reached nobody');
      }
      const card = delivery.ok ? delivery.card : undefined;
      await store.update(id, (t) => ({
        ...t,
        ...(card ? { card } : {}),
        // What changed while the card was on its way is not on it: it stays owed and is drawn once more.
        outbox:
          delivery.ok && item.message.kind === 'card' && t.revision !== s.revision
            ? t.outbox
            : t.outbox.filter((o) => o.id !== item.id),
      }));
    }
  }

  async function change(
    id: string,
    by: (s: Session) => Session,
  ): Promise<{ before: Session; after: Session } | undefined> {
    let before: Session | undefined;
    const after = await store.update(id, (s) => {
      before = s;
      return by(s);
    });
    return before && after ? { before, after } : undefined;
  }

  async function addEvidence(notice: Notice): Promise<void> {
    const bySid = notice.sid ? await store.bySid(notice.sid) : undefined;
    const s = bySid ?? (notice.channelName ? await store.byChannelName(notice.channelName) : undefined);
    if (!s) return;
    await store.update(s.id, (t) => onNotice(t, notice, now()));
    wake(s.id);
  }

  return {
    async start(r) {
      const s = createSession(r, parts.newId(), now(), settings);
      const answer = await store.create(s).catch((error: unknown) => {
        // A store that froze may have saved it all the same: then it is taken up, and not left to hold its channel.
        agenda.put(s.id, now() + afterTrouble);
        throw error;
      });
      if (answer.created) {
        wake(s.id);
        return { kind: 'started', session: s };
      }
      const busy = await store.get(answer.busyId);
      // It ended between the two calls: the channel is free now.
      return busy && holdsChannel(busy) ? { kind: 'busy', session: busy } : this.start(r);
    },

    async stop(id, by) {
      const changed = await change(id, (s) => askStop(s, by, now()));
      if (!changed) return { kind: 'unknown' };
      const { before, after } = changed;
      if (isEnded(before)) return { kind: 'ended', session: after };
      if (before.desired === 'stopped') return { kind: 'stopping', session: after };
      wake(id);
      return { kind: 'asked', session: after };
    },

    async extend(id, ms, by) {
      const changed = await change(id, (s) => extend(s, ms, by, now()));
      if (!changed) return { kind: 'unknown' };
      const { before, after } = changed;
      if (isEnded(before)) return { kind: 'ended', session: after };
      if (before.desired === 'stopped') return { kind: 'stopping', session: after };
      if (after.stopAt === before.stopAt) return { kind: 'at_max', session: after };
      wake(id);
      return { kind: after.stopAt - before.stopAt < ms ? 'capped' : 'extended', session: after };
    },

    get: (id) => store.get(id),
    byChannelName: (name) => store.byChannelName(name),
    recent: (limit) => store.recent(limit),

    async accept(notice) {
      const key = `notice:${notice.noticeId}`;
      if (!(await store.firstTime(key, seenFor))) return;
      try {
        await addEvidence(notice);
      } catch (error) {
        // Not saved, so not seen: Agora sends it again.
        await store.forget(key).catch(() => undefined);
        throw error;
      }
    },

    firstTime: (key) => store.firstTime(`slack:${key}`, seenFor),

    async resume() {
      const ids = await store.unsettledIds();
      for (const id of ids) {
        const s = await store.get(id).catch(() => undefined);
        const due = s && dueAt(s);
        agenda.put(id, due ?? now());
      }
      return { sessions: ids.length };
    },

    async tick() {
      for (const id of agenda.due(now(), perTick)) if (!underWay.has(id)) wake(id);
    },

    async settled() {
      while (underWay.size > 0) await Promise.all(underWay.values());
    },
  };
}
