import { randomUUID } from 'node:crypto';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { SharedRate } from '../recording/ports.ts';
import type { RedisConnection } from './connect-redis.ts';
import { inTime } from './in-time.ts';
import type { SharedRates } from './open-shared-rates.ts';

/** Who wants to call Agora waits for it, so an answer that takes longer is none. Milliseconds. */
const patience = 300;
/** Slots are kept for so long: longer than anybody claims ahead or looks back. Seconds. */
const slotKept = 30;
/** A process that was not seen for so long is gone. Milliseconds. */
const presence = 30_000;
/** Milliseconds. */
const presentEvery = 10_000;
/** What a 429 did to the rate is over by then (src/agora/slowdown.ts). Milliseconds. */
const slowedFor = 60_000;

/** KEYS: who is there; what a 429 did. ARGV: this process; how long one is there unseen, ms. */
const lookScript = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return { now, redis.call('ZCARD', KEYS[1]), redis.call('GET', KEYS[2]) or '', redis.call('PTTL', KEYS[2]) }`;

/** The count of each slot is rate-limiter-flexible's; clock and processes are Redis's own. All keys lie in the queue's hash slot. */
export function createRedisRates(connection: RedisConnection, deadline = patience): SharedRates {
  const me = randomUUID();
  const beats: NodeJS.Timeout[] = [];
  const send = (key: string, args: string[]) => inTime(connection.send(key, args), deadline);
  // All that the limiter needs of a client, whichever there is.
  const storeClient = {
    eval: (script: string, { keys, arguments: args }: { keys: string[]; arguments: string[] }) =>
      send(keys[0] ?? '', ['EVAL', script, String(keys.length), ...keys, ...args]),
  };
  const known = new Map<string, SharedRate>();

  function create(appId: string): SharedRate {
    const base = `{rec}:rate:${appId}`;
    const limiters = new Map<number, RateLimiterRedis>();
    const limiter = (points: number) => {
      const there = limiters.get(points);
      if (there) return there;
      const made = new RateLimiterRedis({
        storeClient,
        useRedisPackage: true,
        keyPrefix: base,
        points,
        duration: slotKept,
      });
      limiters.set(points, made);
      return made;
    };
    // Nobody was seen yet: there may well be another one.
    let seen = 2;
    const look: SharedRate['look'] = async () => {
      const keys = [`${base}:here`, `${base}:slowed`];
      const reply = await send(base, ['EVAL', lookScript, '2', ...keys, me, String(presence)]);
      const [time, processes, rate, left] = reply as [number, number, string, number];
      const slowed = Number(rate) > 0 ? { slowed: { rate: Number(rate), ago: slowedFor - Number(left) } } : {};
      seen = Math.max(1, Number(processes));
      return { time: Number(time), ...slowed };
    };
    // Who is quiet is there all the same.
    beats.push(setInterval(() => look().catch(() => undefined), presentEvery).unref());
    return {
      look,
      processes: () => seen,
      async claim(slot, wanted, places) {
        const { consumedPoints } = await limiter(places)
          .consume(String(slot), wanted)
          .catch((refused: unknown) => {
            if (refused instanceof RateLimiterRes) return refused;
            throw refused;
          });
        return Math.max(0, Math.min(wanted, places - (consumedPoints - wanted)));
      },
      async tell(rate) {
        await send(base, ['SET', `${base}:slowed`, String(rate), 'PX', String(slowedFor)]);
      },
    };
  }

  return {
    of(appId) {
      const rate = known.get(appId) ?? create(appId);
      known.set(appId, rate);
      return rate;
    },
    async time() {
      const reply = await connection.send('{rec}', ['EVAL', "return redis.call('TIME')", '1', '{rec}:clock']);
      const [seconds, micros] = reply as [string, string];
      return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    },
    async close() {
      for (const beat of beats) clearInterval(beat);
      await connection.close();
    },
  };
}
