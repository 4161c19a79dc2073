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
  /** In the heap. */
  place: number;
}

/** A binary heap that knows the place of each entry, so that asking costs what is due, and it never holds more than there is. */
export function createDueIndex(): DueIndex {
  const entries = new Map<string, Entry>();
  const heap: Entry[] = [];

  function set(entry: Entry, place: number): void {
    heap[place] = entry;
    entry.place = place;
  }

  /** Moves an entry to where it belongs. */
  function settle(entry: Entry): void {
    for (let parent = above(entry); parent && entry.at < parent.at; parent = above(entry)) swap(entry, parent);
    for (let child = least(entry); child && child.at < entry.at; child = least(entry)) swap(entry, child);
  }

  const above = ({ place }: Entry) => (place === 0 ? undefined : heap[(place - 1) >> 1]);

  function least({ place }: Entry): Entry | undefined {
    const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
    return left && right && right.at < left.at ? right : left;
  }

  function swap(a: Entry, b: Entry): void {
    const { place } = a;
    set(a, b.place);
    set(b, place);
  }

  return {
    put(id, at) {
      const known = entries.get(id);
      const entry = known ?? { id, at, place: heap.length };
      if (!known) {
        entries.set(id, entry);
        heap.push(entry);
      }
      entry.at = at;
      settle(entry);
    },
    remove(id) {
      const entry = entries.get(id);
      if (!entry) return;
      entries.delete(id);
      const last = heap.pop();
      if (!last || last === entry) return;
      set(last, entry.place);
      settle(last);
    },
    due(now, limit) {
      // Whatever is due lies above what is not: nothing else is looked at but what lies right below it.
      const found: Entry[] = [];
      for (let places = [0]; places.length > 0; ) {
        const below: number[] = [];
        for (const place of places) {
          const entry = heap[place];
          if (!entry || entry.at > now) continue;
          found.push(entry);
          below.push(2 * place + 1, 2 * place + 2);
        }
        places = below;
      }
      found.sort((a, b) => a.at - b.at);
      return found.slice(0, limit).map((entry) => entry.id);
    },
    at: (id) => entries.get(id)?.at,
    next: () => heap[0]?.at,
    size: () => entries.size,
  };
}
