import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { createBullmqAgenda } from '../../src/store/bullmq-agenda.ts';
import { loadQueueClients } from '../../src/store/queue-clients.ts';
import { openRedis } from '../../src/store/redis-adapter.ts';
import { captureLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { startRedis } from './start-redis.ts';

/** A way to Redis that swallows what goes over the connections there are, as when a machine dies or a router forgets them, and serves new ones. */
const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

async function way(port: number) {
  const open = new Set<Socket>();
  let silent = new Set<Socket>();
  let made = 0;
  const server = createServer((here) => {
    made += 1;
    const there = connect(port, '127.0.0.1');
    open.add(here);
    for (const socket of [here, there]) socket.on('error', () => undefined);
    here.on('data', (d) => {
      if (!silent.has(here)) there.write(d);
    });
    there.on('data', (d) => {
      if (!silent.has(here)) here.write(d);
    });
    here.on('close', () => {
      open.delete(here);
      there.destroy();
    });
    there.on('close', () => {
      if (!silent.has(here)) here.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** How many connections there were. */
    made: () => made,
    swallow() {
      silent = new Set(open);
      return silent.size;
    },
  };
}

test('connections that go silent are given up, however much is sent over them', { timeout: 120_000 }, async () => {
  const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
  closers.push(() => redis.remove());
  const w = await way(redis.port);
  const { log } = captureLog();
  const store = await openRedis(w.url, log);
  closers.push(() => store.close());
  const agenda = createBullmqAgenda({ clients: (await loadQueueClients(w.url))(), now: Date.now, log });
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
  expect(w.swallow()).toBeGreaterThan(2);
  agenda.wake('b');
  await delay(1_000);
  answers = turns = 0;
  await until('the store is back', () => answers > 3, 60_000);
  await until('turns are taken again', () => turns > 5, 60_000);
});

test('a store that is closed over a silent connection makes no other one', { timeout: 60_000 }, async () => {
  const redis = await startRedis();
  closers.push(() => redis.remove());
  const w = await way(redis.port);
  const store = await openRedis(w.url, captureLog().log);
  w.swallow();
  // It has been asked for a sign of life by then, and waits for it.
  await delay(2_500);
  await store.close();
  const made = w.made();
  await delay(6_000);
  expect(w.made()).toBe(made);
});
