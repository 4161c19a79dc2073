import { afterEach, expect, test, vi } from 'vitest';
import { startWorld, type World } from './support/start-world.ts';
import { until } from './support/until.ts';

/** A recording whose stops all fail, until Agora takes none any more. */
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
