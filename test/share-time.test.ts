import { beforeEach, expect, test } from 'vitest';
import { createTimeShare, type TimeShare } from '../src/share-time.ts';

const shared = 1_800_000_000_000;
/** How long the next answers are on their way, there and back; 'fails': there is none. */
let ways: ({ there: number; back: number } | 'fails')[];
let elapsed: number;
let told: number[];
let asked: number;
let share: TimeShare;

beforeEach(() => {
  elapsed = 500;
  told = [];
  asked = 0;
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
    share: (time) => told.push(time - shared - elapsed),
    monotonic: () => elapsed,
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
