import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRateBucket } from '../../src/agora/rate-bucket.ts';
import type { SharedRate } from '../../src/recording/ports.ts';
import { connectRedis } from '../../src/store/connect-redis.ts';
import { openSharedRates, type SharedRates } from '../../src/store/open-shared-rates.ts';
import { createRedisRates } from '../../src/store/redis-rates.ts';
import { type RedisServer, startRedis } from '../store/start-redis.ts';
import { ask, type ClusterGroup, startCluster } from '../store/start-redis-group.ts';
import { captureLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { rateContract } from './rate-contract.ts';

const { log } = captureLog();
const opened: SharedRates[] = [];
const closeAll = async () => {
  for (const rates of opened.splice(0)) await rates.close();
};
afterEach(closeAll);
async function open(url: string): Promise<SharedRates> {
  const rates = await openSharedRates(url, log);
  if (!rates) throw new Error('no shared rate');
  opened.push(rates);
  return rates;
}

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.remove());

/** So many connections, as so many processes have. Time stands while Redis is asked, so it may take what a busy machine takes. */
async function rig(url: string, processes: number, ports: number[]) {
  for (const port of ports) await ask(port, 'FLUSHALL');
  const all = await Promise.all(
    Array.from({ length: processes }, async () => createRedisRates(await connectRedis(url, log), 10_000)),
  );
  opened.push(...all);
  return { shared: () => all.shift()?.of('app'), close: closeAll };
}

rateContract('one process on Redis', 1, () => rig(redis.url, 1, [redis.port]));
rateContract('two processes on one Redis', 2, () => rig(redis.url, 2, [redis.port]));
rateContract('three processes on one Redis', 3, () => rig(redis.url, 3, [redis.port]));

describe('on a Cluster', () => {
  let cluster: ClusterGroup;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.remove());
  rateContract('two processes on a Redis Cluster', 2, () =>
    rig(
      cluster.url,
      2,
      cluster.servers.map((s) => s.port),
    ),
  );
});

test('without Redis there is nothing to share', async () => {
  expect(await openSharedRates('sqlite:data/x', log)).toBeUndefined();
});

test('what one tells of a 429, the others hear; who ends is counted for half a minute', async () => {
  await ask(redis.port, 'FLUSHALL');
  const [one, two] = (await Promise.all([open(redis.url), open(redis.url)])).map((r) => r.of('app'));
  expect(one?.processes()).toBe(2);
  await one?.look();
  expect(one?.processes()).toBe(1);
  await two?.look();
  await one?.look();
  expect([one?.processes(), two?.processes()]).toEqual([2, 2]);
  await one?.tell(2.5);
  const { time, slowed } = (await two?.look()) ?? {};
  expect(slowed?.rate).toBe(2.5);
  expect(slowed?.ago).toBeLessThan(60_000);
  expect(time).toBeGreaterThan(1_700_000_000_000);
  const left = Number(await ask(redis.port, 'PTTL', '{rec}:rate:app:here'));
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(30_000);
});

test('in real time too, no second has more than Agora grants', async () => {
  await ask(redis.port, 'FLUSHALL');
  const buckets = await Promise.all(
    [1, 2].map(async () => {
      const shared = (await open(redis.url)).of('app');
      return createRateBucket({ qps: 20, now: Date.now, sleep: (ms) => delay(ms), shared });
    }),
  );
  const calls: number[] = [];
  await Promise.all(
    Array.from({ length: 80 }, async (_, n) => {
      await buckets[n % 2]?.take(n % 10 === 0 ? 'person' : 'health');
      calls.push(performance.now());
    }),
  );
  const busiest = calls.map((t) => calls.filter((x) => x >= t && x < t + 1_000).length);
  expect(Math.max(...busiest)).toBeLessThanOrEqual(20);
});

describe('Redis is away', () => {
  /** Says whether the others were asked, and with what success. */
  function watched(shared: SharedRate) {
    const seen = { asked: 0, failed: 0 };
    const count = async <T>(work: Promise<T>) => {
      seen.asked += 1;
      return work.catch((error: unknown) => {
        seen.failed += 1;
        throw error;
      });
    };
    const watching: SharedRate = {
      ...shared,
      claim: (...args) => count(shared.claim(...args)),
      look: () => count(shared.look()),
      tell: (rate) => count(shared.tell(rate)),
    };
    return { seen, watching };
  }

  test.each(['frozen', 'killed'])(
    '%s: calls go on with a fair share, and by all again when it is back',
    async (how) => {
      await ask(redis.port, 'FLUSHALL');
      const rates = await Promise.all([open(redis.url), open(redis.url)]);
      const [one, two] = rates.map((r) => watched(r.of('app')));
      if (!one || !two) throw new Error('no rates');
      const buckets = [one, two].map(({ watching }) =>
        createRateBucket({ qps: 20, now: Date.now, sleep: (ms) => delay(ms), shared: watching }),
      );
      const all = (n: number) => Promise.all(Array.from({ length: n }, (_, i) => buckets[i % 2]?.take('health')));
      await all(4);
      await Promise.all([one.watching.look(), two.watching.look()]);
      expect([one.watching.processes(), two.watching.processes()]).toEqual([2, 2]);
      if (how === 'frozen') redis.freeze();
      else await redis.kill();
      try {
        // Nobody is left waiting for Redis.
        await buckets[0]?.take('person');
        await until('it is noticed', async () => {
          await all(2);
          return one.seen.failed > 0 && two.seen.failed > 0;
        });
        const calls: number[] = [];
        await Promise.all(
          Array.from({ length: 40 }, async (_, n) => {
            await buckets[n % 2]?.take('health');
            calls.push(performance.now());
          }),
        );
        const busiest = calls.map((t) => calls.filter((x) => x >= t && x < t + 1_000).length);
        expect(Math.max(...busiest)).toBeLessThanOrEqual(20);
      } finally {
        if (how === 'frozen') redis.thaw();
        else await redis.start();
      }
      await until('they share again', async () => {
        const before = { one: { ...one.seen }, two: { ...two.seen } };
        await all(4);
        const better = (now: typeof one.seen, then: typeof one.seen) =>
          now.asked - then.asked >= 2 && now.failed === then.failed;
        return better(one.seen, before.one) && better(two.seen, before.two);
      });
    },
  );
});
