import { beforeEach, describe, expect, test } from 'vitest';
import { type ClockWitness, createClockWitness } from '../src/clock-witness.ts';

const own = 1_800_000_000_500;
/** A Date header of the moment `own + ms`. */
const date = (ms: number) => Math.floor((own + ms) / 1000) * 1000;
const others = (ms: Record<string, number>) => new Map(Object.entries(ms).map(([name, off]) => [name, own + off]));
let witness: ClockWitness<string>;
const heard = (ms: number, other: Record<string, number>) => witness.heard(date(ms), own, others(other));

beforeEach(() => {
  witness = createClockWitness();
});

describe('which clock Agora confirms', () => {
  test('one that is far from what is gone by is believed at once', () => {
    expect(heard(10_000, { machine: 10_200 })).toBe('machine');
  });

  test('one that is a few seconds off has to be confirmed three times in a row', () => {
    const say = (ms: number) => heard(ms, { machine: -2_000 });
    expect([say(-2_000), say(-2_000), say(0), say(-2_000), say(-2_000), say(-2_000)]).toEqual([
      ...[undefined, undefined, undefined, undefined, undefined],
      'machine',
    ]);
  });

  test('what was heard before a clock was set does not count', () => {
    const say = () => heard(-2_000, { machine: -2_000 });
    say();
    say();
    witness.forget();
    expect(say()).toBeUndefined();
  });

  test('nor what was heard of another clock', () => {
    heard(-2_000, { machine: -2_000 });
    heard(-2_000, { machine: -2_000 });
    expect(heard(-2_000, { shared: -2_000 })).toBeUndefined();
  });

  test('of two that agree the closer one; none that Agora does not agree with', () => {
    expect(heard(20_000, { machine: 18_500, shared: 20_000 })).toBe('shared');
    expect(heard(20_000, { machine: 15_000 })).toBeUndefined();
  });
});
