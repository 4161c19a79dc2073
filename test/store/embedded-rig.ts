import type { SessionStore } from '../../src/recording/ports.ts';
import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';
import { createSessionStore } from '../../src/store/create-session-store.ts';
import { openSqlite } from '../../src/store/sqlite-adapter.ts';
import { captureLog } from '../support/quiet-log.ts';
import type { StoreRig } from './store-contract.ts';

export interface EmbeddedRig extends StoreRig {
  db: AtomicKeyv;
  /** Moves the clock. Milliseconds. */
  pass(ms: number): void;
}

/** Sessions on SQLite, in a file or (`:memory:`) without one. */
export async function createEmbeddedRig(path: string): Promise<EmbeddedRig> {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const log = captureLog();
  const quarantined: StoreRig['quarantined'] = [];
  const released: string[] = [];
  const over = (db: AtomicKeyv): SessionStore =>
    createSessionStore(db, {
      now,
      log: log.log,
      onQuarantine: (id, why) => quarantined.push({ id, why }),
      onRelease: (id) => released.push(id),
    });
  const db = openSqlite(path, now);
  const rig: EmbeddedRig = {
    db,
    store: over(db),
    log,
    quarantined,
    released,
    another: async () => over(rig.db),
    async plant(key, text) {
      await rig.db.keyv.store.set(`rec:${key}`, text);
    },
    async remove(key) {
      await rig.db.keyv.store.delete(`rec:${key}`);
    },
    held: async (key) => rig.db.keyv.store.get(`rec:${key}`),
    async reopen() {
      await rig.db.close();
      rig.db = openSqlite(path, now);
      rig.store = over(rig.db);
      return rig.store;
    },
    close: () => rig.db.close().catch(() => undefined),
    pass(ms) {
      ahead += ms;
    },
  };
  return rig;
}
