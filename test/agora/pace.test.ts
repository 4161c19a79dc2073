import { expect, test } from 'vitest';
import { createOwnPace } from '../../src/agora/pace.ts';

/** When calls go that wait in a row, if each is let go so much later than it might have been. */
function calls(count: number, late: (n: number) => number): number[] {
  let time = 1_000_000;
  const pace = createOwnPace({ qps: 10, rate: () => 10, now: () => time });
  const went: number[] = [];
  while (went.length < count) {
    const ms = pace.ask('health', count - went.length) as number;
    if (ms === 0) went.push(time);
    else time += ms + late(went.length);
  }
  return went;
}
const most = (went: number[]) => Math.max(...went.map((t) => went.filter((x) => x >= t && x < t + 1_000).length));

test('a call that is made late does not put off those after it', () => {
  const went = calls(101, (n) => (n % 3) * 14);
  expect((went.at(-1) ?? 0) - (went[0] ?? 0)).toBeLessThan(100 * 104 + 50);
  expect(most(went)).toBeLessThanOrEqual(10);
});

test('however late calls are made, no second has more', () => {
  for (const late of [1, 45, 100, 104, 250, 900, 3_000]) {
    expect(most(calls(60, (n) => (n === 20 || n % 7 === 0 ? late : 0)))).toBeLessThanOrEqual(10);
  }
});
