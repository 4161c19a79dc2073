/** How far the rate is down since Agora answered 429. */
export interface Slowdown {
  /** Calls that may be made in a second now. */
  rate(): number;
  /** Agora answered 429 all the same: somebody else uses this App ID too. The new rate, or undefined when this one was counted already. */
  slowDown(): number | undefined;
  /** Another process was slowed to `rate` so many milliseconds ago. */
  heard(rate: number, ago: number): void;
}

/** After a 429 the rate is halved, and grows back to the whole in this time. Milliseconds. */
export const recovery = 60_000;
/** However often Agora answers 429, this part of the rate is kept. */
const leastPart = 0.1;

/** `window`: calls that were under way together meet the same full second, so one 429 in this time counts. Milliseconds. */
export function createSlowdown(parts: { qps: number; window: number; now: () => number }): Slowdown {
  const { qps, window, now } = parts;
  let slowed: { at: number; rate: number } | undefined;

  function rate(): number {
    if (!slowed) return qps;
    const part = (now() - slowed.at) / recovery;
    if (part >= 0 && part < 1) return slowed.rate + (qps - slowed.rate) * part;
    slowed = undefined;
    return qps;
  }

  return {
    rate,
    slowDown() {
      const at = now();
      if (slowed && at >= slowed.at && at - slowed.at < window) return undefined;
      slowed = { at, rate: Math.max(1, qps * leastPart, rate() / 2) };
      return slowed.rate;
    },
    heard(told, ago) {
      const at = now() - ago;
      const then = told + (qps - told) * Math.min(1, Math.max(0, ago / recovery));
      if (then < rate()) slowed = { at, rate: told };
    },
  };
}
