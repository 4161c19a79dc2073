import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Keyv, { type KeyvStoreAdapter } from 'keyv';
import { StoreError } from '../recording/ports.ts';
import type { AtomicKeyv } from './atomic-keyv.ts';

/**
 * Keyv on Node's own SQLite. WAL with synchronous=FULL: what was acknowledged survives a power cut. One process only: the file stays locked
 * while it is open, and the operating system drops the lock when the process dies, however it dies.
 *
 * The physical key is `rec:` + key; the value is Keyv's JSON envelope `{"value":…,"expires":…}`.
 *
 * @throws StoreError STORE_LOCKED when another process has the file open.
 */
export function openSqlite(path: string, now: () => number): AtomicKeyv {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const db = open(path);
  const readOne = db.prepare('SELECT value, expires FROM keyv WHERE key = ?');
  const write = db.prepare(
    'INSERT INTO keyv (key, value, expires) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires',
  );
  const insert = db.prepare(
    `INSERT INTO keyv (key, value, expires) VALUES (?1, ?2, ?3)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires WHERE keyv.expires IS NOT NULL AND keyv.expires <= ?4`,
  );
  const swap = db.prepare('UPDATE keyv SET value = ?3, expires = ?4 WHERE key = ?1 AND value = ?2');
  const remove = db.prepare('DELETE FROM keyv WHERE key = ?');
  const removeIf = db.prepare('DELETE FROM keyv WHERE key = ?1 AND value = ?2');
  const listKeys = db.prepare(
    'SELECT key FROM keyv WHERE substr(key, 1, length(?1)) = ?1 AND (expires IS NULL OR expires > ?2) ORDER BY key',
  );
  const sweep = db.prepare('DELETE FROM keyv WHERE expires IS NOT NULL AND expires <= ?');
  let writes = 0;
  const tidy = () => {
    // Dead keys are few and cost nothing to keep for a while.
    writes += 1;
    if (writes % 1000 === 1) sweep.run(now());
  };

  const adapter: KeyvStoreAdapter = {
    opts: {},
    async get<V>(key: string) {
      const row = readOne.get(key);
      if (!row || (row.expires !== null && Number(row.expires) <= now())) return undefined;
      return row.value as V;
    },
    async set(key: string, value: unknown, ttl?: number) {
      tidy();
      write.run(key, String(value), ttl === undefined ? null : now() + ttl);
    },
    async delete(key: string) {
      return Number(remove.run(key).changes) > 0;
    },
    async clear() {
      db.exec('DELETE FROM keyv');
    },
    on() {
      return this;
    },
  };
  const keyv = new Keyv<string>({ store: adapter, namespace: 'rec', throwOnErrors: true });
  const physical = (key: string) => `rec:${key}`;
  // Expiry is the column's business alone.
  const envelope = (value: string) => JSON.stringify({ value });
  const current = (key: string, expected: string) => {
    const row = readOne.get(physical(key));
    if (!row) return undefined;
    const held: unknown = JSON.parse(String(row.value));
    const same = typeof held === 'object' && held !== null && 'value' in held && held.value === expected;
    return same ? String(row.value) : undefined;
  };

  return {
    keyv,
    async setIfAbsent(key, value, ttl) {
      tidy();
      const expires = ttl === undefined ? null : now() + ttl;
      return Number(insert.run(physical(key), envelope(value), expires, now()).changes) > 0;
    },
    async compareAndSet(key, expected, value, ttl) {
      const before = current(key, expected);
      if (before === undefined) return false;
      const expires = ttl === undefined ? null : now() + ttl;
      return Number(swap.run(physical(key), before, envelope(value), expires).changes) > 0;
    },
    async compareAndDelete(key, expected) {
      const before = current(key, expected);
      return before !== undefined && Number(removeIf.run(physical(key), before).changes) > 0;
    },
    async keys(prefix) {
      return listKeys.all(physical(prefix), now()).map((r) => String(r.key).slice('rec:'.length));
    },
    async close() {
      db.close();
    },
  };
}

function open(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    // Taken with the first write below and held until the file is closed.
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL');
    db.exec('CREATE TABLE IF NOT EXISTS keyv (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER) STRICT');
    db.exec("INSERT INTO keyv VALUES ('lock', '1', NULL) ON CONFLICT (key) DO UPDATE SET value = '1'");
    return db;
  } catch (error) {
    db.close();
    if (error instanceof Error && /locked|busy/i.test(error.message)) {
      throw new StoreError(
        'STORE_LOCKED',
        `Another process has ${path} open. One bot at a time may use a file: end the other one, or set STORE_URL to another file or to Redis.`,
        { cause: error },
      );
    }
    throw new StoreError('STORE_DOWN', `The store ${path} could not be opened: ${String(error)}`, { cause: error });
  }
}
