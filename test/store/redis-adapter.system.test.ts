import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openRedis } from '../../src/store/redis-adapter.ts';
import { captureLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { ended, sampleSession, silent, started } from './sample-session.ts';
import { type RedisServer, startRedis } from './start-redis.ts';

const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'];
const down = { name: 'StoreError', code: expect.stringMatching(/^STORE_(DOWN|TIMEOUT)$/) };
const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function server(options = durable): Promise<RedisServer> {
  const redis = await startRedis(options);
  undo.push(() => redis.remove());
  return redis;
}

async function open(redis: RedisServer) {
  const log = captureLog();
  const store = await openStore(redis.url, { now: Date.now, log: log.log });
  undo.push(() => store.close());
  return { store, log };
}

/** The server as its own clients see it. */
async function direct(redis: RedisServer) {
  const db = await openRedis(redis.url, captureLog().log);
  undo.push(() => db.close());
  const send = (args: string[]) => db.keyv.store.client.sendCommand(args);
  return { db, send };
}

/** Redis is away until after the answer, so a caller that waited for it would hang until the test's own limit. */
async function failsInTime(work: Promise<unknown>): Promise<void> {
  await expect(work).rejects.toMatchObject(down);
}

describe('in Redis', () => {
  test('keys begin with rec::, values are in the envelope of Keyv, only what may go expires', async () => {
    const redis = await server();
    const { store } = await open(redis);
    const { db, send } = await direct(redis);
    const s = sampleSession('a', 'math', 5);
    await store.create(s);
    await store.update('a', (t) => started(t, 'sid-1'));
    await store.firstTime('trigger', 86_400_000);
    const keys = (await send(['KEYS', '*'])) as string[];
    const found = await Promise.all(
      keys.toSorted().map(async (k) => [k, Number(await send(['PTTL', k])) > 80_000_000]),
    );
    expect(found).toEqual([
      ['rec::busy:math', false],
      ['rec::last:math', true],
      ['rec::once:trigger', true],
      ['rec::recent:000000000000005:a', true],
      ['rec::session:a', false],
      ['rec::sid:sid-1', true],
      ['rec::unsettled:a', false],
    ]);
    const raw = String(await send(['GET', 'rec::session:a']));
    expect(raw).toBe(JSON.stringify({ value: await db.keyv.get('session:a') }));
    expect(JSON.parse((await db.keyv.get('session:a')) ?? '')).toEqual({ ...started(s, 'sid-1'), revision: 1 });
  });

  test('a settled session expires after 30 days, and not at all when it owes something again', async () => {
    const redis = await server();
    const { store } = await open(redis);
    const { send } = await direct(redis);
    const left = async () => Number(await send(['PTTL', 'rec::session:a']));
    const month = 30 * 24 * 3_600_000;
    await store.create(sampleSession('a'));
    await store.update('a', ended);
    expect(await left()).toBe(-1);
    await store.update('a', silent);
    expect(await left()).toBeGreaterThan(month - 3_600_000);
    expect(await left()).toBeLessThanOrEqual(month);
    await store.update('a', (s) => ({ ...s, outbox: sampleSession('x').outbox }));
    expect(await left()).toBe(-1);
  });

  test('other people’s keys in the same database are left alone', async () => {
    const redis = await server();
    const { send } = await direct(redis);
    await send(['SET', 'unsettled:other', '1']);
    await send(['SET', 'recording::unsettled:other', '1']);
    const { store } = await open(redis);
    await store.create(sampleSession('a'));
    expect(await store.unsettledIds()).toEqual(['a']);
  });

  test('3,000 sessions are found, each once', async () => {
    const redis = await server(['--appendonly', 'no']);
    const { store } = await open(redis);
    const { db } = await direct(redis);
    const ids = Array.from({ length: 3_000 }, (_, i) => `s${i}`);
    for (let i = 0; i < ids.length; i += 100) {
      await Promise.all(ids.slice(i, i + 100).map((id) => store.create(sampleSession(id))));
    }
    expect((await store.unsettledIds()).toSorted()).toEqual(ids.toSorted());
    // Of a list no more is read than is asked for.
    expect(await db.keys('unsettled:', 3)).toEqual(
      ids
        .toSorted()
        .slice(-3)
        .map((id) => `unsettled:${id}`),
    );
  });
});

describe('trouble', () => {
  test('Redis ends: everything fails soon; it comes back: everything works, and nothing is lost', async () => {
    const redis = await server();
    const { store, log } = await open(redis);
    await store.create(sampleSession('a', 'math'));
    await redis.kill();
    await until('it is noticed', () =>
      store.ping().then(
        () => false,
        () => true,
      ),
    );
    await failsInTime(store.get('a'));
    await failsInTime(store.update('a', ended));
    await failsInTime(store.create(sampleSession('b', 'math')));
    await failsInTime(store.firstTime('k', 60_000));
    await failsInTime(store.unsettledIds());
    await redis.start();
    await until('it works again', () =>
      store.ping().then(
        () => true,
        () => false,
      ),
    );
    // What was said to have failed is not done later behind everybody's back.
    expect(await store.firstTime('k', 60_000)).toBe(true);
    expect(await store.update('a', (s) => ({ ...s, tries: 1 }))).toMatchObject({ revision: 1, tries: 1 });
    expect(await store.create(sampleSession('b', 'math'))).toEqual({ created: false, busyId: 'a' });
    expect(log.entries.some((e) => e.msg === 'Redis has trouble')).toBe(true);
  });

  test('Redis freezes: everything fails soon; it thaws: everything works', async () => {
    const redis = await server();
    const { store } = await open(redis);
    await store.create(sampleSession('a'));
    redis.freeze();
    undo.push(() => redis.thaw());
    // By the deadline of each, long before the silent connection is given up.
    await expect(store.get('a')).rejects.toMatchObject({ ...down, code: 'STORE_TIMEOUT' });
    await failsInTime(store.update('a', ended));
    await failsInTime(store.ping());
    redis.thaw();
    await until('it works again', () =>
      store.ping().then(
        () => true,
        () => false,
      ),
    );
    expect(await store.update('a', (s) => ({ ...s, tries: s.tries + 1 }))).toMatchObject({ tries: 1 });
  });

  test.each([
    ['lacks its replicas', ['min-replicas-to-write', '1'], ['min-replicas-to-write', '0'], /NOREPLICAS/],
    ['has no memory left', ['maxmemory', '1'], ['maxmemory', '0'], /OOM/],
  ])(
    'Redis %s and takes no writes: ping says so each time, although all can be read',
    async (_why, refuse, take, why) => {
      const redis = await server();
      const { store } = await open(redis);
      const { send } = await direct(redis);
      const s = sampleSession('a');
      await store.create(s);
      await store.ping();
      expect(await send(['EXISTS', 'rec::ping'])).toBe(0);
      await send(['CONFIG', 'SET', ...refuse]);
      for (let i = 0; i < 2; i++) {
        const refused = { code: 'STORE_READ_ONLY', message: expect.stringMatching(why) };
        await expect(store.ping()).rejects.toMatchObject(refused);
      }
      expect(await store.get('a')).toEqual(s);
      await send(['CONFIG', 'SET', ...take]);
      await store.ping();
    },
  );

  test('closing while Redis is frozen does not hang', async () => {
    const redis = await server();
    const { store } = await open(redis);
    redis.freeze();
    undo.push(() => redis.thaw());
    await store.close();
    await expect(store.ping()).rejects.toMatchObject(down);
  });

  test('an idle connection stays', { timeout: 60_000 }, async () => {
    const redis = await server();
    const { store, log } = await open(redis);
    await new Promise((resolve) => setTimeout(resolve, 13_000));
    await store.ping();
    expect(log.entries).toEqual([]);
  });
});

describe('at the start', () => {
  test('a Redis that does not run', async () => {
    const redis = await server();
    await redis.kill();
    const opening = openStore(redis.url, { now: Date.now, log: captureLog().log });
    await expect(opening).rejects.toMatchObject({
      ...down,
      message: expect.stringMatching(
        /^Redis at 127\.0\.0\.1:\d+ could not be used \(.*ECONNREFUSED.*\)\. Check that it runs/,
      ),
    });
  });

  test('a wrong password, which is not repeated', async () => {
    const redis = await server([...durable, '--requirepass', 'right']);
    const url = redis.url.replace('//', '//:not-the-secret@');
    const log = captureLog();
    const opening = openStore(url, { now: Date.now, log: log.log });
    await expect(opening).rejects.toMatchObject({ ...down, message: expect.stringMatching(/WRONGPASS/) });
    const said = await opening.catch((e: unknown) => JSON.stringify(e) + String(e));
    expect(said + log.text()).not.toContain('not-the-secret');
  });

  test('the right password and a database number', async () => {
    const redis = await server([...durable, '--requirepass', 'right']);
    const url = `${redis.url.replace('//', '//:right@')}/3`;
    const store = await openStore(url, { now: Date.now, log: captureLog().log });
    undo.push(() => store.close());
    await store.create(sampleSession('a'));
    expect((await store.get('a'))?.id).toBe('a');
  });

  test('something that accepts and never answers', async () => {
    const silentServer = createServer(() => undefined).listen(0, '127.0.0.1');
    undo.push(() => silentServer.close());
    await new Promise((resolve) => silentServer.once('listening', resolve));
    const address = silentServer.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const opening: Promise<unknown> = openStore(`redis://127.0.0.1:${port}`, { now: Date.now, log: captureLog().log });
    await expect(opening).rejects.toMatchObject(down);
  });

  test.each<[string, string[], string[]]>([
    ['set up to keep everything', durable, []],
    ['that forgets between snapshots', ['--appendonly', 'no', '--maxmemory-policy', 'noeviction'], ['appendonly']],
    [
      'that throws keys away',
      ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'allkeys-lru'],
      ['maxmemory-policy'],
    ],
    [
      'that writes once a second',
      ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction'],
      ['appendfsync to always'],
    ],
    ['as it comes from the shop', [], ['appendonly']],
  ])('Redis %s', async (_what, options, warned) => {
    const { log } = await open(await server(options));
    const warnings = log.entries.filter((e) => e.level === 40).map((e) => e.msg);
    expect(warnings).toHaveLength(warned.length);
    for (const word of warned) expect(warnings.join()).toContain(word);
  });
});

describe('a Redis that does not answer CONFIG', () => {
  const warnings = (log: ReturnType<typeof captureLog>) => log.entries.filter((e) => e.level === 40).map((e) => e.msg);
  /** With a user of the bot's own, who may do what the rules say. */
  async function as(redis: RedisServer, ...rules: string[]) {
    const { send } = await direct(redis);
    await send(['ACL', 'SETUSER', 'bot', 'on', '>pw', '~*', '&*', ...rules]);
    const log = captureLog();
    const store = await openStore(redis.url.replace('//', '//bot:pw@'), { now: Date.now, log: log.log });
    undo.push(() => store.close());
    await store.create(sampleSession('a'));
    return warnings(log);
  }

  test('because the user may not: INFO says it', async () => {
    const forgets = await server(['--appendonly', 'no', '--maxmemory-policy', 'allkeys-lru']);
    const warned = await as(forgets, '+@all', '-config');
    expect(warned.join()).toMatch(/maxmemory-policy.*appendonly/);
    expect(await as(await server(), '+@all', '-config')).toEqual([]);
  });

  test('nor INFO: then that is said, with what to look after', async () => {
    const warned = await as(await server(), '+@all', '-config', '-info');
    expect(warned).toEqual([
      expect.stringMatching(/^Redis does not tell how it is set up; .*appendonly.*maxmemory-policy/),
    ]);
  });

  test('because it is renamed, as providers do', async () => {
    const redis = await server([...durable, '--rename-command', 'CONFIG', '']);
    expect(warnings((await open(redis)).log)).toEqual([]);
    const forgets = await server(['--appendonly', 'no', '--rename-command', 'CONFIG', '']);
    expect(warnings((await open(forgets)).log)).toEqual([expect.stringContaining('appendonly')]);
  });
});

test('a commit compares what Keyv’s envelope holds, and never overwrites what is damaged', async () => {
  const redis = await server();
  const { db, send } = await direct(redis);
  const writes: Parameters<AtomicKeyv['commit']>[2] = [{ key: 'k', set: 'new' }];
  for (const raw of ['damaged', '42', '{}', '{"value":7}', '[]', '"one"']) {
    await send(['SET', 'rec::k', raw]);
    expect(await db.commit('k', undefined, writes), raw).toBe(false);
    expect(await db.commit('k', 'one', writes), raw).toBe(false);
  }
  await send(['SET', 'rec::k', '{"value":"one","expires":1}']);
  expect(await db.commit('k', 'two', writes)).toBe(false);
  expect(await db.commit('k', 'one', writes)).toBe(true);
  expect(await send(['GET', 'rec::k'])).toBe('{"value":"new"}');
});
