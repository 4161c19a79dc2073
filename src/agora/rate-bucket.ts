import type { Priority } from '../recording/ports.ts';

export interface RateBucket {
  /** Resolves when the call may be made. */
  take(priority: Priority): Promise<void>;
  /** Agora answered 429 all the same: somebody else uses this App ID too, so fewer calls are made for a while. */
  slowDown(): void;
  /** Calls that may be made in a second now. */
  rate(): number;
}

const order: readonly Priority[] = ['person', 'start', 'overdue', 'health'];
/** Calls do not reach Agora as evenly as they were let go, so the second is taken a little longer: 96 % of the quota is used. Milliseconds. */
const window = 1_040;
/** After a 429 the rate is halved, and grows back to the whole in this time. Milliseconds. */
const recovery = 60_000;
/** However often Agora answers 429, this part of the rate is kept. */
const leastPart = 0.1;

/**
 * At most `qps` calls in any second, because Agora counts so and answers 429 above it. Who waits is served by rank: a person's stop, then
 * starts, overdue stops, health; first come, first served within a rank.
 */
export function createRateBucket(parts: {
  qps: number;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}): RateBucket {
  const { qps, now, sleep } = parts;
  const queues: Record<Priority, (() => void)[]> = {
    person: [],
    start: [],
    overdue: [],
    health: [],
  };
  /** When the last `qps` calls were let go, oldest first. */
  let recent: number[] = [];
  let serving = false;
  let slowed: { at: number; rate: number } | undefined;

  function rate(): number {
    if (!slowed) return qps;
    const part = (now() - slowed.at) / recovery;
    if (part >= 0 && part < 1) return slowed.rate + (qps - slowed.rate) * part;
    slowed = undefined;
    return qps;
  }

  /** How long until a call of this rank may be made. Milliseconds. */
  function pause(rank: Priority): number {
    const at = now();
    // A clock that was set back would make all wait until it is there again.
    if ((recent.at(-1) ?? at) > at) recent = recent.map((t) => Math.min(t, at));
    const current = rate();
    const oldest = recent.at(-Math.max(1, Math.floor(current)));
    const full = oldest === undefined ? 0 : oldest + window - at;
    // Evenly, and not ten at once and then none for a second: so there is always room for a person soon.
    const even = rank === 'person' ? 0 : (recent.at(-1) ?? -Infinity) + window / current - at;
    return Math.max(full, even);
  }

  async function serve(): Promise<void> {
    if (serving) return;
    serving = true;
    try {
      for (;;) {
        // Chosen anew after each pause: somebody of higher rank may have come during it.
        const rank = order.find((p) => queues[p].length > 0);
        if (!rank) return;
        const ms = pause(rank);
        if (ms > 0) {
          await sleep(ms);
          continue;
        }
        if (recent.length >= qps) recent.shift();
        recent.push(now());
        queues[rank].shift()?.();
      }
    } finally {
      serving = false;
    }
  }

  return {
    take(priority) {
      return new Promise((go) => {
        queues[priority].push(go);
        serve();
      });
    },
    slowDown() {
      const at = now();
      // Calls that were under way together meet the same full second.
      if (slowed && at >= slowed.at && at - slowed.at < window) return;
      slowed = { at, rate: Math.max(1, qps * leastPart, rate() / 2) };
    },
    rate,
  };
}
