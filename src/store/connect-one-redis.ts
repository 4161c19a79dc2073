import KeyvRedis, { createKeyv } from '@keyv/redis';
import type Keyv from 'keyv';
import { type Log, StoreError } from '../recording/ports.ts';
import { firstConnection, type RedisConnection } from './connect-redis.ts';
import { inTime } from './in-time.ts';

/** What is used of node-redis. */
interface RedisCommands {
  isOpen: boolean;
  isReady: boolean;
  connect(): Promise<unknown>;
  sendCommand(args: string[]): Promise<unknown>;
  close(): Promise<void>;
  destroy(): void;
}

/** How often the connection is asked for a sign of life. Milliseconds. */
const askEvery = 2_000;
/** Without one for so long it is dead, though nobody has said so. Milliseconds. */
const dead = 4_000;
/** The same while it is being made: nobody else asks it then. Longer than it ever rests while it is asked. Milliseconds. */
const silentAtFirst = askEvery + dead + 2_000;

/** One server, by Keyv's own adapter. */
export async function connectOne(url: string, log: Log): Promise<RedisConnection> {
  let connected = false;
  const options = {
    url,
    disableOfflineQueue: true,
    socket: {
      connectTimeout: firstConnection,
      socketTimeout: silentAtFirst,
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
  const stopWatching = watch(client, log);
  return {
    prefix: 'rec::',
    keyv,
    send: (_key, args) => send(args),
    sendToAll: (each) => each(send),
    async close() {
      stopWatching();
      // Keyv would connect anew for the next caller.
      store.getClient = () => Promise.reject(new StoreError('STORE_DOWN', 'The store is closed.'));
      if (!client.isOpen) return;
      await inTime(client.close()).catch(() => client.isOpen && client.destroy());
    },
  };
}

/**
 * A way that swallows what is sent, as when a machine dies or a router forgets it, ends no connection for minutes, and node-redis's own limit on
 * silence starts anew with each command that is sent. So it is asked, and given up when it does not answer: the next one may have another way.
 * While there is none the client tries by itself, and must not be told to try beside that: connections that are made at the same time share one queue,
 * and each gets the replies of the others.
 */
function watch(client: RedisCommands, log: Log): () => void {
  let answered = performance.now();
  let asking = false;
  let over = false;
  const timer = setInterval(async () => {
    if (asking) return;
    if (!client.isReady) {
      answered = performance.now();
      return;
    }
    asking = true;
    try {
      await inTime(client.sendCommand(['PING']), dead);
      answered = performance.now();
    } catch {
      // Looked at below: it may also be that Redis is away, and comes back.
    } finally {
      asking = false;
    }
    // Closed or lost while it was asked: nobody wants another one, or one is being made.
    if (over || !client.isReady || performance.now() - answered < dead) return;
    answered = performance.now();
    log.warn({}, 'Redis does not answer on its connection, so another one is made');
    client.destroy();
    client.connect().catch(() => undefined);
  }, askEvery);
  timer.unref();
  return () => {
    over = true;
    clearInterval(timer);
  };
}
