/** The middle of so many latenesses is gone by. */
const remembered = 9;
/** Less than this is what a timer that is in time takes, and a pace has room for it. Milliseconds. */
const usual = 10;
/** Longer ones are a process that stood still, or a clock that jumped, and say nothing about the next. Milliseconds. */
const most = 150;

/**
 * A sleep for a process that is so busy that its timers wake it late: it asks to be woken earlier by as much as it was late of late. It may then
 * wake too early, so whoever sleeps has to look at the clock, and sleep again.
 */
export function createPunctualSleep(parts: {
  sleep: (ms: number) => Promise<void>;
  now: () => number;
}): (ms: number) => Promise<void> {
  const { sleep, now } = parts;
  const latenesses: number[] = [];

  function expected(): number {
    const middle = latenesses.toSorted((a, b) => a - b)[Math.floor(latenesses.length / 2)] ?? 0;
    return middle < usual ? 0 : middle;
  }

  return async (ms) => {
    const wanted = Math.max(0, ms - expected());
    const began = now();
    await sleep(wanted);
    const late = now() - began - wanted;
    if (late < 0 || late > most) return;
    latenesses.push(late);
    if (latenesses.length > remembered) latenesses.shift();
  };
}
