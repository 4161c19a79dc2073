import { type Log, type SessionStore, StoreError } from '../recording/ports.ts';
import { createSessionStore } from './create-session-store.ts';
import { isRedis, readRedisAddress } from './redis-address.ts';
import { openSqlite } from './sqlite-adapter.ts';

export interface StoreParts {
  /** Milliseconds since the epoch. Redis expires keys by its own clock. */
  now: () => number;
  log: Log;
  /** Told once of each session that is there but cannot be read; `why` names the fields and shows none of their values. */
  onQuarantine?: (id: string, why: string) => void;
  /** Told of such a session when it is seen that it can be read again, or is gone. */
  onRelease?: (id: string) => void;
}

/**
 * Opens the store that STORE_URL names: `sqlite:path`, an address of Redis (see {@link readRedisAddress}), or `memory:` (gone with the process).
 *
 * @throws StoreError when it cannot be opened.
 */
export async function openStore(url: string, parts: StoreParts): Promise<SessionStore> {
  if (url === 'memory:') return createSessionStore(openSqlite(':memory:', parts.now), parts);
  // `sqlite://data/x` is how Keyv's own adapters write `sqlite:data/x`.
  const path = /^sqlite:(?:\/\/)?(.+)$/.exec(url)?.[1];
  if (path !== undefined) return createSessionStore(openSqlite(path, parts.now), parts);
  if (isRedis(url) && !('problem' in readRedisAddress(url))) {
    // Loaded only by those who use it: it is a tenth of the process's memory.
    const { openRedis } = await import('./redis-adapter.ts');
    return createSessionStore(await openRedis(url, parts.log), parts);
  }
  throw new StoreError(
    'STORE_DOWN',
    'STORE_URL must be sqlite:path, redis://host:6379, redis+sentinel://host:26379/mymaster, redis+cluster://host:6379 or memory:, and an address that can be read.',
  );
}
