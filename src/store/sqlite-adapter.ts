import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Keyv, { type KeyvStoreAdapter } from 'keyv';
import { StoreError } from '../recording/ports.ts';
import type { AtomicKeyv, Write } from './atomic-keyv.ts';

/** A commit that waits to be written. */
interface Commit {
  key: string;
  expected: string | undefined;
  all: readonly Write[];
  /** Told when it is on the disk, whether it was made, or why it could not be. */
  settle(outcome: boolean | Error): void;
}

/** So many keys are listed in one go. */
const page = 1_000;

/**
 * Keyv on Node's own SQLite. WAL with synchronous=FULL: what was acknowledged survives a power cut. One process only: the file stays locked
 * while it is open, and the operating system drops the lock when the process dies, however it dies.
 *
 * The physical key is `rec:` + key; the value is Keyv's JSON envelope `{"value":…}`. Expiry (`now` in milliseconds) is the column's business
 * alone.
 *
 * @throws StoreError STORE_LOCKED when another process has the file open, STORE_DOWN when it cannot be opened.
 */
export function openSqlite(path: string, now: () => number): AtomicKeyv {
  const db = open(path);
  const readOne = db.prepare('SELECT value FROM keyv WHERE key = ?1 AND (expires IS NULL OR expires > ?2)');
  const write = db.prepare(
    'INSERT INTO keyv (key, value, expires) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires',
  );
  const remove = db.prepare('DELETE FROM keyv WHERE key = ?');
  const listKeys = db.prepare(
    'SELECT key FROM keyv WHERE key > ?1 AND key < ?2 AND (expires IS NULL OR expires > ?3) ORDER BY key LIMIT ?4',
  );
  const lastKeys = db.prepare(
    'SELECT key FROM keyv WHERE key > ?1 AND key < ?2 AND (expires IS NULL OR expires > ?3) ORDER BY key DESC LIMIT ?4',
  );
  const sweep = db.prepare('DELETE FROM keyv WHERE expires IS NOT NULL AND expires <= ?');
  let writes = 0;
  const tidy = () => {
    // Dead keys are few and cost nothing to keep for a while.
    writes += 1;
    if (writes % 1000 === 1) sweep.run(now());
  };
  const textOf = (physicalKey: string) => readOne.get(physicalKey, now())?.value;

  const adapter: KeyvStoreAdapter = {
    opts: {},
    async get<V>(key: string) {
      return textOf(key) as V | undefined;
    },
    async getMany<V>(keys: string[]) {
      return keys.map((key) => textOf(key) as V | undefined);
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
  const holds = (key: string, expected: string | undefined) => {
    const text = textOf(physical(key));
    return expected === undefined ? text === undefined : text !== undefined && valueIn(String(text)) === expected;
  };

  /** Writes what is asked for, if the key holds what the writer thinks; all of it or, when one cannot be written, nothing. */
  function attempt({ key, expected, all }: Commit): boolean | Error {
    if (!holds(key, expected) || all.some((w) => 'absent' in w && !holds(w.key, undefined))) return false;
    tidy();
    db.exec('SAVEPOINT one');
    try {
      for (const w of all) {
        if ('set' in w) {
          const expires = w.ttl === undefined ? null : now() + w.ttl;
          write.run(physical(w.key), JSON.stringify({ value: w.set }), expires);
        } else if ('delete' in w && holds(w.key, w.delete)) remove.run(physical(w.key));
      }
    } catch (error) {
      // A disk that is full or fails: SQLite has undone by itself all that goes to the disk together, and none of it may count as written.
      if (!db.isTransaction) throw error;
      db.exec('ROLLBACK TO one');
      db.exec('RELEASE one');
      return error instanceof Error ? error : new Error(String(error));
    }
    db.exec('RELEASE one');
    return true;
  }

  let waiting: Commit[] = [];
  /** Nothing else runs between its first and its last line: that, and the lock on the file, make each commit one step. */
  function writeAll(): void {
    const commits = waiting;
    waiting = [];
    if (commits.length === 0) return;
    try {
      undo();
      db.exec('BEGIN IMMEDIATE');
      const outcomes = commits.map(attempt);
      db.exec('COMMIT');
      for (const [n, c] of commits.entries()) c.settle(outcomes[n] ?? false);
    } catch (error) {
      for (const c of commits) c.settle(error instanceof Error ? error : new Error(String(error)));
      try {
        undo();
      } catch {
        // A disk that fails may fail here too: it is undone before the next ones begin.
      }
    }
  }

  function undo(): void {
    if (db.isOpen && db.isTransaction) db.exec('ROLLBACK');
  }

  return {
    keyv,
    commit: (key, expected, all) =>
      new Promise((resolve, reject) => {
        const settle = (outcome: boolean | Error) => (outcome instanceof Error ? reject(outcome) : resolve(outcome));
        // Those that come in the same round of the event loop go to the disk together: waiting for it is what takes the time.
        if (waiting.push({ key, expected, all, settle }) === 1) setImmediate(writeAll);
      }),
    async keys(prefix, most) {
      const [first, end] = [physical(prefix), `${physical(prefix)}\u{10ffff}`];
      const keysOf = (rows: Record<string, unknown>[]) => rows.map((r) => String(r.key));
      const logical = (key: string) => key.slice('rec:'.length);
      if (most !== undefined)
        return keysOf(lastKeys.all(first, end, now(), most))
          .reverse()
          .map(logical);
      const found: string[] = [];
      for (let from = first; ; ) {
        const some = keysOf(listKeys.all(from, end, now(), page));
        for (const key of some) found.push(logical(key));
        from = some.at(-1) ?? from;
        if (some.length < page) return found;
        // Nothing else happens while SQLite reads.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    async close() {
      writeAll();
      db.close();
    },
  };
}

/** What Keyv's envelope holds; undefined if it is none. */
function valueIn(text: string): unknown {
  try {
    const held: unknown = JSON.parse(text);
    return typeof held === 'object' && held !== null && 'value' in held ? held.value : undefined;
  } catch {
    return undefined;
  }
}

function open(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    db = new DatabaseSync(path);
    // Taken with the first write below and held until the file is closed.
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = FULL');
    db.exec('CREATE TABLE IF NOT EXISTS keyv (key TEXT PRIMARY KEY, value TEXT NOT NULL, expires INTEGER) STRICT');
    db.exec("INSERT INTO keyv VALUES ('lock', '1', NULL) ON CONFLICT (key) DO UPDATE SET value = '1'");
    return db;
  } catch (error) {
    db?.close();
    const why = error instanceof Error ? error.message : String(error);
    if (/locked|busy/i.test(why)) {
      throw new StoreError(
        'STORE_LOCKED',
        `Another process has ${path} open. One bot at a time may use a file: end the other one, or set STORE_URL to another file or to Redis.`,
        { cause: error },
      );
    }
    throw new StoreError(
      'STORE_DOWN',
      `The store ${path} could not be opened (${why}). Set STORE_URL to a file that the bot may write, such as sqlite:data/recordings.sqlite.`,
      { cause: error },
    );
  }
}
