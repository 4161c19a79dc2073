import type { Log } from '../recording/ports.ts';
import type { AtomicKeyv, Write } from './atomic-keyv.ts';
import { connectRedis } from './connect-redis.ts';
import { warnOfLoss } from './warn-of-loss.ts';

/**
 * KEYS: the key that is looked at, then those that are written. ARGV: what the first one must hold ('' for nothing), then three for each
 * write: `set`, envelope, time to live in ms or ''; `delete`, value, ''; or `absent`, '', ''.
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
  if ARGV[3 * i - 4] == 'absent' and redis.call('EXISTS', KEYS[i]) == 1 then return 0 end
end
for i = 2, #KEYS do
  local what, value, ttl = ARGV[3 * i - 4], ARGV[3 * i - 3], ARGV[3 * i - 2]
  if what == 'delete' then
    if held(KEYS[i]) == value then redis.call('DEL', KEYS[i]) end
  elseif what == 'absent' then
    -- It is.
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
 * The physical key is `rec::` + key, in a Cluster `{rec}::` + key; the value is Keyv's JSON envelope `{"value":…}`. Expiry is Redis's business
 * alone.
 *
 * @throws StoreError STORE_DOWN when Redis cannot be reached now, or does not want the password.
 */
export async function openRedis(url: string, log: Log): Promise<AtomicKeyv> {
  const connection = await connectRedis(url, log);
  const { keyv, prefix: own } = connection;
  const physical = (key: string) => own + key;
  const argumentsOf = (w: Write) =>
    'set' in w
      ? ['set', JSON.stringify({ value: w.set }), String(w.ttl ?? '')]
      : 'delete' in w
        ? ['delete', w.delete, '']
        : ['absent', '', ''];
  await warnOfLoss(connection, log);

  return {
    keyv,
    async commit(key, expected, writes) {
      const keys = [key, ...writes.map((w) => w.key)].map(physical);
      const args = [expected ?? '', ...writes.flatMap(argumentsOf)];
      return (
        Number(await connection.send(physical(key), ['EVAL', commitScript, String(keys.length), ...keys, ...args])) ===
        1
      );
    },
    async keys(prefix, most) {
      const found = new Set<string>();
      const pattern = `${physical(prefix).replace(/[[\]*?\\]/g, '\\$&')}*`;
      await connection.sendToAll(async (send) => {
        let cursor = '0';
        do {
          const [next, batch] = (await send(['SCAN', cursor, 'MATCH', pattern, 'COUNT', '1000'])) as [string, string[]];
          for (const key of batch) found.add(String(key).slice(own.length));
          cursor = String(next);
        } while (cursor !== '0');
      });
      const all = [...found].sort();
      return most === undefined ? all : all.slice(Math.max(0, all.length - most));
    },
    close: () => connection.close(),
  };
}
