/** Times in which something was broken, so that what was late can be told from what was missed. Milliseconds since the epoch. */
export interface Troubles {
  /** From `from` to `to`; what is still to come of it counts when it has come. */
  add(from: number, to: number): void;
  /** How much of the time between the two was trouble, ms. */
  between(from: number, to: number): number;
}

/** `met`: calls that failed, as they are known by the time that is asked for. */
export function createTroubles(met: () => { from: number; to: number }[] = () => []): Troubles {
  const all: { from: number; to: number }[] = [];
  return {
    add(from, to) {
      all.push({ from, to });
    },
    between(from, to) {
      let sum = 0;
      let until = from;
      for (const t of [...all, ...met()].sort((a, b) => a.from - b.from)) {
        const begin = Math.max(t.from, until);
        const end = Math.min(t.to, to);
        if (end <= begin) continue;
        sum += end - begin;
        until = end;
      }
      return sum;
    },
  };
}
