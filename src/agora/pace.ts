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
/** A call may be so late in its place: less than what {@link window} is longer than a second, so no second holds too many. Milliseconds. */
export const tolerance = 30;

export interface OwnPace extends Pace {
  /** As `ask`, but nothing is counted. */
  pause(rank: Priority): number;
  /** A call was let go by another rule. */
  note(): void;
}

/**
 * By what this process let go itself. `rate`: calls that may be made in a second now, at most `qps`.
 *
 * A timer wakes a busy process up late. The call that it was set for counts as made when it was due, as far as Agora's second allows: else each
 * would put off all that come after it. Only that one does, so there is no burst after a standstill.
 */
export function createOwnPace(parts: { qps: number; rate: () => number; now: () => number }): OwnPace {
  const { qps, rate, now } = parts;
  /** When the last `qps` calls were let go, oldest first; up to {@link tolerance} earlier for those that were late. */
  let recent: number[] = [];
  /** When the last one was due. */
  let last = -Infinity;
  /** Whoever waits may go then. */
  let due: number | undefined;

  function note(): void {
    const at = now();
    const planned = due !== undefined && due <= at ? due : at;
    if (recent.length >= qps) recent.shift();
    recent.push(Math.max(planned, at - tolerance));
    last = planned;
    due = undefined;
  }

  function pause(rank: Priority): number {
    const at = now();
    // A clock that was set back would make all wait until it is there again.
    if ((recent.at(-1) ?? at) > at) recent = recent.map((t) => Math.min(t, at));
    last = Math.min(last, at);
    const current = rate();
    const oldest = recent.at(-Math.max(1, Math.floor(current)));
    const full = oldest === undefined ? -Infinity : oldest + window;
    // Evenly, and not ten at once and then none for a second: so there is always room for a person soon.
    const even = rank === 'person' ? -Infinity : last + window / current;
    return Math.max(full - at, even - at, 0);
  }

  return {
    note,
    pause,
    ask(rank) {
      const ms = pause(rank);
      if (ms === 0) note();
      else due = now() + ms;
      return ms;
    },
  };
}
