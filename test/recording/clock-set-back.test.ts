import { afterEach, describe, expect, test } from 'vitest';
import type { Recorder } from '../../src/recording/ports.ts';
import type { Session } from '../../src/recording/session.ts';
import { withoutFarAhead } from '../../src/recording/transitions/far-ahead.ts';
import { aStart } from '../../torture/simulation/simulation.ts';
import {
  createScriptedWorld,
  done,
  hour,
  refusal,
  type ScriptedWorld,
  start,
  status,
} from './support/scripted-world.ts';

/** A machine began with its clock eight hours ahead, and was set right: since when something has been so lies in the future. */
let world: ScriptedWorld;
const ahead = 8 * hour;
const gone = refusal('gone', '404/404');

async function begin(agora: Partial<Recorder>, seconds: number): Promise<Session> {
  world = createScriptedWorld({
    acquire: async () => done({ resourceId: 'r' }),
    start: async () => done({ sid: 's' }),
    ...agora,
  });
  world.clock.now += ahead;
  const { session } = await world.recordings.start(aStart('math-101', { duration: 12 * hour, maxDuration: 12 * hour }));
  await world.pass(seconds);
  return session;
}
async function setBack() {
  world.clock.now -= ahead;
  await world.recordings.lookAnew();
}
const alerts = () => world.told.filter(({ message }) => message.kind === 'alert').length;

describe('by all rules', () => {
  afterEach(() => world.close());

  test('a start that comes to nothing is an alert as soon as ever', async () => {
    await begin({ query: async () => gone, stop: async () => gone }, 10);
    await setBack();
    await world.pass(600, 5);
    expect(alerts()).toBe(1);
  });

  test('a recorder that is lost is an alert as soon as ever', async () => {
    let answer: typeof gone | ReturnType<typeof status> = status(5);
    await begin({ query: async () => answer, stop: async () => gone }, 30);
    answer = gone;
    await world.pass(20);
    await setBack();
    await world.pass(600, 5);
    expect(alerts()).toBe(1);
  });

  test('another recorder is tried for as soon as ever', async () => {
    let starts = 0;
    const { id } = await begin(
      {
        async start() {
          starts += 1;
          return refusal('already', '201/7');
        },
        remove: async () => done(null),
      },
      3,
    );
    await setBack();
    await world.pass(600, 5);
    expect(starts).toBeGreaterThan(1);
    expect((await world.store.get(id))?.attempt).toBeGreaterThan(1);
  });
});

test('what lies a little ahead is another clock that is right', () => {
  const s = { strays: [], outbox: [], nextAt: start, answeredAt: start + 2_000 } as unknown as Session;
  expect(withoutFarAhead(s, start)).toBe(s);
});

test.each([
  'answeredAt',
  'silentSince',
  'acquiredAt',
  'takenAt',
  'startedAt',
  'missingSince',
  'stoppedAt',
  'goneSince',
])('%s is now at the latest', (field) => {
  const s = { strays: [], outbox: [], nextAt: start, [field]: start + hour } as unknown as Session;
  expect(withoutFarAhead(s, start)).toEqual({ ...s, [field]: start });
});

test('and so is what stands deeper', () => {
  const later = start + hour;
  const s = {
    recipe: { mode: 'mix' },
    outbox: [],
    nextAt: start,
    refused: { since: later, times: 2 },
    report: { at: later, verdict: 'unknown' },
    strays: [{ uid: '1', resourceId: 'r', tries: 0, nextAt: start, missingSince: later }],
    change: { by: 'U', tries: 1, nextAt: start + 24 * hour },
    credentials: { until: later, pushAt: start + 24 * hour, tries: 0, told: false },
  } as unknown as Session;
  expect(withoutFarAhead(s, start)).toMatchObject({
    refused: { since: start, times: 2 },
    report: { at: start },
    strays: [{ missingSince: start }],
    change: { nextAt: start },
    credentials: { pushAt: start },
  });
});
