/** At the start it is asked so often, and the quickest answer is gone by: one may be held up by all else that a start has to do. */
const triesAtStart = 3;
/** One that was longer on its way says too little about the time. Milliseconds. */
const late = 500;

export interface TimeShare {
  /** Tells the clock the time before any deadline is gone by. Throws when the shared clock cannot be asked at all. */
  begin(): Promise<void>;
  /** Tells it again, once a minute. An answer that is late or missing is left out: the next one is asked in a minute. */
  again(): Promise<void>;
}

/** Asks the clock that all replicas share what time it is, and tells our own: with half of the way added that the answer took. */
export function createTimeShare(parts: {
  /** What the shared clock says, milliseconds since the epoch. */
  ask: () => Promise<number>;
  share: (time: number) => void;
  monotonic?: () => number;
}): TimeShare {
  const { ask, share, monotonic = () => performance.now() } = parts;

  /** The offset of the shared clock from the monotonic one, and how long the answer took. Milliseconds. */
  async function measure(): Promise<{ offset: number; took: number }> {
    const asked = monotonic();
    const time = await ask();
    const heard = monotonic();
    return { offset: time - (asked + heard) / 2, took: heard - asked };
  }

  return {
    async begin() {
      let best = await measure();
      for (let i = 1; i < triesAtStart; i++) {
        const next = await measure().catch(() => best);
        if (next.took < best.took) best = next;
      }
      // A late one is better than none: it is wrong by half of its way at most, which is made good within minutes.
      share(monotonic() + best.offset);
    },
    async again() {
      const { offset, took } = await measure().catch(() => ({ offset: 0, took: Infinity }));
      if (took < late) share(monotonic() + offset);
    },
  };
}
