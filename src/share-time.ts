import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** At the start it is asked so often, and the quickest answer is gone by: one may be held up by all else that a start has to do. */
const triesAtStart = 3;
/** Where the shared clock and the machine's are far apart, Agora is asked so often which is right, and waited for so long each time. Milliseconds. */
const asksAtStart = 3;
const patience = 4_000;
/** One that was longer on its way says too little about the time. Milliseconds. */
const late = 500;

export interface TimeShare {
  /**
   * Tells the clock the time before any deadline is gone by, and has Agora asked where it is in doubt: a shared clock that is an hour ahead would end
   * every recording. Throws when the shared clock cannot be asked at all.
   */
  begin(): Promise<void>;
  /** Tells it again, once a minute. An answer that is late or missing is left out: the next one is asked in a minute. */
  again(): Promise<void>;
}

/** Asks the clock that all replicas share what time it is, and tells our own: with half of the way added that the answer took. */
export function createTimeShare(parts: {
  /** What the shared clock says, milliseconds since the epoch. */
  ask: () => Promise<number>;
  clock: Pick<Clock, 'share' | 'doubted'>;
  /** Has the clock told what time it is at Agora. */
  askAgora: () => Promise<unknown>;
  monotonic?: () => number;
  sleep?: (ms: number) => Promise<unknown>;
}): TimeShare {
  const { ask, clock, askAgora, monotonic = () => performance.now() } = parts;
  const { sleep = (ms) => delay(ms, undefined, { ref: false }) } = parts;

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
      clock.share(monotonic() + best.offset);
      for (let i = 0; i < asksAtStart && clock.doubted(); i++) {
        const answered = await Promise.race([askAgora().then(() => true), sleep(patience).then(() => false)]);
        // It is away, and is asked again once a minute.
        if (!answered) return;
      }
    },
    async again() {
      const { offset, took } = await measure().catch(() => ({ offset: 0, took: Infinity }));
      if (took < late) clock.share(monotonic() + offset);
    },
  };
}
