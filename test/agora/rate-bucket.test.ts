import { expect, test } from 'vitest';
import { createRateBucket } from '../../src/agora/rate-bucket.ts';
import { rateContract } from './rate-contract.ts';

rateContract('one process', 1, async () => ({ shared: () => undefined, close: async () => undefined }));

test('a tenth of the rate is kept, however often Agora answers 429', async () => {
  let time = 1_000_000;
  const bucket = createRateBucket({ qps: 10, now: () => time, sleep: async () => undefined });
  bucket.slowDown();
  time += 30_000;
  expect(bucket.rate()).toBeCloseTo(7.5);
  bucket.slowDown();
  expect(bucket.rate()).toBeCloseTo(3.75);
  for (let n = 0; n < 10; n++) {
    time += 2_000;
    bucket.slowDown();
  }
  expect(bucket.rate()).toBe(1);
  time += 60_000;
  expect(bucket.rate()).toBe(10);
});
