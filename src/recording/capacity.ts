import { isEnded, mayRecord, type Session } from './session.ts';

/** Who uses Agora's recorders, of which an account has a limited number (Agora docs, best practices: peak concurrent workers). */
export interface Capacity {
  /** Takes in how a session stands now. */
  note(s: Session): void;
  /** 0: a recorder should be free for it; n: so many have to become free first. */
  place(s: Session): number;
  /**
   * Takes in how all sessions stand: each is shown to `see`, and `end` forgets those that were not. Other processes record too, and what this one
   * saw itself is only its part.
   */
  recount(): { see(s: Session): void; end(): void };
  /** Recorders of a project that are in use, as far as this process knows. */
  used(project: string): number;
}

interface Entry {
  project: string;
  waiting: boolean;
  requestedAt: number;
  /** The count in which it was seen last. */
  count: number;
}

/** `limitOf`: how many recorders a project has at once. */
export function createCapacity(limitOf: (project: string) => number): Capacity {
  const known = new Map<string, Entry>();
  const used = new Map<string, number>();
  let count = 0;

  const forget = (id: string) => {
    const entry = known.get(id);
    if (entry && !entry.waiting) used.set(entry.project, (used.get(entry.project) ?? 0) - 1);
    known.delete(id);
  };

  function note(s: Session): void {
    forget(s.id);
    if (isEnded(s) || !mayRecord(s)) return;
    const { requestedAt } = s;
    const entry = { project: s.recipe.project, waiting: s.state === 'requested', requestedAt, count };
    known.set(s.id, entry);
    if (!entry.waiting) used.set(entry.project, (used.get(entry.project) ?? 0) + 1);
  }

  return {
    note,
    recount() {
      count += 1;
      const mine = count;
      return {
        see: note,
        end() {
          for (const [id, e] of known) if (e.count < mine) forget(id);
        },
      };
    },
    place(s) {
      const { project } = s.recipe;
      const free = limitOf(project) - (used.get(project) ?? 0);
      let before = 0;
      for (const [id, e] of known) {
        if (!e.waiting || e.project !== project || id === s.id) continue;
        if (e.requestedAt < s.requestedAt || (e.requestedAt === s.requestedAt && id < s.id)) before += 1;
      }
      return Math.max(0, before + 1 - free);
    },
    used: (project) => used.get(project) ?? 0,
  };
}
