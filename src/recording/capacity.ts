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

/** A session that waits for a free recorder. */
interface Waiting {
  id: string;
  requestedAt: number;
}

interface Project {
  used: number;
  /** First come, first served. */
  waiting: Waiting[];
}

/** `limitOf`: how many recorders a project has at once. */
export function createCapacity(limitOf: (project: string) => number): Capacity {
  const projects = new Map<string, Project>();
  /** Who has a recorder, or waits for one. */
  const holders = new Map<string, Project>();
  const waiters = new Map<string, { project: Project; entry: Waiting }>();
  /** The count in which each was seen last. */
  const seen = new Map<string, number>();
  let count = 0;

  const projectOf = (name: string): Project => {
    const known = projects.get(name) ?? { used: 0, waiting: [] };
    projects.set(name, known);
    return known;
  };

  function leave(id: string): void {
    const holder = holders.get(id);
    if (holder && holders.delete(id)) holder.used -= 1;
    seen.delete(id);
    const waiter = waiters.get(id);
    if (!waiter) return;
    waiters.delete(id);
    const { project, entry } = waiter;
    project.waiting.splice(placeIn(project.waiting, entry), 1);
  }

  function note(s: Session): void {
    const { id, requestedAt } = s;
    const project = projectOf(s.recipe.project);
    if (isEnded(s) || !mayRecord(s)) {
      leave(id);
      return;
    }
    const same = s.state !== 'requested' && holders.get(id) === project;
    // Noted in each turn, and mostly the same.
    if (!same) leave(id);
    seen.set(id, count);
    if (same) return;
    if (s.state !== 'requested') {
      holders.set(id, project);
      project.used += 1;
      return;
    }
    const entry = { id, requestedAt };
    waiters.set(id, { project, entry });
    project.waiting.splice(placeIn(project.waiting, entry), 0, entry);
  }

  return {
    note,
    recount() {
      count += 1;
      const mine = count;
      return {
        see: note,
        end() {
          for (const [id, last] of seen) if (last < mine) leave(id);
        },
      };
    },
    place(s) {
      const { used, waiting } = projectOf(s.recipe.project);
      const free = limitOf(s.recipe.project) - used;
      return Math.max(0, placeIn(waiting, s) + 1 - free);
    },
    used: (project) => projects.get(project)?.used ?? 0,
  };
}

/** How many come before it: its own place, if it is there. */
function placeIn(waiting: readonly Waiting[], { id, requestedAt }: Waiting): number {
  let [low, high] = [0, waiting.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = waiting[middle];
    const isBefore = other && (other.requestedAt < requestedAt || (other.requestedAt === requestedAt && other.id < id));
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}
