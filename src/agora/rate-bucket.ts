import type { Priority } from '../recording/ports.ts';

export interface RateBucket {
  /** Resolves when the call may be made. */
  take(priority: Priority): Promise<void>;
}

const order: readonly Priority[] = ['person', 'start', 'overdue', 'health'];
/** Calls reach Agora a little after they were let go, so the second is taken a little longer. Milliseconds. */
const window = 1_020;

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
  const queues = new Map<Priority, (() => void)[]>(order.map((p) => [p, []]));
  /** When the last `qps` calls were let go, oldest first. */
  const recent: number[] = [];
  let serving = false;

  async function serve(): Promise<void> {
    if (serving) return;
    serving = true;
    try {
      for (;;) {
        // Chosen anew after each pause: somebody of higher rank may have come during it.
        const rank = order.find((p) => (queues.get(p)?.length ?? 0) > 0);
        const queue = rank && queues.get(rank);
        if (!queue) return;
        const oldest = recent.length >= qps ? recent[0] : undefined;
        const full = oldest === undefined ? 0 : oldest + window - now();
        // Evenly, and not ten at once and then none for a second: so there is always room for a person soon.
        const even = rank === 'person' ? 0 : (recent.at(-1) ?? -Infinity) + window / qps - now();
        const pause = Math.max(full, even);
        if (pause > 0) {
          await sleep(pause);
          continue;
        }
        if (recent.length >= qps) recent.shift();
        recent.push(now());
        queue.shift()?.();
      }
    } finally {
      serving = false;
    }
  }

  return {
    take(priority) {
      return new Promise((resolve) => {
        queues.get(priority)?.push(resolve);
        serve();
      });
    },
  };
}
