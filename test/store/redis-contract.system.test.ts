import { afterAll, beforeAll } from 'vitest';
import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';
import { createSessionStore } from '../../src/store/create-session-store.ts';
import { openRedis } from '../../src/store/redis-adapter.ts';
import { captureLog } from '../support/quiet-log.ts';
import { type RedisServer, startRedis } from './start-redis.ts';
import { type StoreRig, storeContract } from './store-contract.ts';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
});
afterAll(() => redis.remove());

/** Each rig has an empty server, and each store over it a connection of its own, as replicas have. */
async function createRedisRig(): Promise<StoreRig> {
  const log = captureLog();
  const quarantined: StoreRig['quarantined'] = [];
  let opened: AtomicKeyv[] = [];
  const open = async () => {
    const db = await openRedis(redis.url, log.log);
    opened.push(db);
    const onQuarantine = (id: string, why: string) => quarantined.push({ id, why });
    return createSessionStore(db, { now: Date.now, log: log.log, onQuarantine });
  };
  const closeAll = async () => {
    for (const db of opened) await db.close().catch(() => undefined);
    opened = [];
  };
  const direct = await openRedis(redis.url, log.log);
  await direct.keyv.clear();
  const rig: StoreRig = {
    store: await open(),
    log,
    quarantined,
    another: open,
    async plant(key, text) {
      await direct.keyv.store.set(key, text);
    },
    held: async (key) => direct.keyv.store.get(key),
    async reopen() {
      await closeAll();
      rig.store = await open();
      return rig.store;
    },
    async close() {
      await closeAll();
      await direct.close();
    },
  };
  return rig;
}

storeContract('Redis', true, createRedisRig);
