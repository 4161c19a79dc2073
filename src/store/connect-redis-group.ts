import { Cluster, type Redis, type RedisOptions } from 'ioredis';
import Keyv from 'keyv';
import { type Log, StoreError } from '../recording/ports.ts';
import { firstConnection, type RedisConnection } from './connect-redis.ts';
import { inTime } from './in-time.ts';
import { PatientRedis } from './patient-redis.ts';
import type { RedisAddress } from './redis-address.ts';

/** Milliseconds. */
const longestPause = 2_000;
/** A server that is silent for so long while it owes an answer is given up. Milliseconds. */
const silence = 4_000;
/** The same for commands that wait, as BullMQ's do, for ten seconds at most. Milliseconds. */
const longSilence = 20_000;

type Group = Exclude<RedisAddress, { kind: 'one' }>;
type Client = { kind: 'one' | 'sentinel'; redis: Redis } | { kind: 'cluster'; redis: Cluster };

/**
 * Makes a client for one server, Sentinel's master or a Cluster. By ioredis: the other client sends a command again after a failover, and this must not be,
 * because what was said to have failed must not be done later, and what was done not twice.
 *
 * `retry`: for how long it waits before the n-th try to connect anew, ms; undefined: it gives up. `blocking`: for BullMQ's worker, whose commands
 * wait, also for Redis to come back; they may be done twice.
 */
export function createGroupClient(
  address: RedisAddress,
  how: { retry: (tries: number) => number | undefined; blocking: boolean; trouble: (error: Error) => void },
): Client {
  const { username, password, tls } = address.kind === 'one' ? credentialsIn(address.url) : address;
  const common: RedisOptions = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    connectTimeout: firstConnection,
    autoResendUnfulfilledCommands: how.blocking,
    maxRetriesPerRequest: how.blocking ? null : 0,
    socketTimeout: how.blocking ? longSilence : silence,
    keepAlive: 5_000,
  };
  const group =
    address.kind === 'one'
      ? oneClient(address.url, common, how)
      : address.kind === 'sentinel'
        ? sentinelClient(address, common, how)
        : clusterClient(address, common, how);
  // Its errors carry the command, which may hold a password or a recording.
  group.redis.on('error', (error: unknown) => how.trouble(plain(error)));
  return group;
}

function oneClient(
  url: string,
  common: RedisOptions,
  { retry, blocking }: { retry: (tries: number) => number | undefined; blocking: boolean },
): Client {
  const { hostname, port, pathname } = new URL(url);
  const redis = new PatientRedis({
    ...common,
    // An IPv6 address stands in brackets.
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? 6_379 : Number(port),
    db: Number(pathname.slice(1)) || 0,
    retryStrategy: retry,
    enableOfflineQueue: blocking,
    lazyConnect: true,
  });
  return { kind: 'one', redis };
}

function credentialsIn(url: string): { username?: string; password?: string; tls: boolean } {
  const { protocol, username, password } = new URL(url);
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    tls: protocol === 'rediss:',
  };
}

function sentinelClient(
  address: Extract<Group, { kind: 'sentinel' }>,
  common: RedisOptions,
  { retry, blocking }: { retry: (tries: number) => number | undefined; blocking: boolean },
): Client {
  const { sentinel, tls } = address;
  const redis = new PatientRedis({
    ...common,
    sentinels: address.nodes,
    name: address.master,
    db: address.db,
    ...(sentinel.username === undefined ? {} : { sentinelUsername: sentinel.username }),
    ...(sentinel.password === undefined ? {} : { sentinelPassword: sentinel.password }),
    ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    sentinelCommandTimeout: 2_000,
    retryStrategy: retry,
    sentinelRetryStrategy: retry,
    // A master that was deposed without noticing it takes writes that will be lost: it is left as soon as Sentinel says so.
    failoverDetector: true,
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
    enableOfflineQueue: blocking,
    lazyConnect: true,
  });
  return { kind: 'sentinel', redis };
}

function clusterClient(
  address: Extract<Group, { kind: 'cluster' }>,
  common: RedisOptions,
  { retry, blocking }: { retry: (tries: number) => number | undefined; blocking: boolean },
): Client {
  const redis = new Cluster(address.nodes, {
    redisOptions: common,
    clusterRetryStrategy: retry,
    // Nothing is sent again by itself but to the node that a refusal names: that one did nothing.
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    slotsRefreshInterval: 5_000,
    enableOfflineQueue: blocking,
    lazyConnect: true,
    // Certificates are for names, and the Cluster gives the names or addresses that it was told to announce.
    ...(address.tls ? { dnsLookup: (name: string, found: (e: null, a: string) => void) => found(null, name) } : {}),
  });
  return { kind: 'cluster', redis };
}

/** Sentinel's master or a Cluster. */
export async function connectGroup(address: Group, log: Log): Promise<RedisConnection> {
  let connected = false;
  let last: Error | undefined;
  const group = createGroupClient(address, {
    retry: (tries) => (connected ? Math.min(tries * 100, longestPause) : undefined),
    blocking: false,
    trouble: (error) => {
      last = error;
      log.warn({ err: error }, 'Redis has trouble');
    },
  });
  const { redis } = group;
  try {
    await inTime(redis.connect(), firstConnection);
    connected = true;
  } catch (error) {
    redis.disconnect();
    throw last ?? plain(error);
  }

  let closed = false;
  async function command(on: Redis | Cluster, args: string[]): Promise<unknown> {
    if (closed) throw new StoreError('STORE_DOWN', 'The store is closed.');
    const [name = '', ...rest] = args;
    try {
      return await inTime(on.call(name, rest));
    } catch (error) {
      throw error instanceof StoreError ? error : plain(error);
    }
  }
  const send = (args: string[]) => command(redis, args);
  const namespace = group.kind === 'cluster' ? '{rec}' : 'rec';
  const prefix = `${namespace}::`;
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const keyv = new Keyv<string>({
    store: {
      opts: {},
      on: () => undefined,
      get: async (key: string) => text(await send(['GET', prefix + key])),
      // Without it Keyv would ask for each and take those that failed for absent.
      getMany: async (keys: string[]) => {
        const found = keys.length === 0 ? [] : await send(['MGET', ...keys.map((key) => prefix + key)]);
        return Array.isArray(found) ? found.map(text) : [];
      },
      set: (key: string, value: string, ttl?: number) =>
        send(['SET', prefix + key, value, ...(ttl === undefined ? [] : ['PX', String(ttl)])]),
      delete: async (key: string) => Number(await send(['DEL', prefix + key])) > 0,
      clear: async () => {
        throw new StoreError('STORE_DOWN', 'Nobody clears the store.');
      },
    },
    useKeyPrefix: false,
    throwOnErrors: true,
  });
  return {
    prefix,
    keyv,
    send: (_key, args) => send(args),
    async sendToAll(each) {
      const nodes = group.kind === 'cluster' ? group.redis.nodes('master') : [group.redis];
      // Without a node nothing would be asked, and nothing found.
      if (closed || nodes.length === 0) throw new StoreError('STORE_DOWN', 'No node of the Cluster is known.');
      for (const node of nodes) await each((args) => command(node, args));
    },
    async close() {
      closed = true;
      redis.disconnect();
    },
  };
}

/** What went wrong, without the command that it happened to. */
function plain(error: unknown): Error {
  return new Error(error instanceof Error ? error.message : String(error));
}
