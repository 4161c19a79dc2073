import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../src/recording/session.ts';
import type { SimulatedBot } from '../../torture/simulation/create-simulated-bot.ts';
import { aStart, createSimulation, type Simulation } from '../../torture/simulation/simulation.ts';

/** What lies in the store at the moment at which a call goes out: the process may die over the call, and the next one knows nothing else. */
let sim: Simulation;
let bot: SimulatedBot;
/** By call, what was in the store at each. */
let saved: Map<string, Session[]>;

beforeEach(async () => {
  sim = await createSimulation();
  bot = await sim.startBot();
  saved = new Map();
  sim.setAround(async (call, run) => {
    const [s] = call.port === 'store' ? [] : [...(await sim.sessions()).values()];
    if (s) saved.set(`${call.port} ${call.name}`, [...(saved.get(`${call.port} ${call.name}`) ?? []), s]);
    return run();
  });
});
afterEach(() => sim.close());

const start = async () => (await bot.recordings.start(aStart('math-101', { duration: 120_000 }))).session.id;

describe('before a call it is saved', () => {
  test('acquire: what is wanted', async () => {
    const id = await start();
    await sim.pass(1_000);
    expect(saved.get('agora acquire')).toMatchObject([{ id, state: 'requested', channelName: 'math-101' }]);
  });

  test('start: that it is sent', async () => {
    await start();
    await sim.pass(1_000);
    expect(saved.get('agora start')).toMatchObject([{ state: 'acquired', startSends: 1 }]);
  });

  test('stop at the deadline: that it is to stop', async () => {
    await start();
    await sim.pass(125_000);
    expect(saved.get('agora stop')?.[0]).toMatchObject({
      state: 'stopping',
      desired: 'stopped',
      stopAsked: { by: null },
    });
  });

  test('stop by a person: who asked', async () => {
    const id = await start();
    await sim.pass(10_000);
    await bot.recordings.stop(id, 'U0BEN');
    await sim.pass(1_000);
    expect(saved.get('agora stop')?.[0]).toMatchObject({ state: 'stopping', groupStop: { by: 'U0BEN' } });
  });

  test('a message: that it is sent', async () => {
    await start();
    await sim.pass(30_000);
    const posts = saved.get('slack chat.postMessage') ?? [];
    expect(posts.length).toBeGreaterThan(1);
    for (const s of posts) expect(s.outbox.filter((o) => o.sentAt !== undefined)).toHaveLength(1);
  });
});
