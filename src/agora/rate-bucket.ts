import type { Priority, SharedRate } from '../recording/ports.ts';
import { createOwnPace, type Pace, window } from './pace.ts';
import { createPunctualSleep } from './punctual-sleep.ts';
import { createSharedPace } from './shared-pace.ts';
import { createSlowdown } from './slowdown.ts';

export interface RateBucket {
  /** Resolves when the call may be made. */
  take(priority: Priority): Promise<void>;
  /** Agora answered 429 all the same: somebody else uses this App ID too, so fewer calls are made for a while. */
  slowDown(): void;
  /** Calls that may be made in a second now. */
  rate(): number;
}

const order: readonly Priority[] = ['person', 'start', 'overdue', 'health'];

/**
 * At most `qps` calls in any second, because Agora counts so and answers 429 above it. Who waits is served by rank: a person's stop, then
 * starts, overdue stops, health; first come, first served within a rank. `shared`: the rate is one for all processes that share it.
 */
export function createRateBucket(parts: {
  qps: number;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  shared?: SharedRate | undefined;
}): RateBucket {
  const { qps, now, shared } = parts;
  const sleep = createPunctualSleep(parts);
  const slowdown = createSlowdown({ qps, window, now });
  const pace: Pace = shared
    ? createSharedPace({ qps, shared, slowdown, now })
    : createOwnPace({ qps, rate: slowdown.rate, now });
  const queues: Record<Priority, (() => void)[]> = {
    person: [],
    start: [],
    overdue: [],
    health: [],
  };
  let serving = false;
  const first = () => order.find((p) => queues[p].length > 0);

  async function serve(): Promise<void> {
    if (serving) return;
    serving = true;
    try {
      for (;;) {
        // Chosen anew after each pause: somebody of higher rank may have come during it.
        const rank = first();
        if (!rank) return;
        const asked = pace.ask(
          rank,
          order.reduce((sum, p) => sum + queues[p].length, 0),
        );
        const ms = typeof asked === 'number' ? asked : await asked;
        if (ms > 0) await sleep(ms);
        else queues[first() ?? rank].shift()?.();
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
      const rate = slowdown.slowDown();
      // They find out by themselves if they cannot be told.
      if (rate !== undefined) shared?.tell(rate).catch(() => undefined);
    },
    rate: slowdown.rate,
  };
}
