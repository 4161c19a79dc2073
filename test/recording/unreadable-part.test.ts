import { afterEach, describe, expect, test } from 'vitest';
import { createPart, createSession } from '../../src/recording/create-session.ts';
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

/** Of the recordings of one wish one cannot be read for a while: the others claim nothing of it, and forget nothing that it has to hear. */
let world: ScriptedWorld;
let stopped: string[];
let started: string[];
afterEach(() => world.close());

const request = { channelName: 'math-101', duration: 4 * hour, team: 'T', channel: 'C', by: 'U' };
const failure = { kind: 'lost', what: 'w', cause: 'c', next: 'n', code: '404/404', at: start } as const;
const fresh = createSession({ ...request, replace: 2 }, 'a', start, scriptedSettings);
const runs = (id: string) => ({
  ...{ state: 'recording', outbox: [], startedAt: start, acquiredAt: start, recordingSince: start },
  ...{ resourceId: `r-${id}`, sid: `s-${id}` },
});
const failed = (id: string) => ({ ...runs(id), state: 'failed', endedAt: start, failure });
const other = (part: number, role: OtherPart['role'], after: string | null): OtherPart => ({
  ...{ id: `a.${part}`, part, role, after, made: true, done: false },
});
const part = (o: OtherPart, more: object) => ({ ...createPart(fresh, o, start), ...more }) as Session;

async function begin(sessions: Session[], damaged: string) {
  stopped = [];
  started = [];
  world = createScriptedWorld({
    query: async () => status(5),
    stop: async ({ sid }) => {
      stopped.push(sid);
      return refusal('unknown');
    },
    acquire: async ({ uid }) => done({ resourceId: `r${uid}` }),
    start: async ({ uid }) => {
      started.push(uid);
      return done({ sid: `s${uid}` });
    },
  });
  for (const s of sessions) await world.store.create(s);
  const { store: held } = world.db.keyv;
  const key = `rec:session:${damaged}`;
  const good = await held.get(key);
  await held.set(key, 'damaged');
  await world.recordings.resume();
  await world.pass(600, 5);
  expect(world.quarantined).toEqual([damaged]);
  return {
    async repair() {
      await held.set(key, good);
      await world.pass(180, 5);
    },
  };
}

test('it is not taken for over: the wish holds its channel', async () => {
  const twin = other(2, 'twin', null);
  const lead = { ...fresh, ...failed('a'), others: [twin] } as unknown as Session;
  const { repair } = await begin([lead, part(twin, runs('a.2'))], 'a.2');
  const again = () => world.recordings.start(request);
  expect(await again()).toMatchObject({ kind: 'busy', session: { id: 'a' } });
  await repair();
  expect((await world.store.get('a'))?.others).toMatchObject([{ done: false }]);
  expect(await again()).toMatchObject({ kind: 'busy' });
});

test('it holds its channel no longer than it can record', async () => {
  const twin = other(2, 'twin', null);
  const lead = { ...fresh, ...failed('a'), others: [twin] } as unknown as Session;
  await begin([lead, part(twin, runs('a.2'))], 'a.2');
  world.clock.now = fresh.maxStopAt + 24 * hour;
  await world.recordings.audit();
  await world.pass(60);
  expect(await world.recordings.start(request)).toMatchObject({ kind: 'started' });
});

describe('what the lead is to hear waits until its record can be read', () => {
  test('that a lost part is to be made again', async () => {
    const second = other(2, 'replacement', 'a');
    const lead = { ...fresh, ...failed('a'), others: [second], replaceLeft: 1 } as unknown as Session;
    const lost = part(second, { ...failed('a.2'), wantsPart: 'replacement' });
    const { repair } = await begin([lead, lost], 'a');
    expect(started).toEqual([]);
    await repair();
    expect(started).toHaveLength(1);
    expect(await world.store.get('a.3')).toMatchObject({ role: 'replacement', state: 'recording' });
    expect(await world.store.get('a.2')).not.toHaveProperty('wantsPart');
    expect((await world.store.get('a'))?.others).toMatchObject([{ done: true }, { done: false }]);
  });

  test('what it has to tell is taken up by the next process', async () => {
    const second = other(2, 'replacement', 'a');
    const lead = { ...fresh, ...failed('a'), others: [second], replaceLeft: 1 } as unknown as Session;
    await begin([lead, part(second, runs('a.2'))], 'a');
    // It is lost, and its process dies before it says so.
    await world.store.update('a.2', (s) => ({ ...s, ...failed('a.2'), wantsPart: 'replacement' }) as Session);
    expect(await world.store.unsettledIds()).toContain('a.2');
  });

  test('that the next recorder never took over', async () => {
    const [second, third] = [other(2, 'replacement', 'a'), other(3, 'next', 'a.2')];
    const lead = { ...fresh, ...failed('a'), others: [second, third] } as unknown as Session;
    const before = part(second, { ...failed('a.2'), replaceLeft: 2 });
    const { repair } = await begin([lead, before, part(third, failed('a.3'))], 'a');
    expect((await world.store.get('a.3'))?.after).toBe('a.2');
    await repair();
    expect(await world.store.get('a.4')).toMatchObject({ role: 'replacement', state: 'recording' });
  });
});

describe('a next recorder', () => {
  const [second, third] = [other(2, 'replacement', 'a'), other(3, 'next', 'a.2')];
  const sessions = () => [
    { ...fresh, ...failed('a'), others: [second, third] } as unknown as Session,
    part(second, runs('a.2')),
    part(third, runs('a.3')),
  ];

  test('has the one before it stopped, though the lead cannot be read', async () => {
    const { repair } = await begin(sessions(), 'a');
    expect(stopped).toContain('s-a.2');
    await repair();
    expect(stopped).not.toContain('s-a.3');
  });

  test('has the one before it stopped as soon as that one can be read', async () => {
    const { repair } = await begin(sessions(), 'a.2');
    expect(stopped).toEqual([]);
    await repair();
    expect(stopped).toContain('s-a.2');
    expect((await world.store.get('a.3'))?.after).toBe(null);
  });

  test('that has taken over is made again when it is lost, and the one before it is stopped all the same', async () => {
    const { repair } = await begin(sessions(), 'a.2');
    await world.store.update('a.3', (s) => ({ ...s, ...failed('a.3'), wantsPart: 'replacement' }) as Session);
    await world.pass(90);
    expect(started).toHaveLength(1);
    expect(await world.store.get('a.4')).toMatchObject({ role: 'replacement', state: 'recording' });
    await repair();
    expect(stopped).toContain('s-a.2');
    expect(started).toHaveLength(1);
    expect((await world.store.get('a'))?.others).toHaveLength(3);
    expect(await world.store.get('a.3')).toMatchObject({ after: null });
    expect(await world.store.get('a.3')).not.toHaveProperty('tookOver');
  });
});
