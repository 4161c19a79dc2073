import { expect, test } from 'vitest';
import { permutations } from '../../torture/notifications/permutations.ts';
import { runBounded } from './run-bounded.ts';

test('notifications in any order, and twice, end the same', { timeout: 600_000 }, async () => {
  const { figures, violations } = await runBounded(permutations);
  expect(violations).toEqual([]);
  // All 720 orders of the first story, and some of each other one.
  expect(Number(figures[0]?.[1])).toBeGreaterThanOrEqual(900);
});
