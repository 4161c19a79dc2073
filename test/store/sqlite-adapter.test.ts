import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqlite } from '../../src/store/sqlite-adapter.ts';
import { createEmbeddedRig } from './embedded-rig.ts';
import { fillUp, withConnection } from './own-connection.ts';
import { ended, sampleSession, silent, started } from './sample-session.ts';

const day = 24 * 3_600_000;
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-'));
  file = join(folder, 'deep', 'er', 'recordings.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What lies in the file once it is closed. */
function rows(): { key: string; value: string; expires: number | null }[] {
  const db = new DatabaseSync(file);
  const all = db.prepare('SELECT key, value, expires FROM keyv ORDER BY key').all();
  db.close();
  return all.map((r) => ({
    key: String(r.key),
    value: String(r.value),
    expires: r.expires === null ? null : Number(r.expires),
  }));
}

describe('in the file', () => {
  test('keys begin with rec:, values are in the envelope of Keyv, only what may go has an expiry', async () => {
    const rig = await createEmbeddedRig(file);
    const s = sampleSession('a', 'math', 5);
    await rig.store.create(s);
    await rig.store.update('a', (t) => started(t, 'sid-1'));
    await rig.store.firstTime('trigger', day);
    await rig.close();
    const found = rows().filter((r) => r.key !== 'lock');
    expect(found.map((r) => [r.key, r.expires !== null])).toEqual([
      ['rec:busy:math', false],
      ['rec:last:math', true],
      ['rec:once:trigger', true],
      ['rec:recent:000000000000005:a', true],
      ['rec:session:a', false],
      ['rec:sid:sid-1', true],
      ['rec:unsettled:a', false],
    ]);
    const envelope = JSON.parse(found[4]?.value ?? '');
    expect(Object.keys(envelope)).toEqual(['value']);
    expect(JSON.parse(envelope.value)).toEqual({ ...started(s, 'sid-1'), revision: 1 });
  });

  test('dead keys are swept away', async () => {
    let now = 1_000;
    const db = openSqlite(file, () => now);
    await db.commit('k', undefined, [{ key: 'k', set: 'v', ttl: 50 }]);
    now = 2_000;
    for (let i = 0; i < 1_000; i++)
      await db.commit('other', i ? `${i - 1}` : undefined, [{ key: 'other', set: `${i}` }]);
    await db.close();
    expect(rows().map((r) => r.key)).toEqual(['lock', 'rec:other']);
  });
});

describe('time', () => {
  test('a settled session is kept for 30 days and then gone, with all that points to it', async () => {
    const rig = await createEmbeddedRig(':memory:');
    await rig.store.create(sampleSession('a'));
    await rig.store.update('a', (s) => started(s, 'sid-1'));
    await rig.store.update('a', (s) => silent(ended(s)));
    rig.pass(29 * day);
    expect((await rig.store.bySid('sid-1'))?.id).toBe('a');
    expect(await rig.store.recent(10)).toHaveLength(1);
    rig.pass(2 * day);
    expect(await rig.store.get('a')).toBeUndefined();
    expect(await rig.store.bySid('sid-1')).toBeUndefined();
    expect(await rig.store.recent(10)).toEqual([]);
    await rig.close();
  });

  test('one that ran for 29 days is in the lists for as long as it is kept', async () => {
    const rig = await createEmbeddedRig(file);
    await rig.store.create(sampleSession('a', 'math', Date.now()));
    rig.pass(29 * day);
    await rig.store.update('a', (s) => silent(ended(s)));
    rig.pass(29 * day);
    expect(await rig.store.recent(10)).toHaveLength(1);
    expect((await rig.store.last('math'))?.id).toBe('a');
    await rig.close();
  });

  test('a session that is live or owes something is kept for good, and one that owes again too', async () => {
    const rig = await createEmbeddedRig(':memory:');
    for (const id of ['live', 'owes', 'again']) await rig.store.create(sampleSession(id));
    await rig.store.update('owes', ended);
    await rig.store.update('again', (s) => silent(ended(s)));
    await rig.store.update('again', (s) => ({ ...s, outbox: sampleSession('x').outbox }));
    rig.pass(400 * day);
    for (const id of ['live', 'owes', 'again']) expect(await rig.store.get(id), id).toBeDefined();
    expect((await rig.store.unsettledIds()).toSorted()).toEqual(['again', 'live', 'owes']);
    expect((await rig.store.byChannelName('channel-live'))?.id).toBe('live');
    await rig.close();
  });

  test('what was seen counts until its time is over, and no longer', async () => {
    const rig = await createEmbeddedRig(':memory:');
    await rig.store.firstTime('notice', day);
    rig.pass(day - 60_000);
    expect(await rig.store.firstTime('notice', day)).toBe(false);
    rig.pass(120_000);
    expect(await rig.store.firstTime('notice', day)).toBe(true);
    await rig.close();
  });

  test('a clock far from the machine’s own changes nothing', async () => {
    const db = openSqlite(':memory:', () => 1_000);
    await db.commit('k', undefined, [{ key: 'k', set: 'v', ttl: 500 }]);
    expect(await db.keyv.get('k')).toBe('v');
    await db.close();
  });
});

describe('commit', () => {
  test.each<[string, string | undefined, boolean]>([
    ['what is there', 'one', true],
    ['something else', 'two', false],
    ['nothing, though something is there', undefined, false],
  ])('expecting %s', async (_what, expected, done) => {
    const db = openSqlite(':memory:', Date.now);
    await db.commit('k', undefined, [{ key: 'k', set: 'one' }]);
    expect(await db.commit('k', expected, [{ key: 'k', set: 'new' }])).toBe(done);
    expect(await db.keyv.get('k')).toBe(done ? 'new' : 'one');
    await db.close();
  });

  test('writes all or, when one of them cannot be written, nothing; and works afterwards', async () => {
    const db = openSqlite(':memory:', Date.now);
    const broken = db.commit('a', undefined, [
      { key: 'a', set: '1' },
      { key: 'b', set: '1', ttl: Number.NaN },
      { key: 'c', set: '1', ttl: 2 ** 70 },
    ]);
    await expect(broken).rejects.toThrow();
    expect(await db.keys('')).toEqual([]);
    expect(await db.commit('a', undefined, [{ key: 'a', set: '2' }])).toBe(true);
    await db.close();
  });

  test('of many at once each is done or not by itself, though they go to the disk together', async () => {
    const db = openSqlite(':memory:', () => 0);
    const outcomes = await Promise.allSettled([
      db.commit('a', undefined, [{ key: 'a', set: '1' }]),
      db.commit('a', undefined, [{ key: 'a', set: '2' }]),
      db.commit('b', undefined, [
        { key: 'b', set: '1' },
        { key: 'c', set: '1', ttl: 2 ** 70 },
      ]),
      db.commit('a', '1', [{ key: 'a', set: '3' }]),
    ]);
    expect(outcomes.map((o) => (o.status === 'fulfilled' ? o.value : 'failed'))).toEqual([true, false, 'failed', true]);
    expect(await db.keys('')).toEqual(['a']);
    expect(await db.keyv.get('a')).toBe('3');
    const last = db.commit('d', undefined, [{ key: 'd', set: '1' }]);
    await db.close();
    expect(await last).toBe(true);
    await expect(db.commit('e', undefined, [])).rejects.toThrow(/not open/);
  });

  test('keys gives the live ones that begin so, in order', async () => {
    let now = 0;
    const db = openSqlite(':memory:', () => now);
    for (const key of ['b:2', 'b:1', 'b', 'c:1', 'a:1', 'b:😀']) await db.commit(key, undefined, [{ key, set: 'v' }]);
    await db.commit('b:3', undefined, [{ key: 'b:3', set: 'v', ttl: 10 }]);
    now = 11;
    expect(await db.keys('b:')).toEqual(['b:1', 'b:2', 'b:😀']);
    expect(await db.keys('b:', 2)).toEqual(['b:2', 'b:😀']);
    expect(await db.keys('b:', 20)).toEqual(['b:1', 'b:2', 'b:😀']);
    await db.close();
  });

  test('thousands of keys are listed bit by bit, and others have their turn meanwhile', async () => {
    const db = openSqlite(':memory:', Date.now);
    const all = Array.from({ length: 3_500 }, (_, n) => `k:${String(n).padStart(5, '0')}`);
    await db.commit(
      'k',
      undefined,
      all.map((key) => ({ key, set: 'v' })),
    );
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);
    const rounds = (async () => {
      for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve)).then(() => (turns += 1));
    })();
    expect(await db.keys('k:')).toEqual(all);
    expect(turns).toBeGreaterThanOrEqual(3);
    clearInterval(others);
    await rounds;
    await db.close();
  });
});

describe('a disk', () => {
  test('that is full while several are written: none of them counts as written, and each says why', async () => {
    const { opened: db, sqlite } = await withConnection(() => openSqlite(file, Date.now));
    await db.commit('k', undefined, [{ key: 'k', set: 'before' }]);
    fillUp(sqlite);
    const large = [{ key: 'large', set: '.'.repeat(100_000) }];
    const outcomes = await Promise.allSettled([
      db.commit('k', 'before', [{ key: 'k', set: 'after' }]),
      db.commit('large', undefined, large),
      db.commit('last', undefined, [{ key: 'last', set: '1' }]),
    ]);
    const full = { status: 'rejected', reason: { message: 'database or disk is full' } };
    expect(outcomes).toMatchObject([full, full, full]);
    expect(await db.keyv.get('k')).toBe('before');
    expect(await db.keys('')).toEqual(['k']);
    // There is room again.
    sqlite.exec('PRAGMA max_page_count = 1000000');
    expect(await db.commit('large', undefined, large)).toBe(true);
    await db.close();
  });

  test('that fails over undoing what it could not write: each is told, and the next ones are written', async () => {
    const { opened: db, sqlite } = await withConnection(() => openSqlite(file, Date.now));
    const { exec } = sqlite;
    sqlite.exec = (sql) => {
      if (sql === 'COMMIT' || sql === 'ROLLBACK') throw new Error(`disk I/O error: ${sql}`);
      exec.call(sqlite, sql);
    };
    await expect(db.commit('k', undefined, [{ key: 'k', set: 'lost' }])).rejects.toThrow('disk I/O error: COMMIT');
    await expect(db.commit('k', undefined, [{ key: 'k', set: 'lost' }])).rejects.toThrow('disk I/O error: ROLLBACK');
    sqlite.exec = exec;
    expect(await db.commit('k', undefined, [{ key: 'k', set: 'kept' }])).toBe(true);
    expect(await db.keyv.get('k')).toBe('kept');
    await db.close();
  });

  test.each([
    ['is full', 'PRAGMA max_page_count = 1000000', /disk is full/],
    ['takes no writes', 'PRAGMA query_only = 0', /readonly/],
  ])('that %s: ping says so although all can be read, and works again afterwards', async (why, mended, message) => {
    const { opened: rig, sqlite } = await withConnection(() => createEmbeddedRig(file));
    const s = sampleSession('a');
    await rig.store.create(s);
    await rig.store.ping();
    expect((await rig.db.keys('')).filter((key) => key.includes('ping'))).toEqual([]);
    if (why === 'is full') {
      // What the ping has left free is taken too.
      await rig.store.firstTime('.'.repeat(10_000), day);
      fillUp(sqlite);
    } else sqlite.exec('PRAGMA query_only = 1');
    for (let i = 0; i < 2; i++) {
      await expect(rig.store.ping()).rejects.toMatchObject({
        code: 'STORE_READ_ONLY',
        message: expect.stringMatching(message),
      });
    }
    expect(await rig.store.get('a')).toEqual(s);
    sqlite.exec(mended);
    await rig.store.ping();
    await rig.close();
  });
});

describe('a file that cannot be used', () => {
  test('because it is open already', async () => {
    const db = openSqlite(file, Date.now);
    expect(() => openSqlite(file, Date.now)).toThrow(
      expect.objectContaining({ name: 'StoreError', code: 'STORE_LOCKED', message: expect.stringContaining(file) }),
    );
    await db.close();
    await openSqlite(file, Date.now).close();
  });

  test.each<[string, () => string]>([
    [
      'because it is no database',
      () => {
        const path = join(folder, 'notes.txt');
        writeFileSync(path, 'hello\n'.repeat(1_000));
        return path;
      },
    ],
    ['because it is a folder', () => folder],
    [
      'because its folder cannot be made',
      () => {
        writeFileSync(join(folder, 'file'), '');
        return join(folder, 'file', 'recordings.sqlite');
      },
    ],
  ])('%s', (_why, path) => {
    const wanted = path();
    expect(() => openSqlite(wanted, Date.now)).toThrow(
      expect.objectContaining({
        name: 'StoreError',
        code: 'STORE_DOWN',
        message: expect.stringMatching(/could not be opened \(.+\)\. Set STORE_URL to a file/),
      }),
    );
  });
});
