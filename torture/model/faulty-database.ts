import { StoreError } from '../../src/recording/ports.ts';
import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';
import type { VirtualTime } from '../simulation/virtual-time.ts';

/** What is wrong with the database of all bots. */
export interface DatabaseFaults {
  /** Around a bot's database. */
  around(db: AtomicKeyv, time: VirtualTime): AtomicKeyv;
  /** The next calls fail: before anything is done, or after it was. */
  failNext(how: 'refused' | 'answer lost', times: number): void;
  /** Nothing is answered. What was sent meanwhile is done at the thaw, though everybody has given up waiting. */
  freeze(): void;
  thaw(): void;
  heal(): void;
  /** When calls met one of {@link DatabaseFaults.failNext}. Ms since the epoch. */
  met: readonly number[];
}

/** How long a bot waits for its store (src/store/in-time.ts, which goes by real time). Milliseconds. */
const patience = 1_500;

export function createDatabaseFaults(): DatabaseFaults {
  let failing: { how: 'refused' | 'answer lost'; left: number }[] = [];
  const met: number[] = [];
  let thawed: PromiseWithResolvers<void> | undefined;

  async function call<T>(time: VirtualTime, run: () => Promise<T>): Promise<T> {
    if (thawed) {
      const late = thawed.promise.then(run);
      late.catch(() => undefined);
      const given = time.sleep(patience).then(() => {
        throw new StoreError('STORE_TIMEOUT', 'The store did not answer in time.');
      });
      given.catch(() => undefined);
      return await Promise.race([late, given]);
    }
    const fault = failing[0];
    if (!fault) return await run();
    met.push(time.now());
    fault.left -= 1;
    if (fault.left <= 0) failing.shift();
    if (fault.how === 'answer lost') await run();
    throw new StoreError('STORE_DOWN', 'The store failed.');
  }

  return {
    around(db, time) {
      const keyv = new Proxy(db.keyv, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          return (...args: unknown[]) => call(time, async () => value.apply(target, args) as unknown);
        },
      });
      return {
        keyv,
        commit: (key, expected, writes) => call(time, () => db.commit(key, expected, writes)),
        keys: (prefix, most) => call(time, () => db.keys(prefix, most)),
        close: () => db.close(),
      };
    },
    failNext(how, times) {
      failing.push({ how, left: times });
    },
    freeze() {
      thawed ??= Promise.withResolvers();
    },
    thaw() {
      thawed?.resolve();
      thawed = undefined;
    },
    heal() {
      this.thaw();
      failing = [];
    },
    met,
  };
}
