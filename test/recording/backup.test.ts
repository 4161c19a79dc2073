import { afterEach, beforeEach, expect, test } from 'vitest';
import { aStart, createSimulation, type Simulation } from '../../torture/simulation/simulation.ts';

/** Files that Agora keeps in its backup are looked for in the bucket once an hour, until they are there or Agora keeps them no more. */
const minute = 60_000;
const hour = 60 * minute;

let sim: Simulation;
/** When the bucket was looked into. */
let looks: number[];

beforeEach(async () => {
  sim = await createSimulation();
  looks = [];
  sim.setAround(async (call, run) => {
    if (call.name === 'inspect') looks.push(sim.time.now());
    return run();
  });
  const bot = await sim.startBot();
  const { session } = await bot.recordings.start(aStart('math-101'));
  await sim.passUntil(() => sim.agora.ledger().length === 1, minute);
  await sim.pass(30_000);
  sim.agora.fault({ kind: 'upload_to_backup', sid: sim.agora.ledger()[0]?.sid ?? '' });
  sim.bucket.setUploads('unreachable');
  await bot.recordings.stop(session.id, 'U0ANA');
  expect(await sim.passUntil(async () => (await it()).state === 'backuped', 30 * minute)).toBe(true);
});
afterEach(() => sim.close());

async function it() {
  const [s] = (await sim.sessions()).values();
  if (!s) throw new Error('no session');
  return s;
}

test('once an hour, for 72 hours, and then people are told that they did not come', async () => {
  await sim.pass(71 * hour);
  expect((await it()).state).toBe('backuped');
  const gaps = looks.slice(1).map((at, i) => at - (looks[i] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(hour);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(hour + 10 * minute);
  await sim.pass(2 * hour);
  expect(await it()).toMatchObject({ state: 'failed', failure: { kind: 'upload_unproved' } });
  const said = sim.slack.messages('C0CLASSES', 'U0ANA').map((m) => m.text);
  expect(said.filter((text) => text.startsWith('Problem with the recording of math-101'))).toHaveLength(1);
  const all = looks.length;
  await sim.pass(5 * hour);
  expect(looks).toHaveLength(all);
});

test('until they are there', async () => {
  await sim.pass(5 * hour);
  sim.bucket.setUploads('stored');
  await sim.pass(2 * hour);
  expect(await it()).toMatchObject({ state: 'completed', report: { verdict: 'ready', ended: true } });
});
