import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOutbox } from '../../src/recording/create-outbox.ts';
import { unwatched } from '../../src/recording/failures.ts';
import type { OutboxItem } from '../../src/recording/messages.ts';
import { createAnnouncer } from '../../src/slack/create-announcer.ts';
import { createSealer } from '../../src/slack/create-sealer.ts';
import { createEmbeddedRig, type EmbeddedRig } from '../store/embedded-rig.ts';
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

function begin() {
  const { client, log } = world;
  const now = () => world.clock.now;
  const links = { of: async () => new Map(), places: async () => new Map() };
  const announcer = createAnnouncer({
    ...{ client, links, now },
    alertChannel: 'C0OPS',
    sealer: createSealer('x'),
    log: log.log,
  });
  return createOutbox({ store: rig.store, announcer, wake: () => undefined, now, log: log.log });
}
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
  test.each(['file_type_not_allowed', 'storage_limit_reached', 'team_added_to_org'])(
    'that Slack refuses with %s is given up, and what comes after it is told',
    async (error) => {
      await rig.store.create(sessionIn('completed', { id: 's', files: someFiles(30), outbox: [card, list, alert] }));
      world.slack.failNext({ method: 'files.getUploadURLExternal', error, times: Infinity });
      await pass(600, 10, ['s']);
      expect(await left('s')).toEqual([]);
      expect(texts()).toEqual([expect.stringMatching(/^Recording of/), expect.stringMatching(/^Problem with/)]);
    },
  );

  test('that Slack cannot take now steps aside, and is sent when it can be', async () => {
    await rig.store.create(sessionIn('completed', { id: 's', files: someFiles(30), outbox: [card, list, alert] }));
    world.slack.failNext({ method: 'files.getUploadURLExternal', error: 'internal_error', times: Infinity });
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

test.each(['ekm_access_denied', 'no_permission', 'access_denied', 'team_access_not_granted', 'something_new'])(
  'a channel that refuses with %s for long is left for the next place',
  async (error) => {
    await rig.store.create(sessionIn('failed', { id: 's', outbox: [alert] }));
    world.slack.failNext({ method: 'chat.postMessage', error, times: 6 });
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
