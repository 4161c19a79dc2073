import { expect, test } from 'vitest';
import { healthInterval } from '../../src/recording/limits.ts';

/** All health checks together keep to 40 % of Agora's rate, and none is more often than every 15 s or rarer than every 2 min. */
test.each([
  [1, 10, 15],
  [60, 10, 15],
  [120, 10, 30],
  [240, 10, 60],
  [480, 10, 120],
  [10_000, 10, 120],
  [50, 1, 120],
  [10_000, 200, 120],
])('%i recordings at %i requests a second: each is looked at every %i s', (live, qps, seconds) => {
  expect(healthInterval(live, qps)).toBe(seconds * 1000);
});
