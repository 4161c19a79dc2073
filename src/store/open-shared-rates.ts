import type { Log, SharedRate } from '../recording/ports.ts';
import { isRedis } from './redis-address.ts';

/** Rates by App ID, shared by all processes on one Redis. */
export interface SharedRates {
  of(appId: string): SharedRate;
  /** The clock of all, milliseconds since the epoch. */
  time(): Promise<number>;
  close(): Promise<void>;
}

/** The rates that go with the store of STORE_URL: none where there is one process alone. */
export async function openSharedRates(url: string, log: Log): Promise<SharedRates | undefined> {
  if (!isRedis(url)) return undefined;
  // Loaded only by those who use it, for the sake of memory.
  const { connectRedis } = await import('./connect-redis.ts');
  const { createRedisRates } = await import('./redis-rates.ts');
  return createRedisRates(await connectRedis(url, log));
}
