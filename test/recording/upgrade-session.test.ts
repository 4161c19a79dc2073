import { describe, expect, test } from 'vitest';
import { createSession } from '../../src/recording/create-session.ts';
import { readSession } from '../../src/recording/upgrade-session.ts';

/** As version 1 wrote it, key by key. */
const old = {
  version: 1,
  state: 'recording',
  id: 'old',
  revision: 7,
  channelName: 'math-101',
  mode: 'mix',
  team: 'T1',
  channel: 'C1',
  startedBy: 'U1',
  requestedAt: 1,
  stopAt: 3_600_000,
  maxStopAt: 7_200_000,
  warnAt: null,
  desired: 'recording',
  attempt: 1,
  uid: '3000000000',
  resourceId: 'r',
  acquiredAt: 2,
  sid: 's',
  startedAt: 3,
  recordingSince: 4,
  files: [{ name: 's_math-101.m3u8' }],
  evidence: { ended: false, failoverUids: [] },
  strays: [],
  tries: 0,
  nextAt: 5,
  card: { channel: 'C1', ts: '1.1' },
  outbox: [],
};

describe('a stored session', () => {
  test('of the version before is taken up with all that it knew', () => {
    const { version: _v, mode: _m, ...kept } = old;
    expect(readSession(old)).toMatchObject({
      ...kept,
      version: 2,
      recipe: { profile: 'default', mode: 'mix' },
      lead: null,
      part: 1,
      others: [],
      replaceLeft: 0,
    });
  });

  test('of this version is read as it is', () => {
    const settings = {
      defaultDuration: 1,
      maxDuration: 1,
      maxIdleTime: 1,
      limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
    };
    const s = createSession(
      { channelName: 'm', duration: 60_000, team: 'T', channel: 'C', by: 'U' },
      'id',
      1,
      settings,
    );
    expect(readSession(JSON.parse(JSON.stringify(s)))).toEqual(s);
  });

  test.each([
    ['of before anybody said how much was looked at', {}],
    ['that says it', { sample: { looked: 8_000, slices: 9_000 }, more: true }],
  ])('%s keeps what was seen as it is', (_what, said) => {
    const report = { at: 1, verdict: 'ready', ended: true, files: [], missing: [], missingCount: 0, ...said };
    expect(readSession({ ...old, report }).report).toEqual(report);
  });

  test.each([
    ['of a later version', { ...old, version: 3 }],
    ['without a field', { ...old, uid: undefined }],
    ['that is none', 'x'],
    ['null', null],
  ])('%s is refused', (_what, value) => {
    expect(() => readSession(value)).toThrow();
  });
});

describe('a session that a later release has saved', () => {
  const failure = { kind: 'lost', what: 'w', cause: 'c', next: 'n', code: '404', at: 1, later: 1 };
  const saved = {
    ...readSession(old),
    later: { a: [1] },
    recipe: { profile: 'p', project: 'default', storage: 'default', mode: 'mix', later: 1 },
    wanted: { onhold: true, later: 1 },
    others: [{ id: 'o', part: 2, role: 'twin', after: null, made: true, done: false, later: 1 }],
    strays: [{ uid: '7', resourceId: 'r', tries: 0, nextAt: 1, later: 1 }],
    evidence: { ended: false, failoverUids: [], later: 1 },
    files: [{ name: 'f', later: 1 }],
    failure,
    outbox: [
      { id: '1', message: { kind: 'alert', failure, later: 1 }, tries: 0, nextAt: 1, later: 1 },
      { id: '2', message: { kind: 'thread', note: { type: 'back', later: 1 } }, tries: 0, nextAt: 1 },
    ],
  };

  test('keeps all that this one does not know', () => {
    expect(readSession(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
  });

  test('loses what only another state has', () => {
    const read = readSession({ ...saved, state: 'acquired', startSends: 0, takenAt: null });
    expect(read).toMatchObject({ state: 'acquired', later: { a: [1] }, resourceId: 'r' });
    expect(Object.keys(read)).not.toContain('sid');
    expect(Object.keys(read)).not.toContain('recordingSince');
  });
});
