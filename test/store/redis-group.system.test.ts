import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionStore } from '../../src/recording/ports.ts';
import { createBullmqAgenda } from '../../src/store/bullmq-agenda.ts';
import { openStore } from '../../src/store/open-store.ts';
import { loadQueueClients } from '../../src/store/queue-clients.ts';
import { captureLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { agendaContract } from './agenda-contract.ts';
import { createRedisRig } from './redis-rig.ts';
import { ended, sampleSession } from './sample-session.ts';
import { startRedis } from './start-redis.ts';
import { ask, type ClusterGroup, type SentinelGroup, startCluster, startSentinel } from './start-redis-group.ts';
import { startSilentSentinel } from './start-silent-sentinel.ts';
import { storeContract } from './store-contract.ts';

/** The store, the agenda and the rate on Redis as it is run by those who want no single point of failure. */
const down = { name: 'StoreError', code: expect.stringMatching(/^STORE_(DOWN|TIMEOUT)$/) };
const works = (store: SessionStore) => () =>
  store.ping().then(
    () => true,
    () => false,
  );

describe('a Cluster of three', () => {
  let cluster: ClusterGroup;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster.remove());
  const flush = async () => {
    for (const s of cluster.servers) await ask(s.port, 'FLUSHALL');
  };

  storeContract('a Redis Cluster', true, async () => {
    await flush();
    return createRedisRig(cluster.url);
  });

  for (const processes of [1, 3]) {
    agendaContract(`BullMQ on a Redis Cluster, ${processes} processes`, processes, async () => {
      await flush();
      const clients = await loadQueueClients(cluster.url);
      return { make: (parts) => createBullmqAgenda({ clients: clients(), ...parts }), close: async () => undefined };
    });
  }

  test('each node is asked how it is set up', async () => {
    const [, , last] = cluster.servers;
    const warned = async () => {
      const log = captureLog();
      const store = await openStore(cluster.url, { now: Date.now, log: log.log });
      await store.close();
      return log.entries.filter((e) => e.level === 40).map((e) => e.msg);
    };
    expect(await warned()).toEqual([]);
    await ask(last?.port ?? 0, 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await warned()).toEqual([expect.stringContaining('set maxmemory-policy to noeviction')]);
    await ask(last?.port ?? 0, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  });

  test('all keys lie on one node, because one change is one step', async () => {
    await flush();
    const store = await openStore(cluster.url, { now: Date.now, log: captureLog().log });
    for (let n = 0; n < 5; n++) await store.create(sampleSession(`s${n}`, `room-${n}`));
    const keys = await Promise.all(cluster.servers.map((s) => ask(s.port, '--raw', 'KEYS', '*')));
    expect(keys.filter((k) => k !== '')).toHaveLength(1);
    for (const key of keys.join('\n').trim().split('\n')) expect(key).toMatch(/^\{rec\}::/);
    await store.close();
  });

  test('the node of the keys freezes: everything fails soon, and it goes on by itself', async () => {
    await flush();
    const { log } = captureLog();
    const store = await openStore(cluster.url, { now: Date.now, log });
    await store.create(sampleSession('a'));
    const sizes = await Promise.all(cluster.servers.map((s) => ask(s.port, 'DBSIZE')));
    const server = cluster.servers[sizes.findIndex((n) => n !== '0')];
    server?.freeze();
    await expect(store.update('a', ended)).rejects.toMatchObject(down);
    server?.thaw();
    await until('it works again', works(store));
    expect(await store.update('a', (s) => ({ ...s, tries: s.tries + 1 }))).toMatchObject({ tries: 1 });
    await store.close();
  });
});

describe('Sentinel', () => {
  test('the master is killed: the store fails soon, and goes on with the other one by itself', async () => {
    const group: SentinelGroup = await startSentinel();
    const captured = captureLog();
    const store = await openStore(group.url, { now: Date.now, log: captured.log });
    const clients = await loadQueueClients(group.url);
    const agenda = createBullmqAgenda({ clients: clients(), now: Date.now, log: captured.log });
    const turns: string[] = [];
    agenda.start(async (id) => {
      turns.push(id);
      return undefined;
    });
    const beats = setInterval(() => agenda.beat(), 50);
    try {
      await store.create(sampleSession('a', 'math'));
      agenda.wake('before');
      await until('a turn', () => turns.includes('before'));
      // A write that the replica has not got yet is lost with its master: that is how Redis replicates.
      const master = await group.master();
      expect(await ask(master.port, 'WAIT', '1', '20000')).toBe('1');
      await master.kill();
      agenda.wake('meanwhile');
      await expect(store.update('a', ended)).rejects.toMatchObject(down);
      await until('the store works again', works(store), 40_000);
      expect(await group.master()).not.toBe(master);
      // Sentinel names the new master before it announces the failover, upon which everybody connects once more.
      const inTheEnd = <T>(what: string, work: () => Promise<T>) => until(what, () => work().catch(() => undefined));
      const saved = await inTheEnd('a write', () => store.update('a', (s) => ({ ...s, tries: 1 })));
      // What was said to have failed was not done later behind everybody's back.
      expect(saved).toMatchObject({ state: sampleSession('a').state, tries: 1 });
      expect(await inTheEnd('a refusal', () => store.create(sampleSession('b', 'math')))).toEqual({
        created: false,
        busyId: 'a',
      });
      await until('the turn of who was woken meanwhile', () => turns.includes('meanwhile'), 40_000);
      // The old one comes back, and is a replica now.
      await master.start();
      await until('it follows', async () => (await ask(master.port, 'ROLE')).startsWith('slave'), 40_000);
      const last = await inTheEnd('a last write', () => store.update('a', ended));
      expect(last?.state).toBe(ended(sampleSession('a')).state);
    } finally {
      clearInterval(beats);
      await agenda.stop();
      await store.close();
      await group.remove();
    }
  });

  test('a failover that is announced while it looks for the master ends nothing', async () => {
    const sentinel = await startSilentSentinel();
    const master = await startRedis();
    sentinel.setMaster(master.port);
    const store = await openStore(sentinel.url, { now: Date.now, log: captureLog().log });
    const clients = (await loadQueueClients(sentinel.url))();
    const queue = clients.connect('worker', () => undefined) as Redis;
    const copy = queue.duplicate();
    copy.on('error', () => undefined);
    try {
      await store.create(sampleSession('a', 'math'));
      await Promise.all([queue.connect(), copy.connect()]);
      await until('all three are told of failovers', () => sentinel.listeners() === 3);
      // They ask for the master, and are not answered before they have heard that there is another one.
      sentinel.hold();
      await master.kill();
      await until('all three ask', () => sentinel.asking() === 3);
      sentinel.announce();
      await master.start();
      sentinel.answer();
      await until('the store works again', works(store));
      await until('so does the queue', async () => (await queue.ping()) === 'PONG' && (await copy.ping()) === 'PONG');
      await store.close();
      copy.disconnect();
      clients.destroy();
      // Whoever is told to end does, and looks for nothing any more.
      const asked = sentinel.asked();
      await delay(1_000);
      expect(sentinel.asked()).toBe(asked);
    } finally {
      await store.close();
      copy.disconnect();
      clients.destroy();
      await sentinel.close();
      await master.remove();
    }
  });

  test('the master is only frozen, and thaws when it has been deposed: nothing is written to it any more', async () => {
    const group = await startSentinel();
    const store = await openStore(group.url, { now: Date.now, log: captureLog().log });
    try {
      await store.create(sampleSession('a'));
      const master = await group.master();
      expect(await ask(master.port, 'WAIT', '1', '20000')).toBe('1');
      master.freeze();
      await expect(store.update('a', ended)).rejects.toMatchObject(down);
      await until('the store works again', works(store), 40_000);
      master.thaw();
      for (let n = 1; n <= 20; n++) {
        await until('a write', () => store.update('a', (s) => ({ ...s, tries: n })).catch(() => undefined));
      }
      await until('it follows', async () => (await ask(master.port, 'ROLE')).startsWith('slave'), 40_000);
      expect((await store.get('a'))?.tries).toBe(20);
    } finally {
      await store.close();
      await group.remove();
    }
  });

  test('with a password, which no message shows; a wrong one is told', async () => {
    const group = await startSentinel('p@ss:w/rd');
    const captured = captureLog();
    try {
      const store = await openStore(group.url, { now: Date.now, log: captured.log });
      await store.create(sampleSession('a'));
      expect((await store.get('a'))?.id).toBe('a');
      await store.close();
      const wrong = group.url.replace(':p%40ss%3Aw%2Frd@', ':not-the-secret@');
      const opening: Promise<unknown> = openStore(wrong, { now: Date.now, log: captured.log });
      await expect(opening).rejects.toMatchObject({ ...down, message: expect.stringMatching(/WRONGPASS/) });
      const said = await opening.catch((e: unknown) => JSON.stringify(e) + String(e));
      expect(said + captured.text()).not.toContain('not-the-secret');
    } finally {
      await group.remove();
    }
  });

  test('a master that Sentinel does not know, and no Sentinel at all', async () => {
    const group = await startSentinel();
    const log = captureLog();
    const opening = openStore(group.url.replace('/mymaster', '/other'), { now: Date.now, log: log.log });
    await expect(opening).rejects.toMatchObject({
      ...down,
      message: expect.stringMatching(/^Redis at 127\.0\.0\.1:\d+ could not be used \(.+\)\. Check that it runs/),
    });
    await group.remove();
    await expect(openStore(group.url, { now: Date.now, log: log.log })).rejects.toMatchObject(down);
  });
});
