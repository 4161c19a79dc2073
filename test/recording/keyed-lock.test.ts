import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createKeyedLock } from '../../src/recording/keyed-lock.ts';

test('jobs of one key run one at a time and in order, whatever becomes of each', async () => {
  const locked = createKeyedLock();
  const seen: string[] = [];
  const job = (name: string, ms: number, fails = false) =>
    locked('key', async () => {
      seen.push(`${name} begins`);
      await delay(ms);
      seen.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const answers = await Promise.allSettled([job('a', 20), job('b', 5, true), job('c', 0)]);
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(answers).toMatchObject([{ value: 'a' }, { reason: { message: 'b' } }, { value: 'c' }]);
});

test('jobs of different keys do not wait for each other', async () => {
  const locked = createKeyedLock();
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = locked('a', () => gate);
  await locked('b', async () => open());
  await first;
});
