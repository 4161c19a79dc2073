import { type Log, type SessionStore, StoreError } from '../recording/ports.ts';
import { createSessionStore } from './create-session-store.ts';
import { openSqlite } from './sqlite-adapter.ts';

export interface StoreParts {
  now: () => number;
  log: Log;
}

/**
 * Opens the store that STORE_URL names: `sqlite:path`, `redis://…`, `rediss://…`, or `memory:` (gone with the process).
 *
 * @throws StoreError when it cannot be opened.
 */
export async function openStore(url: string, parts: StoreParts): Promise<SessionStore> {
  if (url === 'memory:') return createSessionStore(openSqlite(':memory:', parts.now), parts);
  if (url.startsWith('sqlite:')) return createSessionStore(openSqlite(url.slice('sqlite:'.length), parts.now), parts);
  if (/^rediss?:\/\//.test(url)) {
    // Loaded only by those who use it: it is a tenth of the process's memory.
    const { openRedis } = await import('./redis-adapter.ts');
    return createSessionStore(await openRedis(url, parts.log), parts);
  }
  throw new StoreError('STORE_DOWN', 'STORE_URL must begin with sqlite:, redis://, rediss:// or be memory:');
}
