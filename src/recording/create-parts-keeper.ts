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
   * Answers false when one of them could not be told, because its record cannot be read: that is to be tried again. Throws StoreError.
   */
  report(id: string): Promise<boolean>;
}

/** Keeps the recordings of one wish together: each is a session of its own, and has its turns when it has something to do. */
export function createPartsKeeper({
  store,
  wake,
  now,
}: {
  store: Pick<SessionStore, 'get' | 'getMany' | 'update' | 'isUnreadable'>;
  wake(id: string): void;
  now: () => number;
}): PartsKeeper {
  /** A part that ended, and whose process died before it said so, says nothing any more: a lead that waits for nothing else looks itself. */
  async function lookAfterOthers(leadId: string): Promise<void> {
    const lead = await store.get(leadId);
    const open = lead && isEnded(lead) ? lead.others.filter((o) => o.made && !o.done) : [];
    const parts = await store.getMany(open.map((o) => o.id));
    // One that still asks for another recorder says so itself, and gives the channel free no sooner.
    const isOver = (p: Session) => !mayRecord(p) && !p.wantsPart && p.after === null;
    // Of one whose record cannot be read nobody knows: it may record on, as long as its token may live.
    const mayRun = (id: string) => store.isUnreadable(id) && lead && now() < lead.maxStopAt + limits.strayGiveUp;
    const ended = open.filter(({ id }, n) => (parts[n] ? isOver(parts[n]) : !mayRun(id))).map((o) => o.id);
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

  /** Its record is there and cannot be read. What it is to be told is kept until somebody has looked after it. */
  const isHeld = (id: string, s: Session | undefined) => !s && store.isUnreadable(id);

  /** How a part stands, and what it asks for. Answers false when it has to be told later. */
  async function tellLead(s: Session, leadId: string): Promise<boolean> {
    const { id, wantsPart } = s;
    const lead = await store.get(leadId);
    if (isHeld(leadId, lead)) return false;
    const isVain = s.state !== 'recording' && !s.tookOver && (isEnded(s) || s.desired === 'stopped');
    const after = s.role === 'next' && isVain ? s.after : null;
    const before = after === null ? undefined : await askAgain(after);
    if (after !== null && isHeld(after, before)) return false;
    const done = !mayRecord(s);
    const entry = lead?.others.find((o) => o.id === id);
    if (wantsPart || after !== null || (entry && entry.done !== done)) {
      // One write: a wish that has no recorder for a moment would give its channel away.
      const told = await store.update(leadId, (t) => {
        const may = wantsPart && !t.groupStop && (wantsPart === 'next' || t.replaceLeft > 0);
        const asked = may ? addPart(t, wantsPart, id, now()) : t;
        const more = after === null ? asked : afterVain(asked, id, before, now());
        return oweCard({ ...more, others: more.others.map((o) => (o.id === id ? { ...o, done } : o)) }, now());
      });
      if (isHeld(leadId, told)) return false;
      wake(leadId);
    }
    if (wantsPart) await store.update(id, ({ wantsPart: _, ...rest }) => rest as Session);
    if (s.heldInVain) {
      const told = await store.update(leadId, (t) => withoutHoldOf(s, t));
      if (isHeld(leadId, told)) return false;
      await store.update(id, withHoldReported);
    }
    if (after !== null) await letGo(id, after);
    return true;
  }

  /** One that is proved has the one before it stopped. Answers false when that one has to be told later. */
  async function takeOver(s: Session): Promise<boolean> {
    if (s.role !== 'next' || s.after === null || !(s.state === 'recording' || s.tookOver)) return true;
    const before = await store.update(s.after, (t) => askStop(t, null, now(), 'rolled'));
    if (isHeld(s.after, before)) {
      // Whatever becomes of it meanwhile, it is not one that never took over.
      await store.update(s.id, (t) => (t.tookOver ? t : { ...t, tookOver: true }));
      return false;
    }
    await letGo(s.id, s.after);
    return true;
  }

  async function letGo(id: string, after: string): Promise<void> {
    await store.update(id, ({ tookOver: _, ...t }) => ({ ...t, after: null }) as Session);
    wake(after);
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
      if (leadId === undefined) {
        await lookAfterOthers(id);
        return true;
      }
      const s = await store.get(id);
      if (!s) return true;
      const isTold = await tellLead(s, leadId);
      return (await takeOver(s)) && isTold;
    },
  };
}

/** The id of the lead that a part's id names; undefined for a lead's own. */
function leadIdOf(id: string): string | undefined {
  const dot = id.lastIndexOf('.');
  return dot < 0 ? undefined : id.slice(0, dot);
}
