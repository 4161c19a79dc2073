import KeyvRedis, { createKeyv } from '@keyv/redis';
import type Keyv from 'keyv';
import { type Log, StoreError } from '../recording/ports.ts';
import type { AtomicKeyv, Write } from './atomic-keyv.ts';
import { inTime } from './in-time.ts';

/** What is used of node-redis. */
interface RedisCommands {
  isOpen: boolean;
  connect(): Promise<unknown>;
  sendCommand(args: string[]): Promise<unknown>;
  close(): Promise<void>;
  destroy(): void;
}

/** How long the first connection may take. Milliseconds. */
const firstConnection = 5_000;

/**
 * KEYS: the key that is looked at, then those that are written. ARGV: what the first one must hold ('' for nothing), then three for each
 * write: `set`, envelope, time to live in ms or ''; or `delete`, value, ''.
 */
const commitScript = `
local function held(key)
  local raw = redis.call('GET', key)
  if not raw then return '' end
  local ok, envelope = pcall(cjson.decode, raw)
  if ok and type(envelope) == 'table' and type(envelope.value) == 'string' then return envelope.value end
  return false
end
if held(KEYS[1]) ~= ARGV[1] then return 0 end
for i = 2, #KEYS do
  local what, value, ttl = ARGV[3 * i - 4], ARGV[3 * i - 3], ARGV[3 * i - 2]
  if what == 'delete' then
    if held(KEYS[i]) == value then redis.call('DEL', KEYS[i]) end
  elseif ttl == '' then
    redis.call('SET', KEYS[i], value)
  else
    redis.call('SET', KEYS[i], value, 'PX', ttl)
  end
end
return 1`;

/**
 * Keyv on Redis. It never queues while Redis is away and never waits without end: an operation fails within a moment, and says so. Once
 * connected, it comes back by itself.
 *
 * The physical key is `rec::` + key; the value is Keyv's JSON envelope `{"value":…}`. Expiry is Redis's business alone.
 *
 * @throws StoreError STORE_DOWN when Redis cannot be reached now, or does not want the password.
 */
export async function openRedis(url: string, log: Log): Promise<AtomicKeyv> {
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
    const why = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      'STORE_DOWN',
      `Redis at ${new URL(url).host} could not be used (${why}). Check that it runs and that STORE_URL is right.`,
      { cause: error },
    );
  }

  const physical = (key: string) => `rec::${key}`;
  const run = (args: string[]) => inTime(client.sendCommand(args));
  const argumentsOf = (w: Write) =>
    'set' in w ? ['set', JSON.stringify({ value: w.set }), String(w.ttl ?? '')] : ['delete', w.delete, ''];
  await warnOfLoss(run, log);

  return {
    keyv,
    async commit(key, expected, writes) {
      const keys = [key, ...writes.map((w) => w.key)].map(physical);
      const args = [expected ?? '', ...writes.flatMap(argumentsOf)];
      return Number(await run(['EVAL', commitScript, String(keys.length), ...keys, ...args])) === 1;
    },
    async keys(prefix) {
      const found = new Set<string>();
      const pattern = `${physical(prefix).replace(/[[\]*?\\]/g, '\\$&')}*`;
      let cursor = '0';
      do {
        const reply = await run(['SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000']);
        const [next, batch] = reply as [string, string[]];
        for (const key of batch) found.add(String(key).slice('rec::'.length));
        cursor = String(next);
      } while (cursor !== '0');
      return [...found].sort();
    },
    async close() {
      // Keyv would connect anew for the next caller.
      store.getClient = () => Promise.reject(new StoreError('STORE_DOWN', 'The store is closed.'));
      if (!client.isOpen) return;
      await inTime(client.close()).catch(() => client.isOpen && client.destroy());
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
