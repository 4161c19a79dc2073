import { limits } from './limits.ts';
import { oweCard } from './owe.ts';
import type { SessionStore } from './ports.ts';
import { isEnded, mayRecord, type Session } from './session.ts';
import { askStop } from './transitions/ask-stop.ts';
import { addPart, afterVain, followLead, withHoldReported, withoutHoldOf } from './transitions/parts.ts';

export interface PartsKeeper {
  /** Before a session's turn. A part takes over what was changed on its lead: that is where people change it. Throws StoreError. */
  follow(id: string): Promise<void>;
  /**
   * After it. Tells the lead how a part stands, and the part before it that it may end. Done anew each time, so a crash in between loses nothing.
   * Throws StoreError.
   */
  report(id: string): Promise<void>;
}

/** Keeps the recordings of one wish together: each is a session of its own, and has its turns when it has something to do. */
export function createPartsKeeper({
  store,
  wake,
  now,
}: {
  store: Pick<SessionStore, 'get' | 'getMany' | 'update'>;
  wake(id: string): void;
  now: () => number;
}): PartsKeeper {
  /** A part that ended, and whose process died before it said so, says nothing any more: a lead that waits for nothing else looks itself. */
  async function lookAfterOthers(leadId: string): Promise<void> {
    const lead = await store.get(leadId);
    const open = lead && isEnded(lead) ? lead.others.filter((o) => o.made && !o.done) : [];
    const parts = await store.getMany(open.map((o) => o.id));
    // One that still asks for another recorder says so itself, and gives the channel free no sooner.
    const isOver = (p: Session | undefined) => !p || (!mayRecord(p) && !p.wantsPart && p.after === null);
    const ended = open.filter((_, n) => isOver(parts[n])).map((o) => o.id);
    if (ended.length === 0) return;
    await store.update(leadId, (t) =>
      oweCard({ ...t, others: t.others.map((o) => (ended.includes(o.id) ? { ...o, done: true } : o)) }, now()),
    );
  }

  /** A next recorder that never took over: the one before it still records, and asks for the next one soon. Answers how that one stands. */
  async function askAgain(after: string): Promise<Session | undefined> {
    return store.update(after, (t) =>
      t.desired === 'recording' && !isEnded(t) ? { ...t, rollAt: now() + limits.rollAgain } : t,
    );
  }

  return {
    async follow(id) {
      const leadId = leadIdOf(id);
      const lead = leadId === undefined ? undefined : await store.get(leadId);
      if (!lead) return;
      await store.update(id, (s) => {
        const same = followLead(s, lead, now());
        return lead.groupStop ? askStop(same, lead.groupStop.by, now()) : same;
      });
    },

    async report(id) {
      const leadId = leadIdOf(id);
      if (leadId === undefined) return lookAfterOthers(id);
      const s = await store.get(id);
      if (!s) return;
      const { wantsPart } = s;
      const after = s.role === 'next' ? s.after : null;
      const isVain = after !== null && s.state !== 'recording' && (isEnded(s) || s.desired === 'stopped');
      const before = isVain ? await askAgain(after) : undefined;
      const done = !mayRecord(s);
      const entry = (await store.get(leadId))?.others.find((o) => o.id === id);
      if (wantsPart || isVain || (entry && entry.done !== done)) {
        // One write: a wish that has no recorder for a moment would give its channel away.
        await store.update(leadId, (lead) => {
          const may = wantsPart && !lead.groupStop && (wantsPart === 'next' || lead.replaceLeft > 0);
          const asked = may ? addPart(lead, wantsPart, id, now()) : lead;
          const more = isVain ? afterVain(asked, id, before, now()) : asked;
          return oweCard({ ...more, others: more.others.map((o) => (o.id === id ? { ...o, done } : o)) }, now());
        });
        wake(leadId);
      }
      if (wantsPart) await store.update(id, ({ wantsPart: _, ...rest }) => rest as Session);
      if (s.heldInVain) {
        await store.update(leadId, (lead) => withoutHoldOf(s, lead));
        await store.update(id, withHoldReported);
      }
      if (after === null || !(isVain || s.state === 'recording')) return;
      if (s.state === 'recording') await store.update(after, (t) => askStop(t, null, now(), 'rolled'));
      await store.update(id, (t) => ({ ...t, after: null }));
      wake(after);
    },
  };
}

/** The id of the lead that a part's id names; undefined for a lead's own. */
function leadIdOf(id: string): string | undefined {
  const dot = id.lastIndexOf('.');
  return dot < 0 ? undefined : id.slice(0, dot);
}
