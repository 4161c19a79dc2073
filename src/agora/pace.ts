import type { Priority } from '../recording/ports.ts';

/** Decides when the next call may go. */
export interface Pace {
  /**
   * 0: a call goes now, and is counted. Else how long it takes until it is worth asking again, milliseconds. `waiting`: how many calls wait,
   * this one among them.
   */
  ask(rank: Priority, waiting: number): number | Promise<number>;
}

/** Calls do not reach Agora as evenly as they were let go, so the second is taken a little longer: 96 % of the quota is used. Milliseconds. */
export const window = 1_040;

export interface OwnPace extends Pace {
  /** As `ask`, but nothing is counted. */
  pause(rank: Priority): number;
  /** A call was let go by another rule. */
  note(): void;
}

/** By what this process let go itself. `rate`: calls that may be made in a second now, at most `qps`. */
export function createOwnPace(parts: { qps: number; rate: () => number; now: () => number }): OwnPace {
  const { qps, rate, now } = parts;
  /** When the last `qps` calls were let go, oldest first. */
  let recent: number[] = [];

  function note(): void {
    if (recent.length >= qps) recent.shift();
    recent.push(now());
  }

  function pause(rank: Priority): number {
    const at = now();
    // A clock that was set back would make all wait until it is there again.
    if ((recent.at(-1) ?? at) > at) recent = recent.map((t) => Math.min(t, at));
    const current = rate();
    const oldest = recent.at(-Math.max(1, Math.floor(current)));
    const full = oldest === undefined ? 0 : oldest + window - at;
    // Evenly, and not ten at once and then none for a second: so there is always room for a person soon.
    const even = rank === 'person' ? 0 : (recent.at(-1) ?? -Infinity) + window / current - at;
    return Math.max(full, even, 0);
  }

  return {
    note,
    pause,
    ask(rank) {
      const ms = pause(rank);
      if (ms === 0) note();
      return ms;
    },
  };
}
