import type { Agenda, Log, Turn } from '../recording/ports.ts';
import { createDueIndex } from './due-index.ts';

/** How many pressing turns one beat begins. */
const perBeat = 500;
/** A turn that failed is taken again after this. Milliseconds. */
const afterTrouble = 5_000;

/**
 * Turns of one process, in memory. Rebuilt from the store at boot.
 *
 * Turns that do not press are under way at most `looks` at a time. After a pause every health check is due, and each waits for Agora's rate with
 * its session's turn in hand; a stop that comes due meanwhile must not wait for the end of that queue.
 */
export function createAgenda(parts: { now: () => number; log: Log; looks?: number }): Agenda {
  const { now, log, looks = 50 } = parts;
  const index = createDueIndex();
  /** Those of the index that must not wait behind others, and from when on. */
  const pressing = createDueIndex();
  const underWay = new Map<string, Promise<void>>();
  let looking = 0;
  /** Woken during their turn: they go round once more. */
  const again = new Set<string>();
  let take: Turn | undefined;
  let resting = false;

  function give(id: string, isLook = false): void {
    if (!take || resting) {
      index.put(id, now());
      return;
    }
    // What is to be done from now on is known after the turn.
    pressing.remove(id);
    if (underWay.has(id)) {
      again.add(id);
      return;
    }
    index.remove(id);
    if (isLook) looking += 1;
    underWay.set(id, turn(take, id, isLook));
  }

  async function turn(taken: Turn, id: string, isLook: boolean): Promise<void> {
    let next: number | undefined;
    try {
      next = await taken(id);
    } catch (error) {
      log.error({ session: id, err: error }, 'A session could not be looked after; it is tried again soon');
      next = now() + afterTrouble;
    }
    underWay.delete(id);
    if (isLook) looking -= 1;
    const put = index.at(id);
    if (next !== undefined) index.put(id, Math.min(next, put ?? Infinity));
    if (again.delete(id)) give(id);
  }

  return {
    wake: (id) => give(id),
    put(id, at) {
      index.put(id, Math.min(at, index.at(id) ?? Infinity));
    },
    press(id, at) {
      if (at === undefined) pressing.remove(id);
      else pressing.put(id, at);
    },
    start(value) {
      take = value;
    },
    async beat() {
      if (resting) return;
      const at = now();
      for (const id of pressing.due(at, perBeat)) give(id);
      for (const id of index.due(at, Math.max(0, looks - looking))) give(id, true);
    },
    missing: async (ids) => ids.filter((id) => index.at(id) === undefined && !underWay.has(id)),
    next: () => index.next(),
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay.values());
    },
    rest() {
      resting = true;
    },
    async stop() {
      resting = true;
      await this.settled();
    },
  };
}
