/** Clocks that differ by less than this agree: a Date header is cut to seconds, and was some time on its way. Milliseconds. */
export const agreement = 3_000;
/** A Date header is cut to seconds, so that on average it was half a second later. Milliseconds. */
const cutOff = 500;
/** A clock is closer to a Date header than another one where it is so by more than this. Milliseconds. */
const margin = 500;
/** Of clocks that are but seconds apart one has to be closer so often in a row: a single answer may have been long on its way. */
const often = 3;

export interface ClockWitness<Name> {
  /**
   * Agora said what time it is. Answers the clock of `others` that agrees with it rather than `own`, the time that is gone by; undefined: none, or it
   * is not sure yet.
   */
  heard(date: number, own: number, others: ReadonlyMap<Name, number>): Name | undefined;
  /** One of the clocks was set: what was heard before says nothing about it. */
  forget(): void;
}

/** So much closer `time` is to a Date header than `other`, in milliseconds; negative: `other` is. */
export function closerBy(date: number, time: number, other: number): number {
  const off = (t: number) => Math.abs(t - date - cutOff);
  return off(other) - off(time);
}

/** Decides by Agora's Date headers which of several clocks is right. */
export function createClockWitness<Name>(): ClockWitness<Name> {
  let last: { name: Name; times: number } | undefined;
  return {
    heard(date, own, others) {
      const by = (time: number) => closerBy(date, time, own);
      const [best] = [...others]
        .filter(([, time]) => Math.abs(time - date) < agreement && by(time) > margin)
        .sort(([, a], [, b]) => by(b) - by(a));
      if (!best) {
        last = undefined;
        return undefined;
      }
      const [name, time] = best;
      last = { name, times: last?.name === name ? last.times + 1 : 1 };
      return by(time) > agreement || last.times >= often ? name : undefined;
    },
    forget() {
      last = undefined;
    },
  };
}
