import type Keyv from 'keyv';
import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';

/**
 * The database of a simulation, as a map. It stands for SQLite and Redis, which have one contract suite of their own (test/store), and is several
 * times as fast, so that thousands of histories can be played.
 */
export function createMemoryDatabase(now: () => number): AtomicKeyv {
  const held = new Map<string, { value: string; expires: number }>();
  const textOf = (key: string) => {
    const one = held.get(key);
    return one && one.expires > now() ? one.value : undefined;
  };
  const raw = (key: string) => {
    const value = textOf(key);
    return value === undefined ? undefined : { value };
  };
  const keyv = {
    get: async (key: string, how?: { raw: boolean }) => (how?.raw ? raw(key) : textOf(key)),
    getMany: async (keys: string[], how?: { raw: boolean }) => keys.map((key) => (how?.raw ? raw(key) : textOf(key))),
    clear: async () => held.clear(),
  } as unknown as Keyv<string>;
  return {
    keyv,
    async commit(key, expected, writes) {
      if (textOf(key) !== expected || writes.some((w) => 'absent' in w && textOf(w.key) !== undefined)) return false;
      for (const w of writes) {
        if ('set' in w)
          held.set(w.key, { value: w.set, expires: w.ttl === undefined ? Number.POSITIVE_INFINITY : now() + w.ttl });
        else if ('delete' in w && textOf(w.key) === w.delete) held.delete(w.key);
      }
      return true;
    },
    async keys(prefix, most) {
      const found = [...held.keys()].filter((key) => key.startsWith(prefix) && textOf(key) !== undefined).sort();
      return most === undefined ? found : found.slice(-most);
    },
    close: async () => undefined,
  };
}
