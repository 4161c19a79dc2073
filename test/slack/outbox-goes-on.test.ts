import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Announcer } from '../../src/recording/announcer.ts';
import { unwatched } from '../../src/recording/failures.ts';
import type { OutboxItem } from '../../src/recording/messages.ts';
import { dueAt } from '../../src/recording/planner.ts';
import type { Session } from '../../src/recording/session.ts';
import { createEmbeddedRig, type EmbeddedRig } from '../store/embedded-rig.ts';
import { createProcess } from './support/create-process.ts';
import { noon, sessionIn, someFailure, someFiles } from './support/sessions.ts';
import { type SlackApp, startSlackApp } from './support/start-slack-app.ts';

/** What one message cannot do must not keep the others: the outbox and the announcer against the sandbox's Slack. */
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

const begin = () => createProcess(world, rig.store);
async function pass(seconds: number, step: number, ids: string[], outbox = begin()) {
  for (let i = 0; i < seconds; i += step) {
    world.clock.now += step * 1000;
    for (const id of ids) await outbox.send(id);
  }
}
const owed = (id: string, message: OutboxItem['message']): OutboxItem => ({ id, message, tries: 0, nextAt: 0 });
const card = owed('card', { kind: 'card' });
const list = owed('list', { kind: 'thread', note: { type: 'file_list' } });
const alert = owed('alert', { kind: 'alert', failure: someFailure });
const left = async (id: string) => (await rig.store.get(id))?.outbox.map((o) => o.id);
const texts = () => world.slack.stored().map((m) => m.text);

describe('a list of files', () => {
  test.each(['file_type_not_allowed', 'file_uploads_disabled', 'missing_scope'])(
    'that Slack refuses with %s is given up, and what comes after it is told',
    async (error) => {
      await rig.store.create(sessionIn('completed', { id: 's', files: someFiles(30), outbox: [card, list, alert] }));
      world.slack.failNext({ method: 'files.getUploadURLExternal', error, times: Infinity });
      await pass(600, 10, ['s']);
      expect(await left('s')).toEqual([]);
      expect(texts()).toEqual([expect.stringMatching(/^Recording of/), expect.stringMatching(/^Problem with/)]);
    },
  );

  test.each([
    { error: 'internal_error' },
    { error: 'storage_limit_reached' },
    { error: 'team_added_to_org' },
    { status: 429, retryAfter: 300 },
  ])('that Slack cannot take now (%j) steps aside, and is sent when it can be', async (trouble) => {
    await rig.store.create(sessionIn('completed', { id: 's', files: someFiles(30), outbox: [card, list, alert] }));
    world.slack.failNext({ method: 'files.getUploadURLExternal', ...trouble, times: Infinity });
    const outbox = begin();
    await pass(60, 5, ['s'], outbox);
    expect(await left('s')).toEqual(['list']);
    expect(texts()).toEqual([expect.stringMatching(/^Recording of/), expect.stringMatching(/^Problem with/)]);
    world.slack.clearFailures();
    await pass(600, 10, ['s'], outbox);
    expect(await left('s')).toEqual([]);
    expect(world.slack.calls.map((c) => c.method)).toContain('files.completeUploadExternal');
  });
});

test('a list of files waits for a card that Slack refuses for long', async () => {
  const note = owed('files', { kind: 'thread', note: { type: 'files', files: someFiles(30), proof: 'agora' } });
  await rig.store.create(sessionIn('completed', { id: 's', files: someFiles(30), outbox: [card, note, list] }));
  world.slack.failNext({ method: 'chat.postMessage', error: 'ekm_access_denied', times: Infinity });
  const outbox = begin();
  await pass(1_800, 10, ['s'], outbox);
  expect(await left('s')).toEqual(['card', 'files', 'list']);
  world.slack.clearFailures();
  await pass(600, 10, ['s'], outbox);
  expect(await left('s')).toEqual([]);
  expect(world.slack.calls.map((c) => c.method)).toContain('files.completeUploadExternal');
});

test('an alert that comes to be owed while a list waits is told at once', async () => {
  await rig.store.create(sessionIn('completed', { id: 's', files: someFiles(30), outbox: [card, list] }));
  world.slack.failNext({ method: 'files.getUploadURLExternal', status: 429, retryAfter: 900, times: Infinity });
  const outbox = begin();
  await pass(10, 1, ['s'], outbox);
  expect(await left('s')).toEqual(['list']);
  await rig.store.update('s', (s) => ({ ...s, outbox: [...s.outbox, alert] }));
  await pass(5, 1, ['s'], outbox);
  expect(await left('s')).toEqual(['list']);
  expect(texts().at(-1)).toMatch(/^Problem with/);
  expect(dueAt((await rig.store.get('s')) as Session)).toBeGreaterThan(world.clock.now + 60_000);
});

describe('refusals that pass', () => {
  test.each(['team_added_to_org', 'rate_limited', 'ekm_access_denied', 'something_new'])(
    '%s everywhere: nothing is given up, and all is told when it is over',
    async (error) => {
      await rig.store.create(sessionIn('failed', { id: 's', outbox: [card, alert] }));
      world.slack.failNext({ method: 'chat.postMessage', error, times: Infinity });
      const outbox = begin();
      await pass(1_800, 10, ['s'], outbox);
      expect(await left('s')).toEqual(['card', 'alert']);
      world.slack.clearFailures();
      await pass(120, 10, ['s'], outbox);
      expect(await left('s')).toEqual([]);
      // One that was refused again and again is waited for by no other.
      expect(texts().sort()).toEqual([expect.stringMatching(/^Problem with/), expect.stringMatching(/^Recording of/)]);
    },
  );

  test('one after an outage says nothing of the channel: the card is not moved', async () => {
    await rig.store.create(sessionIn('recording', { id: 's', outbox: [card] }));
    const outbox = begin();
    world.slack.failNext({ method: 'chat.postMessage', error: 'service_unavailable', times: Infinity });
    await pass(900, 10, ['s'], outbox);
    expect(await left('s')).toEqual(['card']);
    world.slack.clearFailures();
    world.slack.failNext({ method: 'chat.postMessage', error: 'something_new' });
    await pass(120, 10, ['s'], outbox);
    expect((await rig.store.get('s'))?.card?.channel).toBe('C0CLASSES');
  });
});

test('a card that cannot be drawn anew holds up no alert', async () => {
  const posted = await world.client.chat.postMessage({ channel: 'C0CLASSES', text: 'The card.' });
  const place = { channel: 'C0CLASSES', ts: posted.ts ?? '' };
  await rig.store.create(sessionIn('failed', { id: 's', card: place, outbox: [card, alert] }));
  for (const method of ['chat.update', 'chat.postMessage'])
    world.slack.failNext({ method, channel: 'C0CLASSES', error: 'access_denied', times: Infinity });
  await pass(900, 10, ['s']);
  expect(await left('s')).toEqual([]);
  expect(texts().filter((t) => /^Problem with/.test(t))).toHaveLength(1);
});

test('a card that is refused everywhere holds up no alert', async () => {
  await rig.store.create(sessionIn('failed', { id: 's', outbox: [card, alert] }));
  const told: string[] = [];
  const announcer: Announcer = {
    async deliver(_wish, _s, { message }) {
      if (message.kind === 'card') return { ok: false, retryAfterMs: 60_000, reason: 'no', refused: true };
      told.push(message.kind);
      return { ok: true };
    },
    warn: async () => 'told' as const,
  };
  await pass(900, 10, ['s'], createProcess(world, rig.store, { announcer }));
  expect(told).toEqual(['alert']);
  expect(await left('s')).toEqual(['card']);
});

test('and is given up after a day', async () => {
  for (const channel of ['C0CLASSES', 'U0ANA', 'C0OPS'])
    world.slack.failNext({ method: 'chat.postMessage', channel, error: 'something_new', times: Infinity });
  await rig.store.create(sessionIn('failed', { id: 's', outbox: [card] }));
  await pass(2 * 86_400, 60, ['s']);
  expect(await left('s')).toEqual([]);
});

test('nor a storm in a channel that refuses for long: each goes to its own starter', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 8; i++) {
    const s = sessionIn('failed', { id: `s${i}`, channelName: `room-${i}`, outbox: [alert] });
    await rig.store.create(s);
    ids.push(s.id);
  }
  world.slack.failNext({ method: 'chat.postMessage', channel: 'C0CLASSES', error: 'access_denied', times: Infinity });
  await pass(1_200, 5, ids);
  for (const id of ids) expect(await left(id)).toEqual([]);
  expect(texts()).toHaveLength(8);
});

test.each(['ekm_access_denied', 'no_permission', 'access_denied', 'team_access_not_granted', 'something_new'])(
  'a channel that refuses with %s for long is left for the next place',
  async (error) => {
    await rig.store.create(sessionIn('failed', { id: 's', outbox: [alert] }));
    world.slack.failNext({ method: 'chat.postMessage', channel: 'C0CLASSES', error, times: Infinity });
    await pass(900, 10, ['s']);
    expect(await left('s')).toEqual([]);
    const posts = world.slack.calls.filter((c) => c.method === 'chat.postMessage');
    expect(posts.slice(0, 2).map((c) => c.args.channel)).toEqual(['C0CLASSES', 'C0CLASSES']);
    expect(posts.at(-1)?.args.channel).toBe('U0ANA');
  },
);

test('a message that was refused after it was looked for is not waited for', async () => {
  await rig.store.create(sessionIn('recording', { id: 's', outbox: [card, alert] }));
  world.slack.failNext({ method: 'chat.postMessage', dropReplyAfterEffect: true });
  await pass(10, 10, ['s']);
  // Another process goes on: it finds the card, and cannot draw it anew; and then it may not post just now.
  const outbox = begin();
  world.clock.now += 30_000;
  world.slack.failNext({ method: 'chat.update', error: 'message_not_found' });
  world.slack.failNext({ method: 'chat.postMessage', status: 429, retryAfter: 1 });
  await pass(120, 1, ['s'], outbox);
  expect(await left('s')).toEqual([]);
  expect(texts().at(-1)).toMatch(/^Problem with/);
});

test('a storm says of each cause what to do, once', async () => {
  const refusal = { class: 'retry_same', code: '503/-', cause: 'Agora is away.', next: 'N.', reason: '' } as const;
  const ids: string[] = [];
  for (let i = 0; i < 8; i++) {
    const s = sessionIn('recording', { id: `s${i}`, channelName: `room-${i}`, silenceTold: true });
    const failure = i === 0 ? someFailure : unwatched(s, noon - 600_000, refusal, noon + i);
    await rig.store.create({ ...s, outbox: [card, { ...alert, message: { kind: 'alert', failure } }] });
    ids.push(s.id);
  }
  await pass(60, 1, ids);
  const digest = JSON.stringify(world.slack.stored().filter((m) => /recordings at once/.test(m.text)));
  expect(digest.split('record it by another way too').length).toBe(2);
  expect(digest.split('Agora is away.').length).toBe(2);
  expect(digest).toContain(someFailure.next);
  for (let i = 0; i < 8; i++) expect(digest).toContain(`room-${i}`);
});
