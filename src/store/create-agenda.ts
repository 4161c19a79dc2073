import type { Agenda, Log, Turn } from '../recording/ports.ts';
import { createDueIndex } from './due-index.ts';

/** How many turns one beat begins. */
const perBeat = 500;
/** A turn that failed is taken again after this. Milliseconds. */
const afterTrouble = 5_000;

/** Turns of one process, in memory. Rebuilt from the store at boot. */
export function createAgenda(parts: { now: () => number; log: Log }): Agenda {
  const { now, log } = parts;
  const index = createDueIndex();
  const underWay = new Map<string, Promise<void>>();
  /** Woken during their turn: they go round once more. */
  const again = new Set<string>();
  let take: Turn | undefined;
  let stopped = false;

  function give(id: string): void {
    if (!take || stopped) {
      index.put(id, now());
      return;
    }
    if (underWay.has(id)) {
      again.add(id);
      return;
    }
    index.remove(id);
    underWay.set(id, turn(take, id));
  }

  async function turn(taken: Turn, id: string): Promise<void> {
    let next: number | undefined;
    try {
      next = await taken(id);
    } catch (error) {
      log.error({ session: id, err: error }, 'A session could not be looked after; it is tried again soon');
      next = now() + afterTrouble;
    }
    underWay.delete(id);
    const put = index.at(id);
    if (next !== undefined) index.put(id, Math.min(next, put ?? Infinity));
    if (again.delete(id)) give(id);
  }

  return {
    wake: give,
    put(id, at) {
      index.put(id, Math.min(at, index.at(id) ?? Infinity));
    },
    start(value) {
      take = value;
    },
    async beat() {
      for (const id of index.due(now(), perBeat)) give(id);
    },
    missing: async (ids) => ids.filter((id) => index.at(id) === undefined && !underWay.has(id)),
    next: () => index.next(),
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay.values());
    },
    async stop() {
      stopped = true;
      await this.settled();
    },
  };
}
