import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SimulatedBot } from '../../torture/simulation/create-simulated-bot.ts';
import { brokenAtTheEnd, brokenNow } from '../../torture/simulation/invariants.ts';
import { aStart, createSimulation, type Simulation } from '../../torture/simulation/simulation.ts';

/** The simulation has to be true before anything is proved in it. */
const minutes = (n: number) => n * 60_000;
let sim: Simulation;
let bot: SimulatedBot;
const started = new Map<string, { channelName: string; at: number }>();
const stopped = new Map<string, number>();

beforeEach(async () => {
  started.clear();
  stopped.clear();
  sim = await createSimulation();
  bot = await sim.startBot();
});
afterEach(() => sim.close());

async function start(name = 'math-101', ms = minutes(10)): Promise<string> {
  const { session } = await bot.recordings.start(aStart(name, { duration: ms }));
  started.set(session.id, { channelName: name, at: sim.time.now() });
  return session.id;
}
const atTheEnd = () => brokenAtTheEnd(sim, { started, stopped }, 5_000);
const texts = () => sim.slack.messages('C0CLASSES', 'U0ANA').map((m) => m.text);
const tasks = () => sim.agora.ledger();

describe('a recording', () => {
  test('runs from start to files by itself, and no promise breaks', async () => {
    await start();
    await sim.pass(minutes(20));
    expect(texts()[0]).toMatch(/Ready, files seen in the bucket/);
    expect(tasks()).toHaveLength(1);
    expect(await brokenNow(sim, new Map())).toEqual([]);
    expect(await atTheEnd()).toEqual([]);
  });

  test('the same again is the same, but for the random ids', async () => {
    await start();
    await sim.pass(minutes(20));
    const first = sim.agora.requests.map((r) => [r.endpoint, r.status]);
    await sim.close();
    sim = await createSimulation();
    bot = await sim.startBot();
    await start();
    await sim.pass(minutes(20));
    expect(sim.agora.requests.map((r) => [r.endpoint, r.status])).toEqual(first);
  });

  test('a recorder that dies is told, and a person’s stop stops', async () => {
    await start('dies');
    const id = await start('lives');
    await sim.pass(minutes(1));
    const dying = tasks().find((t) => t.cname === 'dies');
    sim.agora.fault({ kind: 'recorder_dies', sid: dying?.sid ?? '' });
    await sim.pass(minutes(4));
    expect(texts().filter((t) => t.startsWith('Problem with the recording of dies'))).toHaveLength(1);
    await bot.recordings.stop(id, 'U0ANA');
    stopped.set(id, sim.time.now());
    await sim.pass(minutes(10));
    expect(await atTheEnd()).toEqual([]);
  });
});

describe('the judges see', () => {
  test('a bot that is killed for good: its task runs on', async () => {
    await start();
    await sim.pass(minutes(1));
    sim.kill(bot);
    await sim.pass(minutes(12));
    expect((await atTheEnd()).join()).toMatch(
      /I1: .* still runs[\s\S]*I2: .* is still recording[\s\S]*I3: .* ran past its end/,
    );
  });

  test('a bot that is killed and comes back: nothing is lost', async () => {
    await start();
    await sim.pass(minutes(1));
    sim.kill(bot);
    await sim.pass(minutes(2));
    bot = await sim.startBot();
    await sim.pass(minutes(20));
    expect(tasks()).toHaveLength(1);
    expect(await atTheEnd()).toEqual([]);
  });

  test('a store that is wiped: a task without a record', async () => {
    await start();
    await sim.pass(minutes(1));
    sim.kill(bot);
    await sim.wipeStore();
    expect((await brokenNow(sim, new Map())).join()).toMatch(/I1: .* no record will stop it/);
  });

  test('a session that goes back, and one that ends anew', async () => {
    const id = await start();
    await sim.pass(minutes(20));
    expect((await brokenNow(sim, new Map([[id, { revision: 10_000, ended: 'failed' }]]))).join()).toMatch(
      /I7: .* went back[\s\S]*I7: .* had ended as failed/,
    );
  });

  test('a stop that comes too early', async () => {
    await start();
    const id = [...started.keys()][0] ?? '';
    await sim.pass(minutes(1));
    // Nobody says so to the judges.
    await bot.recordings.stop(id, 'U0ANA');
    await sim.pass(minutes(10));
    expect((await atTheEnd()).join()).toMatch(/I3: .* was stopped \d+ s early/);
  });

  test('a secret in the log', async () => {
    sim.log.push({ level: 'warn', data: { header: sim.secrets[0] }, message: 'oh' });
    expect((await brokenNow(sim, new Map())).join()).toMatch(/I8/);
  });
});
