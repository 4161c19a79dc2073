import { expect, test } from 'vitest';
import { createRateBucket } from '../../src/agora/rate-bucket.ts';
import type { SharedRate } from '../../src/recording/ports.ts';

/** The rate that replicas share, when the clock that they share is set back: Redis's host is set right, or a failover brings one that is behind. */
function rig() {
  let time = 1_800_000_000_000;
  let skew = 0;
  const used = new Map<number, number>();
  const shared: SharedRate = {
    look: async () => ({ time: time + skew }),
    async claim(slot, wanted, places) {
      const taken = used.get(slot) ?? 0;
      used.set(slot, taken + wanted);
      return Math.max(0, Math.min(wanted, places - taken));
    },
    processes: () => 2,
    tell: async () => undefined,
  };
  const sleepers: { at: number; wake: () => void }[] = [];
  const sleep = (ms: number) => new Promise<void>((wake) => sleepers.push({ at: time + ms, wake }));
  const settle = async () => {
    for (let i = 0; i < 50; i++) await Promise.resolve();
  };
  return {
    bucket: createRateBucket({ qps: 10, now: () => time, sleep, shared }),
    setBack(ms: number) {
      skew -= ms;
    },
    async pass(ms: number) {
      const end = time + ms;
      for (;;) {
        await settle();
        sleepers.sort((a, b) => a.at - b.at);
        const [first] = sleepers;
        if (!first || first.at > end) break;
        sleepers.shift();
        time = Math.max(time, first.at);
        first.wake();
      }
      time = end;
      await settle();
    },
  };
}

test.each([
  ['overdue', 1],
  ['overdue', 20],
  ['start', 20],
  ['health', 1],
  ['person', 1],
  ['person', 20],
] as const)('calls of rank %s, %i wanted a second, go on at once', async (rank, load) => {
  const r = rig();
  let asked = 0;
  let went = 0;
  const seconds = async (count: number) => {
    const before = went;
    for (let i = 0; i < count * load; i++) {
      if (asked - went < 50) {
        asked += 1;
        void r.bucket.take(rank).then(() => {
          went += 1;
        });
      }
      await r.pass(1_000 / load);
    }
    return went - before;
  };
  await seconds(10);
  const usual = await seconds(30);
  expect(usual).toBeGreaterThan(20);
  r.setBack(600_000);
  await seconds(30);
  expect(await seconds(30)).toBeGreaterThan(usual * 0.8);
});
