import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { oweCard, oweNote } from '../../src/recording/owe.ts';
import type { Session } from '../../src/recording/session.ts';
import { createEmbeddedRig, type EmbeddedRig } from '../store/embedded-rig.ts';
import { until } from '../support/until.ts';
import { createProcess, noLinks } from './support/create-process.ts';
import { noon, sessionIn, someFailure } from './support/sessions.ts';
import { type SlackApp, startSlackApp } from './support/start-slack-app.ts';

/** Two processes on one store, each with an outbox and an announcer of its own, as they are when any of them may have a session's turn. */
let world: SlackApp;
let rig: EmbeddedRig;
beforeEach(async () => {
  world = await startSlackApp();
  rig = await createEmbeddedRig(':memory:');
});
afterEach(async () => {
  await rig.close();
  await world.close();
});

const twoProcesses = async () => [createProcess(world, rig.store), createProcess(world, await rig.another())] as const;

/** So many recordings that were lost one after the other, each of which owes its alert. */
async function lose(many: number, first = 0): Promise<string[]> {
  const sessions: Session[] = Array.from({ length: many }, (_, i) => {
    const n = first + i;
    const failure = { ...someFailure, at: noon + n };
    const outbox = [{ id: '1', message: { kind: 'alert', failure }, tries: 0, nextAt: 0 }];
    return sessionIn('failed', { id: `s${n}`, channelName: `room-${n}`, failure, outbox });
  });
  for (const s of sessions) await rig.store.create(s);
  return sessions.map((s) => s.id);
}

const posts = () => world.slack.calls.filter((c) => c.method === 'chat.postMessage');
/** How often each of them was told. */
function told(ids: readonly string[]): number[] {
  const all = world.slack.messages('C0CLASSES', 'U0ANA').map((m) => `${m.text} ${JSON.stringify(m.blocks)}`);
  return ids.map((id) => all.filter((text) => new RegExp(`room-${id.slice(1)}\\b`).test(text)).length);
}
async function owed(ids: readonly string[]): Promise<string[]> {
  const sessions = await Promise.all(ids.map((id) => rig.store.get(id)));
  return sessions.flatMap((s) => (s && s.outbox.length > 0 ? [s.id] : []));
}

/** Gives each that still owes something a turn a second, at the process that `at` names. */
async function settle(ids: readonly string[], at: (turn: number) => { send(id: string): Promise<void> }) {
  for (let second = 0, turn = 0; (await owed(ids)).length > 0; second++) {
    if (second > 120) throw new Error('It does not come to an end');
    world.clock.now += 1_000;
    for (const id of await owed(ids)) await at(turn++).send(id);
  }
}

describe('a storm of alerts in two processes', () => {
  test('each is told once, whichever process has which turn', async () => {
    const [a, b] = await twoProcesses();
    const ids = await lose(20);
    await settle(ids, (turn) => (turn % 3 === 0 ? a : b));
    expect(told(ids)).toEqual(ids.map(() => 1));
    expect(posts().length).toBeLessThan(10);
  });

  test('what one has told alone the other does not tell again with the rest', async () => {
    const [a, b] = await twoProcesses();
    const ids = await lose(8);
    // The one hears of all, tells the first, and has the rest wait for their places.
    for (const id of ids) await b.send(id);
    for (const id of ids.slice(1, 6)) {
      world.clock.now += 7_000;
      await a.send(id);
    }
    expect(told(ids)).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
    await settle(ids, () => b);
    expect(told(ids)).toEqual(ids.map(() => 1));
  });

  test('what the other is telling just now, with the rest, is not told by this one', async () => {
    const [a, b] = await twoProcesses();
    const ids = await lose(8);
    for (const id of ids) await a.send(id);
    world.slack.failNext({ method: 'chat.postMessage', delay: 500 });
    world.clock.now += 1_000;
    const before = posts().length;
    const slow = a.send('s1');
    await until('it is on its way', async () => (await rig.store.get('s7'))?.outbox[0]?.sentAt !== undefined);
    // Its place in the queue has come, at either of them.
    world.clock.now += 16_000;
    await b.send('s5');
    world.clock.now += 5_000;
    await a.send('s5');
    expect(posts().length).toBeLessThanOrEqual(before + 1);
    await slow;
    await settle(ids, (turn) => (turn % 2 === 0 ? a : b));
    expect(told(ids)).toEqual(ids.map(() => 1));
  });

  test('what was being told when a process died is looked for, and told if it is not there', async () => {
    const [a, b] = await twoProcesses();
    const ids = await lose(8);
    for (const id of ids) await a.send(id);
    // Sent by a process that never hears of it again, once so that Slack has it and once not.
    for (const how of [{ dropReplyAfterEffect: true }, { dropRequest: true }]) {
      world.slack.failNext({ method: 'chat.postMessage', ...how });
      world.clock.now += 1_000;
      await a.send('s1');
    }
    await settle(ids, () => b);
    expect(told(ids)).toEqual(ids.map(() => 1));
  });

  test('and not told again because Slack does not let it be looked for', async () => {
    const [a, b] = await twoProcesses();
    const ids = await lose(1);
    world.slack.failNext({ method: 'chat.postMessage', dropReplyAfterEffect: true });
    await a.send('s0');
    world.slack.failNext({ method: 'conversations.history', status: 429, retryAfter: 3, times: 2 });
    await settle(ids, () => b);
    expect(told(ids)).toEqual([1]);
  });

  test('nor because the other one’s clock is ahead', async () => {
    const a = createProcess(world, rig.store, { ahead: 2_000 });
    const b = createProcess(world, await rig.another());
    const ids = await lose(8);
    for (const id of ids) await a.send(id);
    world.slack.failNext({ method: 'chat.postMessage', delay: 1_000 });
    world.clock.now += 12_000;
    const slow = a.send('s1');
    await until('it is on its way', async () => (await rig.store.get('s7'))?.outbox[0]?.sentAt !== undefined);
    world.clock.now += 300;
    await b.send('s5');
    await slow;
    await settle(ids, (turn) => (turn % 2 === 0 ? a : b));
    expect(told(ids)).toEqual(ids.map(() => 1));
  });

  test('nor when the store takes so long to write down what is told that the other one looks for it', async () => {
    const held = Promise.withResolvers<void>();
    let slowly = false;
    const store: Pick<EmbeddedRig['store'], 'get' | 'update'> = {
      get: (id) => rig.store.get(id),
      async update(id, change) {
        if (slowly && id === 's7') await held.promise;
        return rig.store.update(id, change);
      },
    };
    const b = createProcess(world, await rig.another());
    const ids = await lose(8);
    const a = createProcess(world, store);
    for (const id of ids) await a.send(id);
    slowly = true;
    world.clock.now += 12_000;
    const slow = a.send('s1');
    await until('they are written down', async () => (await rig.store.get('s6'))?.outbox[0]?.sentAt !== undefined);
    world.clock.now += 21_000;
    await b.send('s5');
    held.resolve();
    await slow;
    await settle(ids, (turn) => (turn % 2 === 0 ? a : b));
    expect(told(ids)).toEqual(ids.map(() => 1));
  });

  test('without the right to look messages up each is told once all the same, also over a restart', async () => {
    const [a, b] = await twoProcesses();
    world.slack.failNext({ method: 'conversations.history', error: 'missing_scope', times: Infinity });
    const ids = await lose(60);
    for (let second = 0; second < 4; second++) {
      world.clock.now += 1_000;
      for (const id of await owed(ids)) await a.send(id);
    }
    const restarted = createProcess(world, await rig.another());
    await settle(ids, (turn) => (turn % 3 === 0 ? restarted : b));
    expect(told(ids)).toEqual(ids.map(() => 1));
  });

  test('what Slack does not take together is told one by one', async () => {
    const [a] = await twoProcesses();
    const ids = await lose(8);
    for (const id of ids) await a.send(id);
    world.slack.failNext({ method: 'chat.postMessage', error: 'msg_blocks_too_long' });
    await settle(ids, () => a);
    expect(told(ids)).toEqual(ids.map(() => 1));
    expect(posts().filter((c) => c.ok)).toHaveLength(8);
  });

  test('and later ones are told together again, though the other one told what was left', async () => {
    const [a, b] = await twoProcesses();
    const ids = await lose(8);
    for (const id of ids) await a.send(id);
    world.slack.failNext({ method: 'chat.postMessage', error: 'msg_blocks_too_long' });
    world.clock.now += 1_000;
    await a.send('s1');
    await settle(ids, () => b);
    world.clock.now += 20 * 60_000;
    const before = posts().length;
    const more = await lose(20, 100);
    await settle(more, () => a);
    expect(told(more)).toEqual(more.map(() => 1));
    expect(posts().length - before).toBeLessThan(10);
  });

  test('as many messages as its size takes, and then the channel is free at once', async () => {
    const [a] = await twoProcesses();
    const ids = await lose(200);
    const begun = world.clock.now;
    await settle(ids, () => a);
    expect(told(ids)).toEqual(ids.map(() => 1));
    // A message a second; one by one it would take 200.
    expect(world.clock.now - begun).toBeLessThan(30_000);
    const card = [{ id: '1', message: { kind: 'card' }, tries: 0, nextAt: 0 }];
    await rig.store.create(sessionIn('requested', { id: 'new', channelName: 'new', outbox: card }));
    const asked = world.clock.now;
    await settle(['new'], () => a);
    expect(world.clock.now - asked).toBeLessThan(5_000);
  });

  test('what was sent is found though much was said since', async () => {
    const [a] = await twoProcesses();
    const ids = await lose(1);
    world.slack.failNext({ method: 'chat.postMessage', dropReplyAfterEffect: true });
    await a.send('s0');
    for (let n = 0; n < 201; n++) await world.client.chat.postMessage({ channel: 'C0CLASSES', text: `chatter ${n}` });
    await settle(ids, () => a);
    expect(told(ids)).toEqual([1]);
  });

  test('Slack refuses for a while: nothing is looked for that certainly is not there', async () => {
    const [a] = await twoProcesses();
    const ids = await lose(8);
    for (const id of ids) await a.send(id);
    world.slack.failNext({ method: 'chat.postMessage', status: 429, retryAfter: 5 });
    await settle(ids, () => a);
    expect(told(ids)).toEqual(ids.map(() => 1));
    expect(world.slack.calls.filter((c) => c.method.startsWith('conversations.'))).toEqual([]);
  });

  test('what went to ALERT_CHANNEL, or to a person who was written to before, is found there', async () => {
    const [a] = await twoProcesses();
    const [first, second] = await Promise.all([lose(1), lose(1, 1)]);
    for (const id of [...first, ...second]) await rig.store.update(id, (s) => ({ ...s, channel: 'C0NOWHERE' }));
    await settle(first, () => a);
    world.slack.failNext({ method: 'chat.postMessage', error: 'channel_not_found' });
    world.slack.failNext({ method: 'chat.postMessage', dropReplyAfterEffect: true });
    await settle(second, () => a);
    const third = await lose(1, 2);
    await rig.store.update('s2', (s) => ({ ...s, channel: 'C0NOWHERE' }));
    world.slack.failNext({ method: 'chat.postMessage', error: 'channel_not_found' });
    world.slack.failNext({ method: 'chat.postMessage', error: 'user_disabled' });
    world.slack.failNext({ method: 'chat.postMessage', dropReplyAfterEffect: true });
    await settle(third, () => a);
    const texts = world.slack.stored().map((m) => m.text);
    for (const n of [0, 1, 2]) expect(texts.filter((text) => text.includes(`room-${n}`))).toHaveLength(1);
  });

  test('a list of files whose answer was lost is not uploaded again', async () => {
    const [a] = await twoProcesses();
    const outbox = [
      { id: '1', message: { kind: 'card' }, tries: 0, nextAt: 0 },
      { id: '2', message: { kind: 'thread', note: { type: 'file_list' } }, tries: 0, nextAt: 0 },
    ];
    await rig.store.create(sessionIn('completed', { id: 's0', outbox }));
    world.slack.failNext({ method: 'files.completeUploadExternal', dropReplyAfterEffect: true });
    await settle(['s0'], () => a);
    expect(world.slack.stored().filter((m) => m.files?.length)).toHaveLength(1);
  });

  test('a process that was frozen just before it sends does not send what another one has sent meanwhile', async () => {
    const frozen = Promise.withResolvers<void>();
    let freezes = false;
    const store: Pick<EmbeddedRig['store'], 'get' | 'update'> = {
      get: (id) => rig.store.get(id),
      async update(id, change) {
        const saved = await rig.store.update(id, change);
        if (freezes) {
          freezes = false;
          await frozen.promise;
        }
        return saved;
      },
    };
    const a = createProcess(world, store);
    const b = createProcess(world, await rig.another());
    const outbox = [{ id: '1', message: { kind: 'card' }, tries: 0, nextAt: 0 }];
    await rig.store.create(sessionIn('recording', { id: 's0', outbox }));
    freezes = true;
    const slow = a.send('s0');
    await until('it is written down', async () => (await rig.store.get('s0'))?.outbox[0]?.sentAt !== undefined);
    world.clock.now += 60_000;
    await b.send('s0');
    frozen.resolve();
    await slow;
    world.clock.now += 60_000;
    await a.send('s0');
    expect(posts()).toHaveLength(1);
  });
});

describe('a card that two processes draw', () => {
  test('shows how the recording is, though Slack takes an older drawing last', async () => {
    const [a, b] = await twoProcesses();
    await rig.store.create(oweCard(sessionIn('recording', { id: 's0', outbox: [] }), 0));
    await a.send('s0');
    const rename = (title: string) => rig.store.update('s0', (s) => oweCard({ ...s, title }, 0));
    await rename('The older title');
    world.slack.failNext({ method: 'chat.update', delay: 500 });
    const slow = a.send('s0');
    // Nothing shows that a call has come to Slack which it has not taken yet.
    await delay(200);
    await rename('The newer title');
    await b.send('s0');
    await slow;
    expect(JSON.stringify(world.slack.messages('C0CLASSES', 'U0ANA'))).toContain('The newer title');
    expect(await owed(['s0'])).toEqual([]);
    expect(world.slack.calls.filter((c) => c.method === 'chat.update').length).toBeLessThanOrEqual(3);
  });
});

describe('a list of files', () => {
  const lists = () => world.slack.stored().filter((m) => m.files?.length);
  /** A recording that has its card, and owes the list. */
  async function oweList(): Promise<string[]> {
    const { channel = '', ts = '' } = await world.client.chat.postMessage({ channel: 'C0CLASSES', text: 'The card.' });
    const s = sessionIn('completed', { id: 's0', card: { channel, ts }, outbox: [] });
    await rig.store.create(oweNote(s, 0, { type: 'file_list' }));
    return ['s0'];
  }
  const isBegun = async () => (await rig.store.get('s0'))?.outbox[0]?.sentAt !== undefined;

  test('that the other one uploads just now, in three slow calls, is left alone', async () => {
    const [a, b] = await twoProcesses();
    const ids = await oweList();
    world.slack.failNext({ method: 'files.completeUploadExternal', delay: 500 });
    const slow = a.send('s0');
    await until('it is under way', () => world.slack.calls.some((c) => c.method === 'files.getUploadURLExternal'));
    world.clock.now += 28_000;
    await b.send('s0');
    await slow;
    await settle(ids, () => b);
    expect(lists()).toHaveLength(1);
  });

  test('that another one has uploaded while this one made it is not uploaded again', async () => {
    const made = Promise.withResolvers<Map<string, string>>();
    const a = createProcess(world, rig.store, { links: { ...noLinks, places: () => made.promise } });
    const b = createProcess(world, await rig.another());
    const ids = await oweList();
    const slow = a.send('s0');
    await until('it is written down', isBegun);
    world.clock.now += 60_000;
    await b.send('s0');
    made.resolve(new Map());
    await slow;
    await settle(ids, () => a);
    expect(lists()).toHaveLength(1);
  });

  test('of a process that died over it is looked for after that, and uploaded', async () => {
    const [, b] = await twoProcesses();
    const dead = createProcess(world, rig.store, { links: { ...noLinks, places: () => new Promise(() => undefined) } });
    const ids = await oweList();
    void dead.send('s0');
    await until('it is written down', isBegun);
    const begun = world.clock.now;
    await settle(ids, () => b);
    expect(world.clock.now - begun).toBeLessThan(60_000);
    expect(lists()).toHaveLength(1);
  });
});
