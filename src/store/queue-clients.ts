import type { ConnectionOptions } from 'bullmq';
import { StoreError } from '../recording/ports.ts';
import { readRedisAddress } from './redis-address.ts';

/** Connections to Redis as BullMQ wants them, for one agenda. */
export interface QueueClients {
  /** `worker`: BullMQ makes its own after this one's pattern, and their commands wait for Redis; those of a `queue` fail while it is away. */
  connect(use: 'queue' | 'worker', trouble: (error: Error) => void): ConnectionOptions;
  /** Ends all at once, whatever is under way. */
  destroy(): void;
}

const pause = (tries: number) => Math.min(tries * 100, 2_000);

/**
 * By ioredis, the one client with which BullMQ works everywhere, and which notices a connection that has gone silent: node-redis takes each command
 * that is sent for a sign of life, and a queue sends all the time.
 */
export async function loadQueueClients(url: string): Promise<() => QueueClients> {
  const address = readRedisAddress(url);
  if ('problem' in address) throw new StoreError('STORE_DOWN', `STORE_URL ${address.problem}.`);
  // Loaded only by those who use it, for the sake of memory.
  const { createGroupClient } = await import('./connect-redis-group.ts');
  return () =>
    keep((use, trouble) => {
      const { redis } = createGroupClient(address, { retry: pause, blocking: use === 'worker', trouble });
      return { connection: redis, end: () => redis.disconnect() };
    });
}

function keep(
  make: (
    use: 'queue' | 'worker',
    trouble: (error: Error) => void,
  ) => { connection: ConnectionOptions; end: () => unknown },
): QueueClients {
  const ends: (() => unknown)[] = [];
  return {
    connect(use, trouble) {
      const { connection, end } = make(use, trouble);
      ends.push(end);
      return connection;
    },
    destroy() {
      for (const end of ends) end();
    },
  };
}
