import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../src/recording/session.ts';
import type { SimulatedBot } from '../../torture/simulation/create-simulated-bot.ts';
import { aStart, createSimulation, type Simulation } from '../../torture/simulation/simulation.ts';

/** Two processes on one store: calls that change one task follow each other, whoever makes them. */
const recipe = {
  profile: 'page',
  project: 'default',
  storage: 'default',
  mode: 'web' as const,
  extensionServiceConfig: {
    extensionServices: [
      {
        serviceName: 'web_recorder_service',
        errorHandlePolicy: 'error_abort',
        serviceParam: {
          url: 'https://page.example.com/live',
          audioProfile: 0,
          videoWidth: 1280,
          videoHeight: 720,
          maxRecordingHour: 1,
        },
      },
    ],
  },
};
const address = 'rtmps://live.example.com/app/canary-key';

let sim: Simulation;
let one: SimulatedBot;
let other: SimulatedBot;
let id: string;
/** Lets the call that is held go on. */
let release: () => void;
/** Calls to the task that are under way, and the most there ever were. */
let under: number;
let most: number;
let updates: number[];
let stops: number;

/** What comes of it, while time passes. */
async function outcome(asked: ReturnType<SimulatedBot['recordings']['push']>): Promise<string> {
  let kind = '';
  void asked.then((o) => {
    kind = o.kind;
  });
  await sim.passUntil(() => kind !== '', 30_000);
  return kind;
}

const kept = async (): Promise<Session | undefined> => (await sim.sessions()).get(id);

beforeEach(async () => {
  sim = await createSimulation();
  one = await sim.startBot();
  other = await sim.startBot();
  ({ id } = (await one.recordings.start(aStart('page', { recipe }))).session);
  expect(await sim.passUntil(async () => (await kept())?.state === 'recording', 60_000)).toBe(true);
  under = most = 0;
  updates = [];
  stops = 0;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  sim.setAround(async (call, run) => {
    if (call.port === 'agora' && call.name === 'stop') stops += 1;
    if (call.port !== 'agora' || call.name !== 'update') return run();
    updates.push(call.bot);
    under += 1;
    most = Math.max(most, under);
    if (updates.length === 1) await held;
    const answer = await run();
    under -= 1;
    return answer;
  });
});
afterEach(() => sim.close());

describe('a task is told one thing at a time', () => {
  test('a pause in one process, a push in the other: the push is asked for again', async () => {
    await one.recordings.change(id, { onhold: true }, 'U0ANA');
    expect(await sim.passUntil(() => updates.length === 1, 5_000)).toBe(true);
    expect(await outcome(other.recordings.push(id, address, 'U0BEN'))).toBe('busy');
    release();
    expect(await sim.passUntil(async () => (await kept())?.applied.onhold === true, 5_000)).toBe(true);
    expect(await outcome(other.recordings.push(id, address, 'U0BEN'))).toBe('done');
    expect((await kept())?.applied).toMatchObject({ onhold: true, pushed: true });
    expect(updates).toEqual([0, 1]);
    expect(most).toBe(1);
  });

  test('a push in one process, a pause in the other: the pause follows as soon as the push is over', async () => {
    const pushed = one.recordings.push(id, address, 'U0ANA');
    expect(await sim.passUntil(() => updates.length === 1, 5_000)).toBe(true);
    await other.recordings.change(id, { onhold: true }, 'U0BEN');
    await sim.pass(10_000);
    expect(updates).toEqual([0]);
    release();
    expect(await outcome(pushed)).toBe('done');
    expect(await sim.passUntil(async () => (await kept())?.applied.onhold === true, 5_000)).toBe(true);
    expect(most).toBe(1);
  });

  test('who dies over a call holds nobody up for more than a minute, and never a stop', async () => {
    await one.recordings.change(id, { onhold: true }, 'U0ANA');
    expect(await sim.passUntil(() => updates.length === 1, 5_000)).toBe(true);
    sim.kill(one);
    await other.recordings.change(id, { onhold: true }, 'U0BEN');
    expect(await sim.passUntil(async () => (await kept())?.applied.onhold === true, 62_000)).toBe(true);
    expect(updates[1]).toBe(1);
    await other.recordings.stop(id, 'U0BEN');
    expect(await sim.passUntil(() => stops > 0, 2_000)).toBe(true);
  });

  test('a stop waits for no change', async () => {
    await one.recordings.change(id, { onhold: true }, 'U0ANA');
    expect(await sim.passUntil(() => updates.length === 1, 5_000)).toBe(true);
    await other.recordings.stop(id, 'U0BEN');
    expect(await sim.passUntil(() => stops > 0, 2_000)).toBe(true);
  });
});
