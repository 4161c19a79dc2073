import { expect, test } from 'vitest';
import { crashPoints } from '../../torture/crash-points/crash-points.ts';
import { runBounded } from './run-bounded.ts';

/** So many points were tried when this was written; nobody makes it look better by trying fewer. A turn reads the store less often than it did. */
const atLeast = { tried: 620, possible: 26_000 };

test('wherever the process dies, nothing is lost', { timeout: 600_000 }, async () => {
  const { figures, violations } = await runBounded(crashPoints);
  const figure = Object.fromEntries(figures);
  expect(violations).toEqual([]);
  expect(Number(figure['crash points tried'])).toBeGreaterThanOrEqual(atLeast.tried);
  expect(Number(figure['crash points there are'])).toBeGreaterThanOrEqual(atLeast.possible);
});
