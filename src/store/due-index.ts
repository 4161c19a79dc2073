/** When each session is due; the earliest are at hand. */
export interface DueIndex {
  put(id: string, at: number): void;
  remove(id: string): void;
  /** When it is due; undefined: it is not here. */
  at(id: string): number | undefined;
  /** Ids due at `now`, earliest first. They stay until put again or removed. */
  due(now: number, limit: number): string[];
  /** When the first one is due. */
  next(): number | undefined;
  size(): number;
}

interface Entry {
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** A binary heap with lazy deletion, so that asking costs what is due and not what there is. */
export function createDueIndex(): DueIndex {
  /** The one entry of each session that counts; others in the heap are shadows of what was moved or removed. */
  const current = new Map<string, Entry>();
  const heap: Entry[] = [];
  const before = (a: number, b: number) => (heap[a]?.at ?? Infinity) < (heap[b]?.at ?? Infinity);
  const swap = (a: number, b: number) => {
    const [x, y] = [heap[a], heap[b]];
    if (x && y) [heap[a], heap[b]] = [y, x];
  };

  function push(entry: Entry): void {
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
    put(id, at) {
      if (current.get(id)?.at === at) return;
      const entry = { id, at };
      current.set(id, entry);
      push(entry);
    },
    remove(id) {
      current.delete(id);
    },
    due(now, limit) {
      const found: Entry[] = [];
      for (let top = heap[0]; top && top.at <= now && found.length < limit; top = heap[0]) {
        pop();
        if (current.get(top.id) === top) found.push(top);
      }
      // They stay until put again or removed.
      for (const entry of found) push(entry);
      return found.map((entry) => entry.id);
    },
    at: (id) => current.get(id)?.at,
    next() {
      for (let top = heap[0]; top; top = heap[0]) {
        if (current.get(top.id) === top) return top.at;
        pop();
      }
      return undefined;
    },
    size: () => current.size,
  };
}
