import KeyvRedis, { createKeyv } from '@keyv/redis';
import type Keyv from 'keyv';
import { type Log, StoreError } from '../recording/ports.ts';
import type { AtomicKeyv } from './atomic-keyv.ts';
import { inTime } from './in-time.ts';

/** What is used of node-redis. */
interface RedisCommands {
  isOpen: boolean;
  connect(): Promise<unknown>;
  sendCommand(args: string[]): Promise<unknown>;
  close(): Promise<void>;
  destroy(): void;
}

/** Value and expiry as Keyv writes them, set only if the envelope that is there holds the expected value. */
const casScript = `
local raw = redis.call('GET', KEYS[1])
if not raw then return 0 end
local ok, held = pcall(cjson.decode, raw)
if not ok or held.value ~= ARGV[1] then return 0 end
if ARGV[3] == '' then redis.call('SET', KEYS[1], ARGV[2]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`;
const cadScript = `
local raw = redis.call('GET', KEYS[1])
if not raw then return 0 end
local ok, held = pcall(cjson.decode, raw)
if not ok or held.value ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1`;

/**
 * Keyv on Redis. It never queues while Redis is away and never waits without end: an operation fails within a moment, and says so.
 * The physical key is `rec::` + key; the value is Keyv's JSON envelope.
 */
export async function openRedis(url: string, log: Log): Promise<AtomicKeyv> {
  const options = {
    url,
    disableOfflineQueue: true,
    pingInterval: 5_000,
    socket: {
      socketTimeout: 10_000,
      connectTimeout: 5_000,
      reconnectStrategy: (tries: number) => Math.min(tries * 100, 2_000),
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
    if (!client.isOpen) await client.connect();
  } catch (error) {
    client.destroy();
    throw new StoreError('STORE_DOWN', `Redis could not be reached at ${new URL(url).host}: ${String(error)}`, {
      cause: error,
    });
  }

  const physical = (key: string) => `rec::${key}`;
  // Expiry is Redis's business alone.
  const envelope = (value: string) => JSON.stringify({ value });
  const run = (args: string[]) => client.sendCommand(args);
  await warnOfLoss(run, log);

  return {
    keyv,
    async setIfAbsent(key, value, ttl) {
      const args = ['SET', physical(key), envelope(value), 'NX', ...(ttl === undefined ? [] : ['PX', String(ttl)])];
      return (await inTime(run(args))) !== null;
    },
    async compareAndSet(key, expected, value, ttl) {
      const args = [expected, envelope(value), ttl === undefined ? '' : String(ttl)];
      return Number(await inTime(run(['EVAL', casScript, '1', physical(key), ...args]))) === 1;
    },
    async compareAndDelete(key, expected) {
      return Number(await inTime(run(['EVAL', cadScript, '1', physical(key), expected]))) === 1;
    },
    async keys(prefix) {
      const found = new Set<string>();
      const pattern = `${physical(prefix).replace(/[[\]*?\\]/g, '\\$&')}*`;
      let cursor = '0';
      do {
        const reply = await inTime(run(['SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000']));
        const [next, batch] = reply as [string, string[]];
        for (const key of batch) found.add(String(key).slice('rec::'.length));
        cursor = String(next);
      } while (cursor !== '0');
      return [...found].sort();
    },
    async close() {
      await client.close().catch(() => client.destroy());
    },
  };
}

/** Redis can be set up to forget. That is the operator's to decide, and ours to say once. */
async function warnOfLoss(run: (args: string[]) => Promise<unknown>, log: Log): Promise<void> {
  try {
    const setting = async (name: string) => String(((await run(['CONFIG', 'GET', name])) as unknown[])[1] ?? '');
    const policy = await setting('maxmemory-policy');
    if (policy !== 'noeviction') {
      log.warn(
        { policy },
        'Redis may throw recordings away when its memory is full; set maxmemory-policy to noeviction',
      );
    }
    if ((await setting('appendonly')) !== 'yes') {
      log.warn({}, 'Redis keeps recordings in memory only between snapshots; set appendonly to yes');
    }
  } catch (error) {
    log.debug({ err: error }, 'Redis does not tell its settings');
  }
}
