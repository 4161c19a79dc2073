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
