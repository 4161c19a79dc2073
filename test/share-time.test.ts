import { beforeEach, expect, test } from 'vitest';
import { createTimeShare, type TimeShare } from '../src/share-time.ts';

const shared = 1_800_000_000_000;
/** How long the next answers are on their way, there and back; 'fails': there is none. */
let ways: ({ there: number; back: number } | 'fails')[];
let elapsed: number;
let told: number[];
let asked: number;
/** Agora decides with the last of so many answers; none: it is away. */
let decides: number;
let agora: number;
let share: TimeShare;

beforeEach(() => {
  elapsed = 500;
  told = [];
  asked = 0;
  decides = 0;
  agora = 0;
  share = createTimeShare({
    async ask() {
      asked += 1;
      const way = ways.shift() ?? { there: 0, back: 0 };
      if (way === 'fails') throw new Error('Redis is away');
      elapsed += way.there;
      const time = shared + elapsed;
      elapsed += way.back;
      return time;
    },
    // How wrong the told time is at the moment when it is told.
    clock: { share: (time) => void told.push(time - shared - elapsed), doubted: () => agora < decides },
    async askAgora() {
      agora += 1;
      if (decides === Infinity) await new Promise(() => undefined);
    },
    monotonic: () => elapsed,
    sleep: async (ms) => {
      // What is answered at once is answered before.
      for (let i = 0; i < 9; i++) await undefined;
      elapsed += ms;
    },
  });
});

test('half of the way that the answer took is added', async () => {
  ways = [{ there: 200, back: 200 }];
  await share.again();
  expect(told).toEqual([0]);
});

test('at the start it is asked several times, and the quickest answer is gone by', async () => {
  ways = [
    { there: 0, back: 4_000 },
    { there: 10, back: 10 },
    { there: 0, back: 900 },
  ];
  await share.begin();
  expect([asked, told]).toEqual([3, [0]]);
});

test('at the start an answer that is missing does no harm, unless it is the first', async () => {
  ways = [{ there: 5, back: 5 }, 'fails', 'fails'];
  await share.begin();
  expect(told).toEqual([0]);
  ways = ['fails'];
  await expect(share.begin()).rejects.toThrow('Redis is away');
});

test('later an answer that is late or missing is left out', async () => {
  ways = [{ there: 0, back: 600 }, 'fails', { there: 0, back: 100 }];
  await share.again();
  await share.again();
  expect(told).toEqual([]);
  await share.again();
  expect(told).toEqual([-50]);
});

test.each([
  [0, 0],
  [1, 1],
  [3, 3],
  [9, 3],
])(
  'where it is in doubt Agora is asked before any deadline is gone by, until it has decided (%i)',
  async (needed, times) => {
    decides = needed;
    await share.begin();
    expect([told.length, agora]).toEqual([1, times]);
  },
);

test('an Agora that is away is not waited for long', async () => {
  decides = Infinity;
  const before = elapsed;
  await share.begin();
  expect(agora).toBe(1);
  expect(elapsed - before).toBeLessThan(10_000);
  expect(elapsed - before).toBeGreaterThan(1_000);
});
