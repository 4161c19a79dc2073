import KeyvRedis, { createKeyv } from '@keyv/redis';
import type Keyv from 'keyv';
import { type Log, StoreError } from '../recording/ports.ts';
import { firstConnection, type RedisConnection } from './connect-redis.ts';
import { inTime } from './in-time.ts';

/** What is used of node-redis. */
interface RedisCommands {
  isOpen: boolean;
  connect(): Promise<unknown>;
  sendCommand(args: string[]): Promise<unknown>;
  close(): Promise<void>;
  destroy(): void;
}

/** One server, by Keyv's own adapter. */
export async function connectOne(url: string, log: Log): Promise<RedisConnection> {
  let connected = false;
  const options = {
    url,
    disableOfflineQueue: true,
    // The connection is asked for signs of life, so that silence longer than that means it is dead.
    pingInterval: 5_000,
    socket: {
      socketTimeout: 10_000,
      connectTimeout: firstConnection,
      reconnectStrategy: (tries: number, cause: Error) => (connected ? Math.min(tries * 100, 2_000) : cause),
    },
  };
  const keyv: Keyv<string> = createKeyv(options, {
    namespace: 'rec',
    throwOnErrors: true,
    throwOnConnectError: true,
  });
  const { store } = keyv;
  if (!(store instanceof KeyvRedis)) throw new StoreError('STORE_DOWN', 'The Redis adapter is not the expected one');
  // The adapter's type also covers clusters; with one URL it is always a plain client.
  const client = store.client as unknown as RedisCommands;
  keyv.on('error', (error: unknown) => log.warn({ err: error }, 'Redis has trouble'));
  try {
    await inTime(client.connect(), firstConnection);
    connected = true;
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw error;
  }
  const send = (args: string[]) => inTime(client.sendCommand(args));
  return {
    prefix: 'rec::',
    keyv,
    send: (_key, args) => send(args),
    sendToAll: (each) => each(send),
    async close() {
      // Keyv would connect anew for the next caller.
      store.getClient = () => Promise.reject(new StoreError('STORE_DOWN', 'The store is closed.'));
      if (!client.isOpen) return;
      await inTime(client.close()).catch(() => client.isOpen && client.destroy());
    },
  };
}
