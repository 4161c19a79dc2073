import type { SessionStore } from '../../src/recording/ports.ts';

/** The store with somebody around each call. */
export function observedStore(
  store: SessionStore,
  around: <T>(name: string, run: () => Promise<T>) => Promise<T>,
): SessionStore {
  return {
    create: (s, parts) => around('create', () => store.create(s, parts)),
    get: (id) => around('get', () => store.get(id)),
    isUnreadable: (id) => store.isUnreadable(id),
    getMany: (ids) => around('getMany', () => store.getMany(ids)),
    update: (id, change) => around('update', () => store.update(id, change)),
    byChannelName: (name, project) => around('byChannelName', () => store.byChannelName(name, project)),
    last: (name, project) => around('last', () => store.last(name, project)),
    byStray: (uid) => around('byStray', () => store.byStray(uid)),
    bySid: (sid) => around('bySid', () => store.bySid(sid)),
    unsettledIds: () => around('unsettledIds', () => store.unsettledIds()),
    recent: (limit) => around('recent', () => store.recent(limit)),
    firstTime: (key, ttl) => around('firstTime', () => store.firstTime(key, ttl)),
    prolong: (key, ttl) => around('prolong', () => store.prolong(key, ttl)),
    forget: (key) => around('forget', () => store.forget(key)),
    ping: () => around('ping', () => store.ping()),
    close: async () => undefined,
  };
}
