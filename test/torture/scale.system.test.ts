import { expect, test } from 'vitest';
import { scale } from '../../torture/scale/scale.ts';
import { runBounded } from './run-bounded.ts';

test('hundreds of recordings in a real process, killed and started again: no stop is missed, and none is early', {
  timeout: 600_000,
}, async () => {
  const { figures, violations } = await runBounded(scale);
  expect(violations).toEqual([]);
  expect(Object.fromEntries(figures)).toMatchObject({ 'stops that never came': '0', 'stops that came too early': '0' });
});
