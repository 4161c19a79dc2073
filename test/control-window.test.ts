import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { startWorld, type World } from './support/start-world.ts';
import { until } from './support/until.ts';

/** A recording that is not stopped before Agora takes no stop any more. */
let world: World;
// Whole days pass in some of these.
vi.setConfig({ testTimeout: 60_000 });
afterEach(() => world.close());

const hours = (n: number) => n * 3_600_000;

test('people hear of it in time, and past it the recorder is put out of the channel', async () => {
  // Without a certificate there is no token that would end it first.
  world = await startWorld({ certificate: false, env: { MAX_DURATION: '1h', DEFAULT_DURATION: '1h' } });
  await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record start math-101' });
  await until('a task', () => world.agora.ledger()[0]);
  world.clock.advance(6_000);
  await world.shown(/is being recorded/);
  world.agora.fault({ kind: 'answer', endpoint: 'stop', status: 500, times: 1_000_000 });
  const problems = () => world.sees().filter((m) => m.text.startsWith('Problem'));
  // Late enough that the stop is due, early enough that Agora still takes it.
  for (const step of [1.1, 10, 8.05]) {
    world.clock.advance(hours(step));
    await until('a stop is tried', () => world.agora.requests.at(-1)?.endpoint === 'stop');
  }
  await until('the warning', () =>
    problems().some((m) => /takes orders for this recording for [56] h more/.test(m.text)),
  );
  expect(world.agora.ledger()[0]?.endedAt).toBeUndefined();
  world.clock.advance(hours(6));
  await until('the last alert', () =>
    problems().some((m) => /takes none any more; the recorder is put out/.test(m.text)),
  );
  await until('nothing bills', () => world.agora.ledger()[0]?.endedAt !== undefined);
  expect(world.agora.requests.filter((r) => r.endpoint === 'kicking-rule').length).toBeGreaterThan(0);
  // A day of slices is still on its way to the bucket, where it is looked for.
  await until('the card says so', () =>
    /\*Failed(; looking for its files)?\*/.test(JSON.stringify(world.card('math-101')?.blocks)),
  );
});

/** The bot is down from when the recording has begun until a day past the time in which Agora takes orders for it. */
async function comesBackTooLate(certificate: boolean): Promise<void> {
  world = await startWorld({
    certificate,
    env: {
      MAX_DURATION: '1h',
      DEFAULT_DURATION: '1h',
      STORE_URL: `sqlite:${join(mkdtempSync(join(tmpdir(), 'control-')), 's.sqlite')}`,
    },
  });
  await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record start math-101' });
  await until('a task', () => world.agora.ledger()[0]);
  world.clock.advance(6_000);
  await world.shown(/is being recorded/);
  await world.bot.stop();
  for (let h = 0; h < 26; h++) {
    world.clock.advance(hours(1));
    // What Agora ends by itself has its turn.
    world.agora.panel();
  }
  await world.restartBot();
}
const isAlarmed = () =>
  world.sees().some((m) => /cannot be controlled any more, and nobody has seen it end/.test(m.text));
const warnings = async () => JSON.stringify(await (await fetch(`${world.bot.url}/readyz`)).json());

test('a first stop that comes past it is not believed where no token has ended the recorder', async () => {
  await comesBackTooLate(false);
  await until('the alert', isAlarmed);
  await until('nothing bills', () => world.agora.ledger()[0]?.endedAt !== undefined);
  expect(await warnings()).toContain('no token bounds what a lost recorder of the project default costs');
});

test('a first stop that comes past it is the end of a recorder whose token has ended', async () => {
  await comesBackTooLate(true);
  await until('the end', async () => {
    world.clock.advance(30_000);
    return (await world.bot.recordings.byChannelName('math-101')) === undefined;
  });
  expect(isAlarmed()).toBe(false);
  expect(await warnings()).not.toContain('no token bounds');
});
