import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Delivery } from '../../src/recording/announcer.ts';
import type { OutboxItem } from '../../src/recording/messages.ts';
import type { Session } from '../../src/recording/session.ts';
import { tellOnce } from '../../src/recording/tell-once.ts';
import { createAnnouncer } from '../../src/slack/create-announcer.ts';
import { createSealer } from '../../src/slack/create-sealer.ts';
import { createEmbeddedRig } from '../store/embedded-rig.ts';
import { noon, sessionIn, someFailure, someFiles } from './support/sessions.ts';
import { type SlackApp, startSlackApp } from './support/start-slack-app.ts';

/** The announcer against the sandbox's Slack: what arrives where, and what becomes of it when Slack does not take it. */
let world: SlackApp;
beforeEach(async () => {
  world = await startSlackApp();
});
afterEach(() => world.close());

const item = (message: OutboxItem['message'], tries = 0): OutboxItem => ({ id: '1', message, tries, nextAt: 0 });
const cardItem = item({ kind: 'card' });
const noteItem = item({ kind: 'thread', note: { type: 'recording', at: noon } });
const alertItem = item({ kind: 'alert', failure: someFailure });
let items = 0;
/** What is owed has an id of its own, and waits for its turn in the channel. */
async function deliver(s: Session, i: OutboxItem): Promise<Delivery> {
  const owed = i.tries === 0 && i.sentAt === undefined ? { ...i, id: `${++items}` } : i;
  world.clock.now += 1_000;
  for (;;) {
    const delivery = await world.announcer.deliver({ lead: s, parts: [s] }, s, owed, world.sending);
    if (delivery.ok || delivery.retryAfterMs === null || !delivery.waits) return delivery;
    world.clock.now += delivery.retryAfterMs;
  }
}
const seen = (channel = 'C0CLASSES', user = 'U0ANA') => world.slack.messages(channel, user);
const dm = () => seen('D0ANA');
const posts = () => world.slack.calls.filter((c) => c.method === 'chat.postMessage');
const errors = () => world.log.entries.filter((e) => e.level === 50);
const text = (messages: { blocks?: unknown }[]) => JSON.stringify(messages);
/** Where a delivery put the card. */
function placed(d: Delivery) {
  if (!d.ok || !d.card) throw new Error(`No card: ${JSON.stringify(d)}`);
  return d.card;
}

describe('card', () => {
  test('is posted once, with the session in its metadata, and drawn anew in its place', async () => {
    const place = placed(await deliver(sessionIn('requested'), cardItem));
    expect(place.channel).toBe('C0CLASSES');
    expect(posts()[0]?.args).toMatchObject({
      metadata: { event_type: 'agora_recording', event_payload: { session: 'session-1' } },
      unfurl_links: 'false',
      unfurl_media: 'false',
      parse: 'none',
      link_names: 'false',
    });
    expect(await deliver(sessionIn('recording', { card: place }), cardItem)).toEqual({ ok: true });
    expect(seen()).toHaveLength(1);
    expect(seen()[0]).toMatchObject({ ts: place.ts, text: expect.stringMatching(/: Recording\.$/) });
    expect(text(seen())).toContain('stop_recording');
    expect(seen()[0]?.edited).toBeUndefined();
    expect(world.slack.calls.at(-1)?.args).toMatchObject({ parse: 'none', link_names: 'false' });
  });

  test.each(['message_not_found', 'cant_update_message', 'edit_window_closed', 'is_inactive'])(
    '%s: a new one takes its place',
    async (error) => {
      const first = placed(await deliver(sessionIn('recording'), cardItem));
      world.slack.failNext({ method: 'chat.update', error });
      const second = placed(await deliver(sessionIn('recording', { card: first }), cardItem));
      expect(second).not.toEqual(first);
      expect(seen().map((m) => m.ts)).toContain(second.ts);
    },
  );

  test('somebody deleted it: a new one takes its place', async () => {
    const first = placed(await deliver(sessionIn('recording'), cardItem));
    world.slack.removeMessage(first.channel, first.ts);
    const second = placed(await deliver(sessionIn('recording', { card: first }), cardItem));
    expect(seen().map((m) => m.ts)).toEqual([second.ts]);
  });

  test('a reply that was lost: the card is found by its metadata, and not posted again', async () => {
    world.slack.failNext({ method: 'chat.postMessage', dropReplyAfterEffect: true });
    const s = sessionIn('recording');
    const lost = await deliver(s, { ...cardItem, id: 'lost', tries: 1 });
    expect(lost).toMatchObject({ ok: false, doubtful: true });
    const found = placed(await deliver(s, { ...cardItem, id: 'lost', tries: 2, sentAt: world.clock.now }));
    expect(seen().map((m) => m.ts)).toEqual([found.ts]);
  });

  test('a page that comes in place of a reply says nothing: the card may be there, and is looked for', async () => {
    world.slack.failNext({ method: 'chat.postMessage', error: '<html>Be right back</html>' });
    const lost = await deliver(sessionIn('recording'), { ...cardItem, id: 'page', tries: 1 });
    expect(lost).toMatchObject({ ok: false, doubtful: true, reason: 'slack_webapi_platform_error' });
  });

  test('a reply that takes too long: it has time to arrive before it is looked for', { timeout: 30_000 }, async () => {
    // Longer than the client waits.
    world.slack.failNext({ method: 'chat.postMessage', delay: 10_300 });
    const lost = await deliver(sessionIn('recording'), { ...cardItem, id: 'slow', tries: 1 });
    expect(lost).toMatchObject({ ok: false, doubtful: true });
    expect(!lost.ok && lost.retryAfterMs).toBeGreaterThanOrEqual(10_000);
    const next = { ...alertItem, id: 'next' };
    const s = sessionIn('failed');
    const waits = await world.announcer.deliver({ lead: s, parts: [s] }, s, next, world.sending);
    expect(waits).toMatchObject({ ok: false, waits: true });
    expect(!waits.ok && waits.retryAfterMs).toBeGreaterThanOrEqual(10_000);
  });

  test('and says what has happened since it was sent', async () => {
    world.slack.failNext({ method: 'chat.postMessage', dropReplyAfterEffect: true });
    await deliver(sessionIn('recording'), { ...cardItem, id: 'lost', tries: 1 });
    const since = { ...cardItem, id: 'lost', tries: 2, sentAt: world.clock.now };
    const found = placed(await deliver(sessionIn('completed'), since));
    expect(seen()).toMatchObject([{ ts: found.ts, text: expect.stringMatching(/Done, Agora confirms the files/) }]);
  });
});

describe('notes and alerts', () => {
  test('a note stands in the thread and nowhere else', async () => {
    const place = placed(await deliver(sessionIn('recording'), cardItem));
    await deliver(sessionIn('recording', { card: place }), noteItem);
    const reply = seen().at(-1);
    expect(reply).toMatchObject({ thread_ts: place.ts, text: 'Agora confirms: `math-101` is being recorded.' });
    expect(reply?.is_broadcast).toBeUndefined();
  });

  test('an alert stands in the thread and in the channel, once', async () => {
    const place = placed(await deliver(sessionIn('recording'), cardItem));
    await deliver(sessionIn('failed', { card: place }), alertItem);
    expect(seen().filter((m) => m.text.startsWith('Problem'))).toEqual([
      expect.objectContaining({ thread_ts: place.ts, is_broadcast: true }),
    ]);
  });

  test.each([
    ['note', noteItem],
    ['alert', alertItem],
  ])('without a card a %s is a message of its own', async (_kind, owed) => {
    expect(await deliver(sessionIn('failed'), owed)).toEqual({ ok: true });
    expect(seen()).toHaveLength(1);
    expect(seen()[0]?.thread_ts).toBeUndefined();
  });

  test('a thread whose card was deleted: the news is told all the same', async () => {
    const place = placed(await deliver(sessionIn('recording'), cardItem));
    world.slack.removeMessage(place.channel, place.ts);
    expect(await deliver(sessionIn('failed', { card: place }), alertItem)).toEqual({ ok: true });
    expect(seen().map((m) => m.text)).toEqual([expect.stringMatching(/^Problem/)]);
  });
});

describe('a channel that cannot be reached', () => {
  const unreachable = [
    'channel_not_found',
    'not_in_channel',
    'is_archived',
    'restricted_action',
    'restricted_action_read_only_channel',
    'restricted_action_thread_only_channel',
    'restricted_action_non_threadable_channel',
  ];

  test.each(unreachable)('%s: the card goes to the person who started it, and says why', async (error) => {
    world.slack.failNext({ method: 'chat.postMessage', error });
    const place = placed(await deliver(sessionIn('requested'), cardItem));
    expect(place.channel).toBe('D0ANA');
    expect(text(dm())).toContain('I cannot post in <#C0CLASSES>');
    // It is kept up to date there, and its buttons stay.
    expect(await deliver(sessionIn('recording', { card: place }), cardItem)).toEqual({ ok: true });
    expect(dm()).toHaveLength(1);
    expect(text(dm())).toContain('I cannot post in <#C0CLASSES>');
    expect(text(dm())).toContain('stop_recording');
    expect(seen()).toEqual([]);
  });

  test('the bot was never in it', async () => {
    const place = placed(await deliver(sessionIn('requested', { channel: 'C0RANDOM' }), cardItem));
    expect(place.channel).toBe('D0ANA');
  });

  test('archived or left after the card was posted: card, notes and alerts move on together', async () => {
    for (const lose of [
      () => world.slack.archive('C0CLASSES'),
      () => world.slack.setMember('C0GENERAL', world.slack.app.botUser, false),
    ]) {
      const channel = dm().length === 0 ? 'C0CLASSES' : 'C0GENERAL';
      const first = placed(await deliver(sessionIn('recording', { channel }), cardItem));
      lose();
      expect(await deliver(sessionIn('recording', { channel, card: first }), alertItem)).toEqual({ ok: true });
      expect(dm().at(-1)?.text).toMatch(/^Problem/);
      expect(text(dm().slice(-1))).toContain(`in <#${channel}>`);
      const moved = placed(await deliver(sessionIn('failed', { channel, card: first }), cardItem));
      expect(moved.channel).toBe('D0ANA');
      await deliver(sessionIn('failed', { channel, card: moved }), noteItem);
      expect(dm().at(-1)?.thread_ts).toBe(moved.ts);
    }
  });

  test('nor the person: ALERT_CHANNEL', async () => {
    const s = sessionIn('failed', { channel: 'C0RANDOM', startedBy: 'U0GONE' });
    expect(await deliver(s, alertItem)).toEqual({ ok: true });
    expect(seen('C0OPS').map((m) => m.text)).toEqual([expect.stringMatching(/^Problem/)]);
    expect(text(seen('C0OPS'))).toContain('started by <@U0GONE> in <#C0RANDOM>');
  });

  test('nor that: said to be undeliverable, with every place that was tried', async () => {
    world.slack.archive('C0OPS');
    const s = sessionIn('failed', { channel: 'C0RANDOM', startedBy: 'U0GONE' });
    expect(await deliver(s, alertItem)).toEqual({
      ok: false,
      retryAfterMs: null,
      reason: 'C0RANDOM: not_in_channel, U0GONE: channel_not_found, C0OPS: is_archived',
    });
  });

  test('without ALERT_CHANNEL nothing else is tried', async () => {
    const announcer = createAnnouncer({
      client: world.client,
      alertChannel: undefined,
      links: { of: async () => new Map(), places: async () => new Map() },
      sealer: createSealer('x'),
      now: () => world.clock.now,
      log: world.log.log,
    });
    const s = sessionIn('failed', { channel: 'C0RANDOM', startedBy: 'U0GONE' });
    expect(await announcer.deliver({ lead: s, parts: [s] }, s, alertItem, world.sending)).toMatchObject({
      ok: false,
      retryAfterMs: null,
    });
    expect(posts()).toHaveLength(2);
  });
});

describe('what operators are told', () => {
  const warning = { kind: 'unreadable', id: 'x', why: 'y' } as const;
  const ops = () => seen('C0OPS').map((m) => m.text);

  test('stands in ALERT_CHANNEL, once in its time', async () => {
    const rig = await createEmbeddedRig(':memory:');
    const tell = () => tellOnce(rig.store, 'k', 24 * 3_600_000, () => world.announcer.warn(warning));
    expect([await tell(), await tell()]).toEqual([true, false]);
    expect(ops()).toHaveLength(1);
    await rig.close();
  });

  test.each<[string, boolean, number]>([
    ['not_in_channel', false, 30],
    ['is_archived', false, 30],
    ['internal_error', true, 0],
  ])('%s: it is not told, and tried again', async (error, isSoon, minutesLater) => {
    const rig = await createEmbeddedRig(':memory:');
    const tell = () => tellOnce(rig.store, 'k', 24 * 3_600_000, () => world.announcer.warn(warning));
    world.slack.failNext({ method: 'chat.postMessage', error });
    expect(await tell()).toBe(false);
    expect(await tell()).toBe(isSoon);
    rig.pass(minutesLater * 60_000);
    expect(await tell()).toBe(false);
    rig.pass(31 * 60_000);
    expect(await tell()).toBe(!isSoon);
    expect(ops()).toHaveLength(1);
    await rig.close();
  });
});

describe('Slack has trouble', () => {
  const once = { method: 'chat.postMessage' };

  test('429: waits as long as Slack says', async () => {
    world.slack.failNext({ ...once, status: 429, retryAfter: 7 });
    expect(await deliver(sessionIn('recording'), cardItem)).toMatchObject({ ok: false, retryAfterMs: 7000 });
    expect(posts()).toHaveLength(1);
  });

  test('429: the next message to that channel waits too, and other channels do not', async () => {
    const asked = (channel: string, id: string) => {
      const s = sessionIn('recording', { channel });
      return world.announcer.deliver({ lead: s, parts: [s] }, s, { ...cardItem, id }, world.sending);
    };
    world.slack.failNext({ ...once, status: 429, retryAfter: 30 });
    expect(await asked('C0CLASSES', 'a')).toMatchObject({ ok: false, retryAfterMs: 30_000 });
    world.clock.now += 2_000;
    const before = posts().length;
    expect(await asked('C0CLASSES', 'b')).toMatchObject({ ok: false, retryAfterMs: 28_000, waits: true });
    expect(posts()).toHaveLength(before);
    expect(await asked('C0GENERAL', 'c')).toMatchObject({ ok: true });
  });

  test.each([
    [0, 1],
    [1, 2],
    [2, 4],
    [3, 8],
    [4, 15],
    [5, 30],
    [6, 60],
    [99, 60],
  ])('down, after %i tries: again in %i s', async (tries, seconds) => {
    world.slack.setDown(true);
    expect(await deliver(sessionIn('recording'), { ...cardItem, tries })).toMatchObject({
      ok: false,
      retryAfterMs: seconds * 1000,
    });
  });

  test.each([
    ['an HTTP error', { ...once, status: 500 }],
    ['an error of Slack', { ...once, error: 'fatal_error' }],
    ['an error nobody knows', { ...once, error: 'something_new' }],
  ])('%s: again in a moment, and only once at a time', async (_name, failure) => {
    world.slack.failNext(failure);
    expect(await deliver(sessionIn('recording'), cardItem)).toMatchObject({ ok: false, retryAfterMs: 1000 });
    expect(posts()).toHaveLength(1);
    placed(await deliver(sessionIn('recording'), { ...cardItem, tries: 1 }));
  });

  test('trouble with an update is no reason for a second card', async () => {
    const place = placed(await deliver(sessionIn('recording'), cardItem));
    world.slack.failNext({ method: 'chat.update', status: 502 });
    expect(await deliver(sessionIn('recording', { card: place }), cardItem)).toMatchObject({ retryAfterMs: 1000 });
    expect(posts()).toHaveLength(1);
  });

  test.each(['account_inactive', 'invalid_auth', 'token_revoked', 'token_expired', 'missing_scope'])(
    '%s: nothing is dropped, and an operator is told',
    async (error) => {
      world.slack.failNext({ ...once, error });
      expect(await deliver(sessionIn('recording'), alertItem)).toEqual({
        ok: false,
        retryAfterMs: 60_000,
        reason: error,
      });
      expect(errors().map((e) => e.msg)).toEqual([expect.stringMatching(/shut the app out/)]);
    },
  );
});

describe('a message that Slack does not take as it is', () => {
  test.each(['invalid_blocks', 'msg_blocks_too_long', 'invalid_arguments'])(
    '%s: its sentence is sent alone, so that nothing behind it waits for ever',
    async (error) => {
      world.slack.failNext({ method: 'chat.postMessage', error });
      expect(await deliver(sessionIn('failed'), alertItem)).toEqual({ ok: true });
      expect(seen()).toEqual([expect.objectContaining({ text: expect.stringMatching(/^Problem/) })]);
      expect(seen()[0]?.blocks).toBeUndefined();
      expect(errors()).toHaveLength(1);
    },
  );

  test('the same for a card that is there', async () => {
    const place = placed(await deliver(sessionIn('recording'), cardItem));
    world.slack.failNext({ method: 'chat.update', error: 'invalid_blocks' });
    expect(await deliver(sessionIn('stopping', { card: place }), cardItem)).toEqual({ ok: true });
    expect(seen()).toEqual([expect.objectContaining({ ts: place.ts, text: expect.stringMatching(/Stopping\.$/) })]);
  });

  test('five hundred files are taken', async () => {
    const files = someFiles(500);
    const place = placed(await deliver(sessionIn('completed', { files }), cardItem));
    const done = item({ kind: 'thread', note: { type: 'files', files, proof: 'agora' } });
    expect(await deliver(sessionIn('completed', { files, card: place }), done)).toEqual({ ok: true });
    expect(errors()).toEqual([]);
    expect(text(seen())).toContain('and 480 more');
  });
});
