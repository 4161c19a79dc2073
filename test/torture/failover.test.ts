import { expect, test } from 'vitest';
import { failover } from '../../torture/failover/failover.ts';
import { runBounded } from './run-bounded.ts';

test('a thousand failovers alarm nobody, and a recorder that is gone is told of in time', {
  timeout: 600_000,
}, async () => {
  const { figures, violations } = await runBounded(failover);
  expect(violations).toEqual([]);
  expect(figures[0]).toEqual(['windows of 1 to 90 s', 1_000]);
});
