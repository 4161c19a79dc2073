import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCapacity } from '../../src/recording/capacity.ts';
import { createSession } from '../../src/recording/create-session.ts';
import { type Recorder, type Refusal, type SessionStore, StoreError } from '../../src/recording/ports.ts';
import { reconcile } from '../../src/recording/reconcile.ts';
import type { Session } from '../../src/recording/session.ts';
import { createSessionStore } from '../../src/store/create-session-store.ts';
import { openSqlite } from '../../src/store/sqlite-adapter.ts';
import { captureLog } from '../support/quiet-log.ts';

const hour = 3_600_000;
const settings = {
  defaultDuration: hour,
  maxDuration: 8 * hour,
  maxIdleTime: 300_000,
  limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
};
const gone: Refusal = { class: 'gone', code: '404/404', cause: 'C.', next: 'N.', reason: '' };
const request = { channelName: 'math-101', duration: hour, team: 'T', channel: 'C', by: 'U' };
const id = 'a';
const t0 = 1_800_000_000_000;

let time: number;
let store: SessionStore;
/** The store is away from Agora's next answer on, for so long. Milliseconds. */
let away: number;
/** While it is away a save fails, and is made all the same. */
let madeAllTheSame: boolean;
let awayUntil: number;
let asked: string[];
let answers: { query: Awaited<ReturnType<Recorder['query']>> };

beforeEach(() => {
  time = t0;
  const { log } = captureLog();
  store = createSessionStore(
    openSqlite(':memory:', () => time),
    { now: () => time, log },
  );
  [away, madeAllTheSame, awayUntil, asked] = [0, false, 0, []];
  answers = { query: { class: 'done', value: { status: 5, files: [], uploading: 'unknown' } } };
});
afterEach(() => store.close());

/** A turn of this session; `sleeps`: as a bot does it. */
async function turn(part: object, sleeps = true): Promise<Session | undefined> {
  const fresh = { ...createSession(request, id, time, settings), outbox: [], ...part } as Session;
  await store.create(fresh);
  const answered = async <T>(endpoint: string, value: T): Promise<T> => {
    asked.push(endpoint);
    awayUntil = time + away;
    away = 0;
    return value;
  };
  const refuse = async () => gone;
  const recorder: Recorder = {
    acquire: () => answered('acquire', { class: 'done', value: { resourceId: 'r1' } }),
    start: () => answered('start', { class: 'done', value: { sid: 's1' } }),
    query: () => answered('query', answers.query),
    stop: () =>
      answered('stop', { class: 'done', value: { files: [{ name: 's1_math-101.m3u8' }], uploading: 'uploaded' } }),
    preview: refuse,
    refreshCredentials: refuse,
    update: refuse,
    updateLayout: refuse,
    remove: refuse,
  };
  const { log } = captureLog();
  const parts = {
    store: {
      ...store,
      async update(of: string, change: (s: Session) => Session) {
        if (time >= awayUntil) return store.update(of, change);
        if (madeAllTheSame) await store.update(of, change);
        throw new StoreError('STORE_TIMEOUT', 'The store did not answer.');
      },
    },
    recorder,
    fileCheck: {
      inspect: async () => ({
        at: time,
        verdict: 'unknown' as const,
        ended: false,
        files: [],
        missing: [],
        missingCount: 0,
      }),
      search: async () => ({ found: [], expected: [] }),
    },
    expectFiles: () => ({ names: [], patterns: [] }),
    settings,
    now: () => time,
    capacity: createCapacity(() => 50),
    wake: () => undefined,
    log,
    sleep: sleeps
      ? async (ms: number) => {
          time += ms;
        }
      : undefined,
  };
  await reconcile(id, parts, () => undefined);
  return store.get(id);
}

const begun = { resourceId: 'r1', acquiredAt: t0, startSends: 0, takenAt: null };
const running = { ...begun, sid: 's1', startedAt: t0, nextAt: t0 };
const recording = { ...running, state: 'recording', recordingSince: t0 };
const stopAsked = { by: null, at: 0, safety: false };
const stopping = {
  ...recording,
  state: 'stopping',
  desired: 'stopped',
  stopAsked,
  missingCount: 0,
  missingSince: null,
};

describe('a store that is away for seconds when Agora answers', () => {
  test.each([
    ['acquire', {}, { state: 'starting', sid: 's1' }],
    ['start', { ...begun, state: 'acquired' }, { state: 'starting', sid: 's1' }],
    ['query', recording, { state: 'recording', nextAt: t0 + 5_000 + 15_000 }],
    ['stop', stopping, { files: [{ name: 's1_math-101.m3u8' }] }],
  ])('%s is not asked twice', async (endpoint, part, expected) => {
    away = 5_000;
    expect(await turn(part)).toMatchObject(expected);
    expect(asked.filter((e) => e === endpoint)).toEqual([endpoint]);
  });

  test('a save that failed and was made all the same is not made twice: one 404 counts once', async () => {
    away = 1_000;
    madeAllTheSame = true;
    answers.query = gone;
    expect(await turn(recording)).toMatchObject({ state: 'suspect', missingCount: 1 });
    expect(asked).toEqual(['query']);
  });

  test('longer than that, the turn ends, and somebody else may have it', async () => {
    away = 60_000;
    await expect(turn(recording)).rejects.toThrow('The store did not answer');
    expect(time - t0).toBeLessThan(10_000);
  });

  test('without anything to wait with, it ends at once', async () => {
    away = 1_000;
    await expect(turn(recording, false)).rejects.toThrow('The store did not answer');
  });
});
