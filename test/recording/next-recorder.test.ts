import { afterEach, describe, expect, test } from 'vitest';
import { createPart, createSession } from '../../src/recording/create-session.ts';
import type { Recorder, TaskRef } from '../../src/recording/ports.ts';
import type { OtherPart, Session } from '../../src/recording/session.ts';
import {
  createScriptedWorld,
  done,
  hour,
  refusal,
  type ScriptedWorld,
  scriptedSettings,
  start,
  status,
} from './support/scripted-world.ts';

/** The next recorder, which is brought in before the token of the one before it ends. test/parts.test.ts plays a whole day. */
let world: ScriptedWorld;
afterEach(() => world.close());

const request = { channelName: 'math-101', duration: 50 * hour, team: 'T', channel: 'C', by: 'U' };
const hours = () => (world.clock.now - start) / hour;

test('the old recorder is stopped once the next one is proved, and not before', async () => {
  const other: OtherPart = { id: 'a.2', part: 2, role: 'next', after: 'a', made: true, done: false };
  const quiet = { outbox: [], startedAt: start, acquiredAt: start };
  const fresh = createSession(request, 'a', start, scriptedSettings);
  const lead = {
    ...fresh,
    ...quiet,
    state: 'recording',
    resourceId: 'r1',
    sid: 's1',
    recordingSince: start,
    others: [other],
  };
  const next = { ...createPart(fresh, other, start), ...quiet, state: 'starting', resourceId: 'r2', sid: 's2' };
  const said = new Map([
    ['s1', 5],
    ['s2', 2],
  ]);
  const stopped: string[] = [];
  world = createScriptedWorld({
    query: async (r) => status(said.get(r.sid) ?? 0),
    stop: async (r) => {
      stopped.push(r.sid);
      return refusal('unknown');
    },
  });
  await world.store.create(lead as Session);
  await world.store.create(next as Session);
  await world.recordings.resume();
  await world.pass(60);
  expect(stopped).toEqual([]);
  expect(await world.store.get('a')).toMatchObject({ state: 'recording', desired: 'recording' });
  said.set('s2', 4);
  await world.pass(30);
  expect(stopped).toContain('s1');
  expect(await world.store.get('a.2')).toMatchObject({ state: 'recording', desired: 'recording', after: null });
});

describe('one that does not take over', () => {
  /** Each task is called after its resource: s1, s2 and so on; s1 records until its token ends, and all from the third on do. */
  function agora(
    more: { query: (r: TaskRef) => ReturnType<typeof status> | undefined } & Omit<Partial<Recorder>, 'query'>,
  ) {
    let resources = 0;
    const started: { sid: string; at: number }[] = [];
    const { query, ...rest } = more;
    world = createScriptedWorld({
      acquire: async () => done({ resourceId: `${++resources}` }),
      start: async ({ resourceId }) => {
        started.push({ sid: `s${resourceId}`, at: hours() });
        return done({ sid: `s${resourceId}` });
      },
      query: async (r) => query(r) ?? (r.sid === 's1' && hours() >= 24 ? refusal('gone', '404/404') : status(5)),
      stop: async () => done({ files: [], uploading: 'unknown' as const }),
      ...rest,
    });
    return started;
  }

  test.each([
    ['is on its way to the bucket', async () => done({ files: [], uploading: 'unknown' as const })],
    ['cannot be stopped', async () => refusal('unknown')],
  ])('and %s is followed by another one before the token ends', async (_how, stop) => {
    const started = agora({ query: (r) => (r.sid === 's2' ? status(1) : undefined), stop });
    await world.recordings.start(request);
    await world.pass(60);
    await world.pass(23 * 3600, 30);
    await world.pass(3600, 5);
    expect(started.map((t) => t.sid)).toEqual(['s1', 's2', 's3']);
    expect(started[2]?.at).toBeLessThan(23.7);
    expect(await world.store.get('id1.3')).toMatchObject({ role: 'next', state: 'recording' });
  });

  test('while it waits for a recorder the old one is lost: it takes its place, and nobody else does', async () => {
    let full = false;
    let resources = 0;
    const started = agora({
      acquire: async () => (full ? refusal('retry_same', '400/406') : done({ resourceId: `${++resources}` })),
      query: (r) => (r.sid === 's1' && hours() >= 23.7 ? status(8) : undefined),
    });
    await world.recordings.start({ ...request, replace: 2 });
    await world.pass(60);
    full = true;
    await world.pass(23.8 * 3600, 20);
    expect((await world.store.get('id1'))?.state).toBe('failed');
    full = false;
    await world.pass(1800, 5);
    expect(started.map((t) => t.sid)).toEqual(['s1', 's2']);
    expect(await world.store.get('id1')).toMatchObject({ others: [{ role: 'next' }], replaceLeft: 2 });
  });

  test('and the old one is lost by then: the profile’s new recorder takes their place', async () => {
    const started = agora({
      query: (r) => (r.sid === 's2' ? status(1) : r.sid === 's1' && hours() >= 23.51 ? status(8) : undefined),
    });
    await world.recordings.start({ ...request, replace: 2 });
    await world.pass(60);
    await world.pass(23.4 * 3600, 30);
    await world.pass(1200, 5);
    expect(await world.store.get('id1.3')).toMatchObject({ role: 'replacement', state: 'recording' });
    expect(started.map((t) => t.sid)).toEqual(['s1', 's2', 's3']);
    expect((await world.store.get('id1'))?.replaceLeft).toBe(1);
    // It had its channel all the time.
    expect(await world.recordings.start(request)).toMatchObject({ kind: 'busy', session: { id: 'id1' } });
  });
});
