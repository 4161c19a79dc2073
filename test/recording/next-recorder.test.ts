import { expect, test } from 'vitest';
import { createRecordings } from '../../src/recording/create-recordings.ts';
import { createPart, createSession } from '../../src/recording/create-session.ts';
import type { Recorder, Refusal } from '../../src/recording/ports.ts';
import type { OtherPart, Session } from '../../src/recording/session.ts';
import { createAgenda } from '../../src/store/create-agenda.ts';
import { createSessionStore } from '../../src/store/create-session-store.ts';
import { openSqlite } from '../../src/store/sqlite-adapter.ts';
import { captureLog } from '../support/quiet-log.ts';

const hour = 3_600_000;
const settings = {
  defaultDuration: hour,
  maxDuration: 30 * hour,
  maxIdleTime: 300_000,
  limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
};
const no: Refusal = { class: 'unknown', code: '504/62', cause: 'C.', next: 'N.', reason: '' };

/** A day into a recording: the first recorder works, the next one has just been started. test/parts.test.ts plays the whole day. */
test('the old recorder is stopped once the next one is proved, and not before', async () => {
  let time = 1_800_000_000_000;
  const now = () => time;
  const { log } = captureLog();
  const store = createSessionStore(openSqlite(':memory:', now), { now, log });
  const request = { channelName: 'math-101', duration: 30 * hour, team: 'T', channel: 'C', by: 'U' };
  const other: OtherPart = { id: 'a.2', part: 2, role: 'next', after: 'a', made: true, done: false };
  const quiet = { outbox: [], startedAt: time, acquiredAt: time };
  const fresh = createSession(request, 'a', time, settings);
  const lead = {
    ...fresh,
    ...quiet,
    state: 'recording',
    resourceId: 'r1',
    sid: 's1',
    recordingSince: time,
    others: [other],
  };
  const next = { ...createPart(fresh, other, time), ...quiet, state: 'starting', resourceId: 'r2', sid: 's2' };
  await store.create(lead as Session);
  await store.create(next as Session);

  const status = new Map([
    ['s1', 5],
    ['s2', 2],
  ]);
  const stopped: string[] = [];
  const refuse = async () => no;
  const recorder: Recorder = {
    query: async (r) => ({ class: 'done', value: { status: status.get(r.sid) ?? 0, files: [], uploading: 'unknown' } }),
    stop: async (r) => {
      stopped.push(r.sid);
      return no;
    },
    acquire: refuse,
    preview: refuse,
    refreshCredentials: refuse,
    start: refuse,
    update: refuse,
    updateLayout: refuse,
    remove: refuse,
  };
  const agenda = createAgenda({ now, log });
  const recordings = createRecordings({
    store,
    agenda,
    recorder,
    announcer: { deliver: async () => ({ ok: true }), warn: async () => true },
    fileCheck: {
      inspect: async () => ({ at: time, verdict: 'unknown', ended: false, files: [], missing: [], missingCount: 0 }),
      search: async () => ({ found: [], expected: [] }),
    },
    expectFiles: () => ({ names: [], patterns: [] }),
    settings,
    now,
    newId: () => 'b',
    log,
  });
  const pass = async (seconds: number) => {
    for (let i = 0; i < seconds; i++) {
      time += 1_000;
      await recordings.tick();
      await recordings.settled();
    }
  };

  await recordings.resume();
  await pass(60);
  expect(stopped).toEqual([]);
  expect(await store.get('a')).toMatchObject({ state: 'recording', desired: 'recording' });
  status.set('s2', 4);
  await pass(30);
  expect(stopped).toContain('s1');
  expect(await store.get('a.2')).toMatchObject({ state: 'recording', desired: 'recording', after: null });
  await agenda.stop();
  await store.close();
});
