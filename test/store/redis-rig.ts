import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';
import { createSessionStore } from '../../src/store/create-session-store.ts';
import { openRedis } from '../../src/store/redis-adapter.ts';
import { captureLog } from '../support/quiet-log.ts';
import type { StoreRig } from './store-contract.ts';

/** On a Redis that is empty: each store over it a connection of its own, as replicas have. */
export async function createRedisRig(url: string): Promise<StoreRig> {
  const log = captureLog();
  const quarantined: StoreRig['quarantined'] = [];
  const released: string[] = [];
  let opened: AtomicKeyv[] = [];
  const open = async () => {
    const db = await openRedis(url, log.log);
    opened.push(db);
    const onQuarantine = (id: string, why: string) => quarantined.push({ id, why });
    const onRelease = (id: string) => released.push(id);
    return createSessionStore(db, { now: Date.now, log: log.log, onQuarantine, onRelease });
  };
  const closeAll = async () => {
    for (const db of opened) await db.close().catch(() => undefined);
    opened = [];
  };
  const direct = await openRedis(url, log.log);
  const rig: StoreRig = {
    store: await open(),
    log,
    quarantined,
    released,
    another: open,
    async plant(key, text) {
      await direct.keyv.store.set(key, text);
    },
    async remove(key) {
      await direct.keyv.store.delete(key);
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
