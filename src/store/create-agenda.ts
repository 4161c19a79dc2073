import type { Agenda } from '../recording/ports.ts';

/**
 * When each session is due, in memory: a binary heap with lazy deletion, so that a tick costs what is due and not what there is. Rebuilt from
 * the store at boot.
 */
export function createAgenda(): Agenda {
  const at = new Map<string, number>();
  const heap: { id: string; at: number }[] = [];
  const before = (a: number, b: number) => (heap[a]?.at ?? Infinity) < (heap[b]?.at ?? Infinity);
  const swap = (a: number, b: number) => {
    const [x, y] = [heap[a], heap[b]];
    if (x && y) [heap[a], heap[b]] = [y, x];
  };

  function push(entry: { id: string; at: number }): void {
    heap.push(entry);
    for (let i = heap.length - 1; i > 0; ) {
      const parent = (i - 1) >> 1;
      if (!before(i, parent)) return;
      swap(i, parent);
      i = parent;
    }
  }

  function pop(): void {
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ; ) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let least = i;
      if (before(left, least)) least = left;
      if (before(right, least)) least = right;
      if (least === i) return;
      swap(i, least);
      i = least;
    }
  }

  return {
    put(id, when) {
      if (at.get(id) === when) return;
      at.set(id, when);
      push({ id, at: when });
    },
    remove(id) {
      at.delete(id);
    },
    due(now, limit) {
      const found: { id: string; at: number }[] = [];
      for (let top = heap[0]; top && top.at <= now && found.length < limit; top = heap[0]) {
        pop();
        // An entry that was moved or removed since is only a shadow.
        if (at.get(top.id) === top.at) found.push(top);
      }
      // They stay until put again or removed.
      for (const entry of found) push(entry);
      return [...new Set(found.map((f) => f.id))];
    },
    size: () => at.size,
  };
}
