import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { createBullmqAgenda } from '../../src/store/bullmq-agenda.ts';
import { loadQueueClients } from '../../src/store/queue-clients.ts';
import { openRedis } from '../../src/store/redis-adapter.ts';
import { createFaultProxy } from '../../torture/processes/fault-proxy.ts';
import { captureLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { startRedis } from './start-redis.ts';

const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** A way to Redis that forgets connections, as when a machine dies or a router begins anew. */
async function way(redis: { port: number }) {
  const proxy = await createFaultProxy(redis);
  closers.push(() => proxy.close());
  return { proxy, url: `redis://127.0.0.1:${proxy.port}` };
}

test('connections that go silent are given up, however much is sent over them', { timeout: 120_000 }, async () => {
  const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
  closers.push(() => redis.remove());
  const { proxy, url } = await way(redis);
  const { log } = captureLog();
  const store = await openRedis(url, log);
  closers.push(() => store.close());
  const agenda = createBullmqAgenda({ clients: (await loadQueueClients(url))(), now: Date.now, log });
  closers.push(() => agenda.stop());
  let turns = 0;
  agenda.start(async () => {
    turns += 1;
    return Date.now() + 500;
  });
  const beats = setInterval(() => agenda.beat(), 1_000);
  closers.push(() => clearInterval(beats));
  agenda.wake('a');
  await until('turns', () => turns > 2);
  let answers = 0;
  // Sent all the time, as by a bot at work.
  const asks = setInterval(() => {
    store.keyv.get('x').then(
      () => {
        answers += 1;
      },
      () => undefined,
    );
  }, 300);
  closers.push(() => clearInterval(asks));
  await until('answers', () => answers > 0);
  expect(proxy.forget()).toBeGreaterThan(2);
  agenda.wake('b');
  await delay(1_000);
  answers = turns = 0;
  await until('the store is back', () => answers > 3, 60_000);
  await until('turns are taken again', () => turns > 5, 60_000);
});

test('a store that is closed over a silent connection makes no other one', { timeout: 60_000 }, async () => {
  const redis = await startRedis();
  closers.push(() => redis.remove());
  const { proxy, url } = await way(redis);
  const store = await openRedis(url, captureLog().log);
  proxy.forget();
  // It has been asked for a sign of life by then, and waits for it.
  await delay(2_500);
  await store.close();
  const made = proxy.made();
  await delay(6_000);
  expect(proxy.made()).toBe(made);
});

test('while Redis is away one connection is tried at a time, and one is there when it is back', {
  timeout: 120_000,
}, async () => {
  const redis = await startRedis();
  closers.push(() => redis.remove());
  const { proxy, url } = await way(redis);
  const { log, entries } = captureLog();
  const store = await openRedis(url, log);
  closers.push(() => store.close());
  await store.commit('a', undefined, [{ key: 'a', set: 'of a' }]);
  const made = proxy.made();
  proxy.set('down');
  // Longer than it takes to give a silent connection up, several times.
  await delay(25_000);
  const tries = entries.length;
  await delay(6_000);
  // One every two seconds, by then.
  expect(entries.length - tries).toBeLessThan(8);
  proxy.set('open');
  await until(
    'the store is back',
    () =>
      store.keyv.get('a').then(
        (v) => v === 'of a',
        () => false,
      ),
    30_000,
  );
  await delay(3_000);
  expect(proxy.made()).toBe(made + 1);
});

test('a connection that goes silent while it is made is given up too', { timeout: 60_000 }, async () => {
  const redis = await startRedis();
  closers.push(() => redis.remove());
  const { proxy, url } = await way(redis);
  const store = await openRedis(url, captureLog().log);
  closers.push(() => store.close());
  const made = proxy.made();
  proxy.set('down');
  proxy.set('silent');
  await until('another one is taken', () => proxy.made() > made);
  proxy.set('open');
  await until(
    'the store is back',
    () =>
      store.keyv.get('a').then(
        () => true,
        () => false,
      ),
    40_000,
  );
});
