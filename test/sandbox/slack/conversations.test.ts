import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, manifestWith, type Rig } from './rig.ts';

/** conversations.*: who may look where, and pages of what is said. */
let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

interface Said {
  text: string;
  ts: string;
  metadata?: object;
}
const call = async (method: string, args: Record<string, unknown>) => (await rig.call(method, args)).body;
const texts = (body: Record<string, unknown>) => ((body.messages ?? []) as Said[]).map((m) => m.text);
const inClasses = { channel: 'C0CLASSES' };
const lookers = ['conversations.info', 'conversations.members', 'conversations.history', 'conversations.replies'];
const argsFor = (method: string, channel: string) =>
  method === 'conversations.replies' ? { channel, ts: '1.000001' } : { channel };

describe.each(lookers)('%s', (method) => {
  test('sees no unknown channel, and no private one of others', async () => {
    rig.slack.setMember('C0STAFF', 'U0BOT', false);
    for (const channel of ['C0NOWHERE', 'C0STAFF', 'U0ANA'])
      expect((await call(method, argsFor(method, channel))).error).toBe('channel_not_found');
  });

  test('needs the scope for the kind of conversation', async () => {
    const dm = (await call('conversations.open', { users: 'U0ANA' })).channel as { id: string };
    const what = /history|replies/.test(method) ? 'history' : 'read';
    const kinds = { C0CLASSES: 'channels', C0STAFF: 'groups', [dm.id]: 'im' };
    for (const [channel, kind] of Object.entries(kinds)) {
      const scopes = ['channels', 'groups', 'im'].map((k) => `${k}:${what}`);
      const others = [...scopes.filter((s) => s !== `${kind}:${what}`), 'im:write', 'commands'];
      const bare = await createRig({ manifest: manifestWith(others) });
      await bare.call('conversations.open', { users: 'U0ANA' });
      const { body } = await bare.call(method, argsFor(method, channel));
      expect(body).toEqual({
        ok: false,
        error: 'missing_scope',
        needed: `${kind}:${what}`,
        provided: others.join(','),
      });
      await bare.close();
      expect((await call(method, argsFor(method, channel))).error).not.toBe('missing_scope');
    }
  });
});

test.each([
  ['conversations.history', { channel: 'C0RANDOM' }],
  ['conversations.replies', { channel: 'C0RANDOM', ts: '1.000001' }],
])('%s of a public channel is for those who are in it', async (method, args) => {
  expect((await call(method, args)).error).toBe('not_in_channel');
});

describe('conversations.info', () => {
  test('tells public from private, shared from our own, open from archived', async () => {
    rig.slack.archive('C0OPS');
    const info = async (channel: string) =>
      (await call('conversations.info', { channel, include_num_members: true })).channel;
    expect(await info('C0CLASSES')).toMatchObject({
      id: 'C0CLASSES',
      name: 'classes',
      is_private: false,
      is_archived: false,
      is_member: true,
      is_ext_shared: true,
      num_members: 5,
    });
    expect(await info('C0STAFF')).toMatchObject({ is_private: true, is_ext_shared: false, num_members: 2 });
    expect(await info('C0OPS')).toMatchObject({ is_archived: true });
    expect(await info('C0RANDOM')).toMatchObject({ is_member: false });
  });
});

describe('conversations.members', () => {
  test('come in pages', async () => {
    const first = await call('conversations.members', { ...inClasses, limit: 3 });
    const cursor = first.response_metadata?.next_cursor;
    const second = await call('conversations.members', { ...inClasses, limit: 3, cursor });
    expect(first.members).toHaveLength(3);
    expect([...(first.members as string[]), ...(second.members as string[])].sort()).toEqual(
      ['U0ANA', 'U0BEN', 'U0BOT', 'U0GIL', 'U0SAM'].sort(),
    );
    expect(second.response_metadata?.next_cursor).toBe('');
  });
});

describe('conversations.open', () => {
  test('opens the conversation with a person once', async () => {
    const first = await call('conversations.open', { users: 'U0ANA' });
    expect(first).toEqual({ ok: true, channel: { id: expect.stringMatching(/^D/) } });
    const { id } = first.channel as { id: string };
    const again = { ok: true, no_op: true, already_open: true, channel: { id } };
    expect(await call('conversations.open', { users: 'U0ANA' })).toEqual(again);
    expect(await call('conversations.open', { channel: id })).toEqual(again);
    const full = await call('conversations.open', { users: 'U0ANA', return_im: true });
    expect(full.channel).toMatchObject({ id, is_im: true, user: 'U0ANA' });
    expect((await call('chat.postMessage', { channel: id, text: 'hello' })).ok).toBe(true);
  });

  test.each<[string, object, string]>([
    ['nobody', {}, 'users_list_not_supplied'],
    ['an unknown person', { users: 'U0NOBODY' }, 'user_not_found'],
    ['a person of another workspace', { users: 'U0SAM' }, 'user_not_visible'],
    ['itself', { users: 'U0BOT' }, 'invalid_user_combination'],
    ['nine', { users: Array(9).fill('U0ANA').join(',') }, 'too_many_users'],
    ['two without mpim:write', { users: 'U0ANA,U0BEN' }, 'missing_scope'],
    ['a channel that is no such conversation', { channel: 'C0CLASSES' }, 'channel_not_found'],
    ['one that it may not make', { users: 'U0BEN', prevent_creation: true }, 'channel_not_found'],
  ])('refuses %s', async (_, args, error) => {
    expect((await call('conversations.open', { ...args })).error).toBe(error);
  });

  test('gives the person a conversation to write in', async () => {
    const { channel } = (await call('conversations.open', { users: 'U0ANA' })) as { channel: { id: string } };
    const snapshot = async (user: string) => (await fetch(`${rig.slack.url}/ui/snapshot?user=${user}`)).json();
    const dms = async (user: string) =>
      (await snapshot(user)).channels.filter((c: { kind: string }) => c.kind === 'im');
    expect(await dms('U0ANA')).toMatchObject([{ id: channel.id, is_member: true }]);
    expect(await dms('U0BEN')).toEqual([]);
    expect(await rig.slack.type({ user: 'U0ANA', channel: channel.id, text: 'hi' })).toEqual({ ok: true });
    expect(await rig.slack.type({ user: 'U0BEN', channel: channel.id, text: 'hi' })).toMatchObject({ ok: false });
    expect(texts(await call('conversations.history', { channel: channel.id }))).toEqual(['hi']);
  });
});

describe('conversations.history', () => {
  test('has the newest first, in pages', async () => {
    for (const n of [1, 2, 3, 4, 5]) await rig.post(`m${n}`);
    const first = await call('conversations.history', { ...inClasses, limit: 2 });
    expect([texts(first), first.has_more]).toEqual([['m5', 'm4'], true]);
    // What is said meanwhile does not move the pages.
    await rig.post('m6');
    const cursor = first.response_metadata?.next_cursor;
    const second = await call('conversations.history', { ...inClasses, limit: 2, cursor });
    expect(texts(second)).toEqual(['m3', 'm2']);
    const last = await call('conversations.history', {
      ...inClasses,
      limit: 2,
      cursor: second.response_metadata?.next_cursor,
    });
    expect([texts(last), last.has_more]).toEqual([['m1'], false]);
    expect(last).not.toHaveProperty('response_metadata');
  });

  test('lies between two times', async () => {
    const [oldest, , latest] = [await rig.post('a'), await rig.post('b'), await rig.post('c')];
    const between = async (more: object) => texts(await call('conversations.history', { ...inClasses, ...more }));
    expect(await between({ oldest, latest })).toEqual(['b']);
    expect(await between({ oldest, latest, inclusive: true })).toEqual(['c', 'b', 'a']);
    expect(await between({ oldest })).toEqual(['c', 'b']);
    expect(await between({ latest, inclusive: true, limit: 1 })).toEqual(['c']);
  });

  test('gives all of metadata only when asked', async () => {
    const metadata = { event_type: 'recording', event_payload: { id: 'r1' } };
    await rig.post('x', { metadata });
    const read = async (more: object) =>
      ((await call('conversations.history', { ...inClasses, ...more })).messages as Said[])[0]?.metadata;
    expect(await read({})).toEqual({ event_type: 'recording' });
    expect(await read({ include_all_metadata: true })).toEqual(metadata);
  });

  test('tells people from the app, and leaves replies to their threads', async () => {
    const parent = await rig.post('parent');
    await rig.slack.type({ user: 'U0SAM', channel: 'C0CLASSES', text: 'hello' });
    await rig.post('reply', { thread_ts: parent });
    await rig.post('loud', { thread_ts: parent, reply_broadcast: true });
    const { messages } = await call('conversations.history', inClasses);
    expect(messages).toMatchObject([
      { text: 'loud', subtype: 'thread_broadcast', thread_ts: parent },
      { text: 'hello', user: 'U0SAM', team: 'T0OTHER' },
      { text: 'parent', bot_id: 'B0SANDBOX', thread_ts: parent, reply_count: 2, reply_users: ['U0BOT'] },
    ]);
    expect((messages as object[])[1]).not.toHaveProperty('bot_id');
  });

  test.each<[object, string]>([
    [{ limit: 0 }, 'invalid_limit'],
    [{ limit: 1000 }, 'invalid_limit'],
    [{ cursor: 'bm90aGluZw==' }, 'invalid_cursor'],
    [{ oldest: 'yesterday' }, 'invalid_ts_oldest'],
    [{ latest: '2026-01-01' }, 'invalid_ts_latest'],
  ])('refuses %o', async (args, error) => {
    expect((await call('conversations.history', { ...inClasses, ...args })).error).toBe(error);
  });
});

describe('conversations.replies', () => {
  test('has the parent first, then the oldest, in pages, for the parent and for any reply', async () => {
    const metadata = { event_type: 'file', event_payload: { n: 2 } };
    const parent = await rig.post('parent');
    const replies = [
      await rig.post('r1', { thread_ts: parent }),
      await rig.post('r2', { thread_ts: parent, metadata }),
    ];
    await rig.post('elsewhere');
    for (const ts of [parent, ...replies])
      expect(texts(await call('conversations.replies', { ...inClasses, ts }))).toEqual(['parent', 'r1', 'r2']);
    const first = await call('conversations.replies', { ...inClasses, ts: parent, limit: 2 });
    expect([texts(first), first.has_more]).toEqual([['parent', 'r1'], true]);
    const cursor = first.response_metadata?.next_cursor;
    const more = { ...inClasses, ts: parent, limit: 2, cursor, include_all_metadata: true };
    expect((await call('conversations.replies', more)).messages).toMatchObject([{ text: 'r2', metadata }]);
    expect(texts(await call('conversations.replies', { ...inClasses, ts: parent, oldest: replies[0] }))).toEqual([
      'parent',
      'r2',
    ]);
  });

  test('of a message without replies are the message', async () => {
    expect(texts(await call('conversations.replies', { ...inClasses, ts: await rig.post('alone') }))).toEqual([
      'alone',
    ]);
  });

  test('are refused for a thread that is not there', async () => {
    expect((await call('conversations.replies', { ...inClasses, ts: '1.000001' })).error).toBe('thread_not_found');
  });
});
