import type Keyv from 'keyv';
import { type Log, StoreError } from '../recording/ports.ts';
import { connectOne } from './connect-one-redis.ts';
import { readRedisAddress, showRedisAddress } from './redis-address.ts';

/** A connection to Redis, whatever there is of it: one server, the master that Sentinel names, or a Cluster. */
export interface RedisConnection {
  /** What keys begin with. In a Cluster it is a hash tag: what is written in one step has to lie on one node. */
  prefix: string;
  /** For reading, with keys that lack the prefix. */
  keyv: Keyv<string>;
  /**
   * Sends one command once, and never later than now: it fails at once while Redis is away. `key`: what it is about, which says where it goes
   * in a Cluster.
   */
  send(key: string, args: string[]): Promise<unknown>;
  /** For each node that has keys of its own, one after the other. */
  sendToAll(each: (send: (args: string[]) => Promise<unknown>) => Promise<void>): Promise<void>;
  /** Afterwards everything fails. */
  close(): Promise<void>;
}

/** How long the first connection may take. Milliseconds. */
export const firstConnection = 5_000;

/**
 * Connects to the Redis that STORE_URL names. Once connected it comes back by itself.
 *
 * @throws StoreError STORE_DOWN when it cannot be reached now, or does not want the password. The message shows no secret.
 */
export async function connectRedis(url: string, log: Log): Promise<RedisConnection> {
  const address = readRedisAddress(url);
  if ('problem' in address) throw new StoreError('STORE_DOWN', `STORE_URL ${address.problem}.`);
  try {
    if (address.kind === 'one') return await connectOne(address.url, log);
    // Loaded only by those who use it, for the sake of memory.
    const { connectGroup } = await import('./connect-redis-group.ts');
    return await connectGroup(address, log);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      'STORE_DOWN',
      `Redis at ${showRedisAddress(address)} could not be used (${why}). Check that it runs and that STORE_URL is right.`,
      { cause: error },
    );
  }
}
