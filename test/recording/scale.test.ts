import { describe, expect, test } from 'vitest';
import { createCapacity } from '../../src/recording/capacity.ts';
import { createRecordings } from '../../src/recording/create-recordings.ts';
import type { Recorder, SessionStore } from '../../src/recording/ports.ts';
import type { Session } from '../../src/recording/session.ts';
import { createAgenda } from '../../src/store/create-agenda.ts';
import { createEmbeddedRig } from '../store/embedded-rig.ts';
import { sampleSession, silent, started, uploading } from '../store/sample-session.ts';

const start = 1_700_000_000_000;
const hour = 3_600_000;

/** So many recordings in a real store, of which the first ones are due for a look in a minute; each call of the store is written down. */
async function live(count: number, due: number) {
  const rig = await createEmbeddedRig(':memory:');
  const idOf = (n: number) => `s${n}`;
  for (let n = 0; n < count; n++) {
    const s = silent(started(sampleSession(idOf(n), `channel-${n}`, start), `sid-${n}`));
    const nextAt = n < due ? start + 60_000 : start + 5 * 60_000;
    await rig.store.create({
      ...s,
      state: 'recording',
      recordingSince: start,
      nextAt,
      stopAt: start + 2 * hour,
    } as Session);
  }
  let calls: { name: string; ids: readonly string[] }[] = [];
  /** Sessions whose text was fetched from the database. */
  let fetched: string[] = [];
  const noted = <T>(name: string, ids: readonly string[], run: () => T): T => {
    calls.push({ name, ids });
    return run();
  };
  const { store } = rig;
  const watched: SessionStore = {
    ...store,
    get: (id) => noted('get', [id], () => store.get(id)),
    getMany: (ids) => noted('getMany', ids, () => store.getMany(ids)),
    update: (id, change) => noted('update', [id], () => store.update(id, change)),
    unsettledIds: () => noted('unsettledIds', [], () => store.unsettledIds()),
  };
  const adapter = rig.db.keyv.store;
  const keep = (key: string) => {
    if (key.startsWith('rec:session:')) fetched.push(key.slice('rec:session:'.length));
  };
  const { get, getMany } = adapter;
  adapter.get = (key: string) => {
    keep(key);
    return get(key);
  };
  adapter.getMany = (keys: string[]) => {
    keys.map(keep);
    return getMany(keys);
  };

  let now = start;
  const asked: string[] = [];
  const never = () => Promise.reject(new Error('nothing else is due'));
  const recorder: Recorder = {
    ...{ acquire: never, start: never, stop: never, update: never, updateLayout: never, remove: never },
    ...{ preview: never, refreshCredentials: never },
    async query(r) {
      asked.push(r.sid);
      return { class: 'done', value: { status: 5, files: [] } };
    },
  };
  const { log } = rig.log;
  const recordings = createRecordings({
    store: watched,
    agenda: createAgenda({ now: () => now, log }),
    recorder,
    announcer: { deliver: never, warn: never },
    fileCheck: { inspect: never, search: never },
    expectFiles: () => ({ names: [], patterns: [] }),
    settings: {
      defaultDuration: hour,
      maxDuration: hour,
      maxIdleTime: hour,
      limitsOf: () => ({ qps: 200, maxConcurrent: 100_000 }),
    },
    now: () => now,
    newId: () => 'new',
    log,
  });
  return {
    recordings,
    asked,
    idOf,
    pass: (ms: number) => (now += ms),
    /** What the store was asked since this was called last. */
    seen() {
      const found = { calls, fetched };
      [calls, fetched] = [[], []];
      return found;
    },
    close: () => rig.close(),
  };
}

/** How often the most frequent one is there. */
const most = (names: readonly string[]) => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Math.max(0, ...counts.values());
};

describe('cost follows what is due, and not what there is', () => {
  test('a quiet tick asks the store nothing, and one with ten due of thousands asks for these ten alone', async () => {
    const costs: number[] = [];
    for (const count of [100, 5_000]) {
      const w = await live(count, 10);
      await w.recordings.resume();
      w.seen();
      await w.recordings.tick();
      await w.recordings.settled();
      expect(w.seen()).toEqual({ calls: [], fetched: [] });

      w.pass(60_000);
      await w.recordings.tick();
      await w.recordings.settled();
      const { calls, fetched } = w.seen();
      const due = Array.from({ length: 10 }, (_, n) => w.idOf(n));
      expect(w.asked).toHaveLength(10);
      expect(new Set(calls.flatMap((c) => c.ids))).toEqual(new Set(due));
      expect(new Set(fetched)).toEqual(new Set(due));
      expect(calls.map((c) => c.name)).not.toContain('unsettledIds');
      costs.push(calls.length);
      await w.close();
    }
    expect(costs[1]).toBe(costs[0]);
  });

  test('taking them all up at the start reads each once, bit by bit, and so does looking at all', async () => {
    const w = await live(1_000, 0);
    const looks = [() => w.recordings.resume().then((r) => r.survey), () => w.recordings.survey()];
    for (const look of looks) {
      w.seen();
      let turns = 0;
      let looking = true;
      const others = (async () => {
        for (; looking; turns++) await new Promise((resolve) => setImmediate(resolve));
      })();
      expect((await look()).states).toEqual({ recording: 1_000 });
      looking = false;
      await others;
      const { calls, fetched } = w.seen();
      expect(fetched).toHaveLength(1_000);
      expect(most(fetched)).toBe(1);
      expect(calls.filter((c) => c.name === 'unsettledIds')).toHaveLength(1);
      // Nobody is held up until all are read.
      expect(turns).toBeGreaterThan(10);
      expect(Math.max(...calls.map((c) => c.ids.length))).toBeLessThanOrEqual(100);
    }
    w.seen();
    expect(await w.recordings.audit()).toEqual({ sessions: 1_000, missing: 0 });
    expect(w.seen().fetched).toEqual([]);
    await w.close();
  });

  test('a list of the newest reads as many as it shows', async () => {
    const w = await live(1_000, 0);
    w.seen();
    expect(await w.recordings.recent(10)).toHaveLength(10);
    expect(w.seen().fetched).toHaveLength(10);
    await w.close();
  });
});

describe('the queue for a free recorder', () => {
  test('places are first come, first served, whatever came and went meanwhile', () => {
    const capacity = createCapacity(() => 2);
    const waiting = (id: string, at: number) => sampleSession(id, id, at);
    const running = (id: string) => started(sampleSession(id), `sid-${id}`);
    for (const id of ['r1', 'r2', 'r2']) capacity.note(running(id));
    expect(capacity.used('default')).toBe(2);
    const all = ['c', 'a', 'b', 'd'].map((id) => waiting(id, 'abcd'.indexOf(id)));
    for (const s of [...all, ...all]) capacity.note(s);
    const places = (ids: string) => [...ids].map((id) => capacity.place(waiting(id, 'abcd'.indexOf(id))));
    expect(places('abcd')).toEqual([1, 2, 3, 4]);
    // One that nobody has noted yet would come behind those before it.
    expect(capacity.place(waiting('aa', 0))).toBe(2);
    capacity.note(running('b'));
    expect(capacity.used('default')).toBe(3);
    expect(places('acd')).toEqual([2, 3, 4]);
    for (const id of ['r1', 'b']) capacity.note(uploading(sampleSession(id)));
    expect(capacity.used('default')).toBe(1);
    expect(places('acd')).toEqual([0, 1, 2]);
  });
});
