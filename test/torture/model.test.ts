import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { history } from '../../torture/model/history.ts';
import { model } from '../../torture/model/model.ts';
import { isFault, type Operation } from '../../torture/model/operation.ts';
import { play } from '../../torture/model/play.ts';
import { createTroubles } from '../../torture/model/troubles.ts';
import type { World } from '../../torture/model/world.ts';
import { aStart } from '../../torture/simulation/simulation.ts';
import { runBounded } from './run-bounded.ts';

test('two thousand histories by chance break no promise', { timeout: 3_600_000 }, async () => {
  const { figures, violations } = await runBounded(model);
  expect(violations).toEqual([]);
  const { histories, operations, ...counted } = Object.fromEntries(figures.map(([what, n]) => [what, Number(n)]));
  expect(histories).toBeGreaterThanOrEqual(2_000);
  expect(Number(operations) / Number(histories)).toBeGreaterThanOrEqual(50);
  expect(Number(counted['of them faults']) / Number(histories)).toBeGreaterThanOrEqual(5);
});

describe('a history that once broke a promise', () => {
  const folder = join(import.meta.dirname, 'histories');
  const kept = readdirSync(folder);
  test.each(kept)('%s', async (file) => {
    const { broken } = await play(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    expect(broken).toEqual([]);
  });
});

test('histories hold every kind of operation, and are the same again for the same seed', () => {
  const made = fc.sample(history, { seed: 1, numRuns: 100 });
  const kinds = new Set(made.flat().map((op) => op.do));
  expect([...kinds].sort()).toEqual([
    'agora down',
    'agora fails',
    'agora full',
    'bucket',
    'clock',
    'crash',
    'deliver',
    'extend',
    'freeze',
    'hold',
    'kill',
    'layout',
    'pass',
    'publish',
    'replay',
    'replica',
    'slack down',
    'slack fails',
    'sleep',
    'start',
    'stop',
    'store fails',
    'store frozen',
    'task',
  ]);
  for (const ops of made) {
    expect(ops.length).toBeGreaterThanOrEqual(50);
    expect(ops.filter(isFault).length).toBeGreaterThanOrEqual(5);
  }
  expect(fc.sample(history, { seed: 1, numRuns: 100 })).toEqual(made);
});

/** Each plays a short history in which something is done behind the bot's back, or not done at all. */
describe('the judges see', () => {
  const aRecording: Operation[] = [
    { do: 'start', room: 'math', minutes: 2, how: 'plain', bot: 0, twice: false },
    { do: 'pass', seconds: 10 },
  ];
  const judged = async (ops: Operation[], meddle: (w: World) => void | Promise<void>) => {
    const { broken } = await play(ops, (w) => {
      // As soon as the recording runs.
      void w.sim.time.sleep(8_000).then(() => meddle(w));
    });
    return broken.map((b) => b.replace(/[0-9a-f]{32}|s\dx\d+/g, '-'));
  };

  test('nothing where nothing is wrong', async () => {
    expect(await judged(aRecording, () => undefined)).toEqual([]);
  });

  test('I1: a recorder that no record knows', async () => {
    const broken = await judged(aRecording, (w) => w.sim.wipeStore());
    expect(broken).toEqual([expect.stringMatching(/^I1: task - of math runs, and no record will stop it/)]);
  });

  test('I2 and I3: a stop that nobody makes', async () => {
    const broken = await judged(aRecording, (w) => {
      w.kill = () => undefined;
      w.heal = async () => undefined;
      for (const bot of w.sim.bots) bot.freeze(false);
    });
    // Agora itself ends it in the end, when its token does.
    expect(broken).toEqual([
      'I2: - of math is still recording',
      expect.stringMatching(/^I3: task - of - ran past its end by 1[34]\d\d s/),
    ]);
  });

  test('I5: a recorder for which nobody asked, and one whose time is over', async () => {
    const order = { bot: 0, port: 'agora', name: 'acquire', cname: 'math' } as const;
    expect(await judged(aRecording, (w) => void w.orders.push({ ...order, uid: '1', at: w.sim.time.now() }))).toEqual([
      expect.stringMatching(/^I5: acquire for math by nobody’s wish/),
    ]);
    const late = await judged(aRecording, async (w) => {
      const [s] = (await w.sim.sessions()).values();
      if (s) w.orders.push({ ...order, uid: s.uid, at: s.stopAt + 20_000 });
    });
    expect(late).toEqual([expect.stringMatching(/^I5: acquire of - 20 s after its time was over/)]);
  });

  test('I6: two recordings for one wish', async () => {
    const broken = await judged(aRecording, async (w) => {
      await w.sim.bots[0]?.recordings.start(aStart('art'));
    });
    expect(broken[0]).toMatch(/^I6: - of art answer 0 wishes/);
  });

  test('trouble is counted once, however many things are broken at a time', () => {
    const troubles = createTroubles();
    troubles.add(10, 20);
    troubles.add(15, 30);
    troubles.add(50, 60);
    expect([troubles.between(0, 100), troubles.between(12, 55), troubles.between(31, 49)]).toEqual([30, 23, 0]);
  });
});
