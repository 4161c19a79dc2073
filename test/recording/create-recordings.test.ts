import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseNotification } from '../../src/agora/notification.ts';
import { StoreError } from '../../src/recording/ports.ts';
import type { Session } from '../../src/recording/session.ts';
import type { SimulatedBot } from '../../torture/simulation/create-simulated-bot.ts';
import { aStart, createSimulation, type Simulation } from '../../torture/simulation/simulation.ts';

/** Faults between two steps, of the store above all. */
let sim: Simulation;
let bot: SimulatedBot;
beforeEach(async () => {
  sim = await createSimulation();
  bot = await sim.startBot();
});
afterEach(() => sim.close());

const kept = async () => [...(await sim.sessions()).values()][0];
const records = () => sim.passUntil(async () => (await kept())?.state === 'recording', 60_000);
const queries = () => sim.agora.requests.filter((r) => r.endpoint === 'query').length;

describe('a notification', () => {
  async function dies() {
    await bot.recordings.start(aStart('math-101'));
    expect(await records()).toBe(true);
    sim.holdNotices(true);
    sim.agora.fault({ kind: 'failover', sid: sim.agora.ledger()[0]?.sid ?? '' });
    await sim.pass(150_000);
    const notice = sim.held.find((n) => n.eventType === 12);
    if (!notice) throw new Error('Agora did not tell of the failover');
    return notice;
  }

  test('that comes twice is heard once', async () => {
    const notice = await dies();
    const before = queries();
    expect(await sim.deliver(notice)).toBe(200);
    await sim.pass(1_000);
    expect(queries()).toBe(before + 1);
    expect(await sim.deliver(notice)).toBe(200);
    await sim.pass(1_000);
    expect(queries()).toBe(before + 1);
    // The same news under another id, as Agora's redundant service sends it: it is looked at, and told of no more.
    const revision = (await kept())?.outbox.length;
    expect(await sim.deliver(notice, 'another')).toBe(200);
    expect((await kept())?.outbox.length).toBe(revision);
  });

  test('that could not be saved is heard when it comes again', async () => {
    const notice = await dies();
    let failing = true;
    sim.setAround((call, run) =>
      failing && call.port === 'store' && call.name === 'update'
        ? Promise.reject(new StoreError('STORE_DOWN', 'The store failed.'))
        : run(),
    );
    const parsed = parseNotification(Buffer.from(notice.body));
    if (parsed.kind !== 'notice') throw new Error('This is no notification');
    await expect(bot.recordings.accept(parsed.notice)).rejects.toThrow('The store failed.');
    // Nor could anything be taken back; and when it came next the process died over it.
    sim.setAround((call, run) =>
      failing && call.port === 'store' && call.name !== 'firstTime'
        ? Promise.reject(new StoreError('STORE_DOWN', 'The store failed.'))
        : run(),
    );
    await expect(bot.recordings.accept(parsed.notice)).rejects.toThrow('The store failed.');
    expect((await kept())?.evidence.failoverUids).toEqual([]);
    failing = false;
    expect(await sim.deliver(notice)).toBe(200);
    expect((await kept())?.evidence.failoverUids).toHaveLength(1);
  });
});

test('after a restart a stop that is overdue is made at once', async () => {
  await sim.close();
  // Nobody else says that there is something to look at.
  sim = await createSimulation({ notifications: false });
  bot = await sim.startBot();
  await bot.recordings.start(aStart('math-101', { duration: 120_000 }));
  expect(await records()).toBe(true);
  sim.kill(bot);
  await sim.pass(180_000);
  expect(sim.agora.ledger()[0]?.endedAt).toBeUndefined();
  const restarted = sim.time.now();
  await sim.startBot();
  await sim.pass(10_000);
  expect(sim.agora.ledger()[0]?.endedAt).toBeLessThan(restarted + 5_000);
});

describe('what nobody has on the agenda', () => {
  test('turns that were lost are put back by the audit', async () => {
    const other = await sim.startBot();
    // This one dies with the recording just saved; the other one has never heard of it.
    sim.setAround(async (call, run) => {
      const value = await run();
      if (call.bot === 0 && call.name === 'create') sim.kill(bot);
      return value;
    });
    bot.recordings.start(aStart('math-101')).catch(() => undefined);
    await sim.pass(30_000);
    expect((await kept())?.state).toBe('requested');
    expect(await other.recordings.audit()).toEqual({ sessions: 1, missing: 1 });
    expect(await records()).toBe(true);
    expect(await other.recordings.audit()).toEqual({ sessions: 1, missing: 0 });
  });

  test('a start that the store saved without saying so is taken up', async () => {
    let failing = true;
    sim.setAround(async (call, run) => {
      const value = await run();
      if (failing && call.name === 'create') throw new StoreError('STORE_TIMEOUT', 'The store did not answer.');
      return value;
    });
    await expect(bot.recordings.start(aStart('math-101'))).rejects.toThrow('The store did not answer.');
    failing = false;
    expect(await records()).toBe(true);
  });
});

test('an alert waits for Slack to come back', async () => {
  await bot.recordings.start(aStart('math-101'));
  expect(await records()).toBe(true);
  sim.slack.setDown(true);
  sim.agora.fault({ kind: 'recorder_dies', sid: sim.agora.ledger()[0]?.sid ?? '' });
  await sim.pass(600_000);
  expect((await kept())?.state).toBe('failed');
  sim.slack.setDown(false);
  await sim.pass(120_000);
  const alerts = sim.slack.messages('C0CLASSES', 'U0ANA').filter((m) => m.text.startsWith('Problem with'));
  expect(alerts).toHaveLength(1);
  expect((await kept())?.outbox).toEqual([]);
});

describe('more recorders than one', () => {
  const parts = async () => [...(await sim.sessions()).values()].sort((a, b) => a.part - b.part);
  const running = () => sim.agora.ledger().filter((t) => t.endedAt === undefined);

  test('a stop ends both recorders', async () => {
    const { session } = await bot.recordings.start(aStart('math-101', { redundant: true }));
    const all = async () => (await parts()).filter((s) => s.state === 'recording').length === 2;
    expect(await sim.passUntil(all, 60_000)).toBe(true);
    await bot.recordings.stop(session.id, 'U0ANA');
    await sim.pass(60_000);
    expect(running()).toEqual([]);
  });
});

describe('what there is', () => {
  test('is known by its channel and, while it is live, by itself; also where the version before kept it', async () => {
    expect(await bot.recordings.live()).toEqual([]);
    const first = await bot.recordings.start(aStart('math-101', { redundant: true }));
    expect(await records()).toBe(true);
    const second = await bot.recordings.start(aStart('art'));
    const ids = async () => (await bot.recordings.live()).map((s) => s.id);
    // One of a wish, whatever its parts.
    expect((await ids()).toSorted()).toEqual([first.session.id, second.session.id].toSorted());
    await bot.recordings.stop(first.session.id, 'U0ANA');
    expect(await sim.passUntil(async () => (await ids()).length === 1, 180_000)).toBe(true);
    expect(await ids()).toEqual([second.session.id]);
    sim.setAround((call, run) => (call.name === 'last' ? Promise.resolve(undefined as never) : run()));
    expect((await bot.recordings.named('math-101'))[0]?.id).toBe(first.session.id);
    expect((await bot.recordings.named('art'))[0]?.id).toBe(second.session.id);
    expect(await bot.recordings.named('nothing')).toEqual([]);
  });
});

describe('the card', () => {
  test('that changed while it was on its way is drawn once more', async () => {
    const { session } = await bot.recordings.start(aStart('math-101', { maxDuration: 28_800_000 }));
    expect(await records()).toBe(true);
    await sim.pass(10_000);
    let once = true;
    sim.setAround(async (call, run) => {
      const value = await run();
      if (once && call.name === 'chat.update') {
        once = false;
        await bot.recordings.extend(session.id, 3_600_000, 'U0BEN');
      }
      return value;
    });
    await bot.recordings.extend(session.id, 900_000, 'U0ANA');
    await sim.pass(20_000);
    const { stopAt, outbox } = (await kept()) as Session;
    expect(stopAt).toBe(session.stopAt + 4_500_000);
    expect(outbox).toEqual([]);
    expect(JSON.stringify(sim.slack.messages('C0CLASSES', 'U0ANA')[0]?.blocks)).toContain(`<!date^${stopAt / 1000}^`);
  });
});
