import { afterEach, describe, expect, test } from 'vitest';
import type { SimulatedBot } from '../torture/simulation/create-simulated-bot.ts';
import { aStart, createSimulation, type Simulation } from '../torture/simulation/simulation.ts';

/** How long the bot waits between its tries, as Agora sees it (Agora docs, integration best practices), on virtual time. */
let sim: Simulation;
let bot: SimulatedBot;
afterEach(() => sim.close());

async function begin(): Promise<void> {
  sim = await createSimulation({ notifications: false });
  bot = await sim.startBot();
}
const start = () => bot.recordings.start(aStart('math-101'));
const requests = (endpoint: string) => sim.agora.requests.filter((r) => r.endpoint === endpoint);
/** Seconds between the requests; the heart beats in whole ones. */
const gaps = (endpoint: string, first = 0) => {
  const times = requests(endpoint).map((r) => r.at);
  return times.slice(first + 1).map((at, i) => Math.round((at - (times[first + i] ?? 0)) / 1000));
};
const uids = (endpoint: string) => requests(endpoint).map((r) => (r.body as { uid: string }).uid);
const resources = (endpoint: string) => requests(endpoint).map((r) => r.path.split('/resourceid/')[1]?.split('/')[0]);
const within = (seen: number[], wanted: number[]) => {
  expect(seen.slice(0, wanted.length).map((s, i) => s - (wanted[i] ?? 0))).toEqual(
    wanted.map(() => expect.toSatisfy((late: number) => late >= 0 && late <= 1)),
  );
};

describe('start', () => {
  test.each([
    ['500/62: the same after 3, 6 and 9 s, and then another uid', 500, 62, [3, 6, 9]],
    ['206/65: the same after 3 and 6 s, and then another uid', 206, 65, [3, 6]],
  ])('%s', async (_what, status, code, wanted) => {
    await begin();
    sim.agora.fault({ kind: 'answer', endpoint: 'start', status, body: { code }, times: wanted.length + 1 });
    await start();
    await sim.pass(60_000);
    within(gaps('start'), wanted);
    const [first] = uids('start');
    expect(uids('start').slice(0, wanted.length + 1)).toEqual(Array(wanted.length + 1).fill(first));
    expect(new Set(resources('start').slice(0, wanted.length + 1)).size).toBe(1);
    expect(uids('start')[wanted.length + 1]).not.toBe(first);
    expect(uids('start').length).toBe(wanted.length + 2);
    expect(sim.agora.ledger().filter((t) => t.endedAt === undefined)).toHaveLength(1);
  });
});

test.each([
  [500, 500],
  [500, 501],
  [500, 504],
])('acquire %i/%i: after 3, 6, 9 and 15 s', async (status, code) => {
  await begin();
  sim.agora.fault({ kind: 'answer', endpoint: 'acquire', status, body: { code }, times: 4 });
  await start();
  await sim.pass(60_000);
  within(gaps('acquire'), [3, 6, 9, 15]);
  expect(requests('acquire')).toHaveLength(5);
  expect(requests('start')).toHaveLength(1);
});

describe('query while it records', () => {
  test.each([
    ['404: after 5, 10 and 15 s', 404, { code: 404, reason: 'failed to find worker' }, [5, 10, 15]],
    ['504/62: after 5, 10, 15 and 30 s', 504, { code: 62 }, [5, 10, 15, 30]],
  ])('%s', async (_what, status, body, wanted) => {
    await begin();
    await start();
    await sim.pass(60_000);
    const before = requests('query').length;
    sim.agora.fault({ kind: 'answer', endpoint: 'query', status, body, times: wanted.length });
    await sim.pass(100_000);
    within(gaps('query', before), wanted);
    expect(sim.agora.ledger().filter((t) => t.endedAt === undefined)).toHaveLength(1);
  });
});
