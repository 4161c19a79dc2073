import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRig, manifestWith, type Rig } from './rig.ts';

/** chat.*: what is refused with which of Slack's errors, and what a message is afterwards. */
let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  rig.slack.archive('C0GENERAL');
});
afterAll(() => rig.close());

const bot = 'U0BOT';
const divider = { type: 'divider' };
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });
const longBlocks = Array.from({ length: 5 }, () => section('x'.repeat(2700)));
const seen = (ts: unknown, channel = 'C0CLASSES', user = 'U0ANA') =>
  rig.slack.messages(channel, user).find((m) => m.ts === ts);
/** Something that a person says, as its ts. */
async function said(text: string, channel = 'C0CLASSES'): Promise<string> {
  await rig.slack.type({ user: 'U0ANA', channel, text });
  return rig.slack.messages(channel, 'U0ANA').at(-1)?.ts ?? '';
}
async function whispered(): Promise<string> {
  const { body } = await rig.call('chat.postEphemeral', { channel: 'C0CLASSES', user: 'U0ANA', text: 'psst' });
  return String(body.message_ts);
}

type Row = [what: string, args: Record<string, unknown>, error: string];
function refuses(method: string, fine: () => Promise<Record<string, unknown>>, rows: Row[]): void {
  test.each(rows)(`${method} refuses %s`, async (_, args, error) => {
    expect((await rig.call(method, { ...(await fine()), ...args })).body).toMatchObject({ ok: false, error });
  });
}

const places: Row[] = [
  ['an unknown channel', { channel: 'C0NOWHERE' }, 'channel_not_found'],
  ['a channel that it is not in', { channel: 'C0RANDOM' }, 'not_in_channel'],
];
const metadata = (event_payload: unknown, event_type: unknown = 'a') => ({ metadata: { event_type, event_payload } });
const contents: Row[] = [
  ['blocks that are no JSON', { blocks: '[' }, 'invalid_blocks_format'],
  ['blocks that are no list', { blocks: divider }, 'invalid_blocks_format'],
  ['blocks that are nothing', { blocks: 'null' }, 'invalid_blocks_format'],
  ['a block with a flaw', { blocks: [{ type: 'section' }] }, 'invalid_blocks'],
  ['51 blocks', { blocks: Array(51).fill(divider) }, 'invalid_blocks'],
  ['too much text in blocks', { blocks: longBlocks }, 'msg_blocks_too_long'],
  ['no text', { text: '' }, 'no_text'],
];
const nothing: Row = ['no text and no blocks', { text: undefined, blocks: [] }, 'no_text'];
const notes: Row[] = [
  ['metadata that is no JSON', { metadata: '{' }, 'invalid_metadata_format'],
  ['metadata that is a text', { metadata: '"x"' }, 'invalid_metadata_format'],
  ['metadata without event_payload', { metadata: { event_type: 'a' } }, 'invalid_metadata_format'],
  [
    'metadata with more than that',
    { metadata: { event_type: 'a', event_payload: {}, id: 1 } },
    'invalid_metadata_format',
  ],
  ['an event_type that is empty', metadata({}, ''), 'invalid_metadata_schema'],
  ['an event_type that is a number', metadata({}, 5), 'invalid_metadata_schema'],
  ['an event_payload that is a list', metadata([]), 'invalid_metadata_schema'],
  ['nothing as a value', metadata({ a: null }), 'invalid_metadata_schema'],
  ['an object within an object', metadata({ a: { b: { c: 1 } } }), 'invalid_metadata_schema'],
  ['metadata of 16 kB', metadata({ a: 'x'.repeat(16_000) }), 'metadata_too_large'],
];

describe('chat.postMessage', () => {
  refuses('chat.postMessage', async () => ({ channel: 'C0CLASSES', text: 'x' }), [
    ...places,
    ...contents,
    ...notes,
    nothing,
    ['an archived channel', { channel: 'C0GENERAL' }, 'is_archived'],
    ['a person of another workspace', { channel: 'U0SAM' }, 'channel_not_found'],
    ['itself', { channel: bot }, 'channel_not_found'],
    ['metadata that is empty', { metadata: {} }, 'invalid_metadata_format'],
    ['a thread that is not there', { thread_ts: '1.000001' }, 'thread_not_found'],
    ['a broadcast of no reply', { reply_broadcast: true }, 'invalid_arguments'],
  ]);

  test('refuses threads below replies and private messages', async () => {
    const reply = await rig.post('reply', { thread_ts: await rig.post('parent') });
    for (const thread_ts of [reply, await whispered()]) {
      const { body } = await rig.call('chat.postMessage', { channel: 'C0CLASSES', text: 'x', thread_ts });
      expect(body.error).toBe('cannot_reply_to_message');
    }
  });

  test('tells what is wrong with blocks, and where', async () => {
    const problem = 'must be less than 3001 characters [json-pointer:/blocks/1/text/text]';
    const blocks = [divider, section('x'.repeat(3001))];
    expect((await rig.call('chat.postMessage', { channel: 'C0CLASSES', blocks })).body).toEqual({
      ok: false,
      error: 'invalid_blocks',
      errors: [problem],
      response_metadata: { messages: [`[ERROR] ${problem}`] },
    });
  });

  test('does not tell a private channel from none', async () => {
    rig.slack.setMember('C0STAFF', bot, false);
    expect((await rig.call('chat.postMessage', { channel: 'C0STAFF', text: 'x' })).body.error).toBe(
      'channel_not_found',
    );
    rig.slack.setMember('C0STAFF', bot, true);
    expect((await rig.call('chat.postMessage', { channel: 'C0STAFF', text: 'x' })).body.ok).toBe(true);
  });

  test('posts into public channels of others with chat:write.public', async () => {
    const scoped = await createRig({ manifest: manifestWith(['commands', 'chat:write', 'chat:write.public']) });
    expect((await scoped.call('chat.postMessage', { channel: 'C0RANDOM', text: 'x' })).body.ok).toBe(true);
    await scoped.close();
  });

  test('gives back what it has posted', async () => {
    const given = { ...metadata({ id: 'r1', tries: 2, done: true, file: { name: 'a' }, all: [{ name: 'b' }] }) };
    const parent = await rig.post('parent');
    const args = { channel: 'C0CLASSES', text: 'x', blocks: [divider], thread_ts: parent, ...given };
    const { body } = await rig.call('chat.postMessage', args);
    expect(body).toMatchObject({
      ok: true,
      channel: 'C0CLASSES',
      message: { type: 'message', text: 'x', user: bot, bot_id: 'B0SANDBOX', app_id: 'A0SANDBOX', team: 'T0SANDBOX' },
    });
    expect(body.message).toMatchObject({ ts: body.ts, thread_ts: parent, parent_user_id: bot, ...given });
    expect(body.message).toMatchObject({ blocks: [{ type: 'divider', block_id: expect.any(String) }] });
    expect(body.ts).toMatch(/^\d{10}\.\d{6}$/);
  });

  test('keeps 40,000 characters', async () => {
    const ts = await rig.post('x'.repeat(40_001));
    expect(seen(ts)?.text).toHaveLength(40_000);
  });

  test('shows a reply in its thread only, unless it is broadcast', async () => {
    const parent = await rig.post('parent');
    await rig.post('quiet', { thread_ts: parent });
    const loud = await rig.post('loud', { thread_ts: parent, reply_broadcast: true });
    expect(seen(parent)?.reply_count).toBe(2);
    expect(seen(loud)).toMatchObject({ thread_ts: parent, is_broadcast: true });
  });

  test('to a person goes to the conversation of the two', async () => {
    const { body } = await rig.call('chat.postMessage', { channel: 'U0BEN', text: 'just you' });
    expect(body.channel).toMatch(/^D/);
    expect(rig.slack.messages(String(body.channel), 'U0BEN').map((m) => m.text)).toEqual(['just you']);
  });
});

describe('chat.update', () => {
  const fine = async () => ({ channel: 'C0CLASSES', ts: await rig.post('old', { blocks: [divider] }), text: 'new' });
  refuses('chat.update', fine, [
    ...places,
    ...contents,
    ...notes,
    ['an archived channel', { channel: 'C0GENERAL' }, 'is_inactive'],
    ["a person's id", { channel: 'U0ANA' }, 'channel_not_found'],
    ['a message that is not there', { ts: '1.000001' }, 'message_not_found'],
    ['neither text nor blocks', { text: undefined }, 'no_text'],
    ['a text of 4001', { text: 'x'.repeat(4001) }, 'msg_too_long'],
  ]);

  test('refuses what others said, and private messages', async () => {
    const { body } = await rig.call('chat.update', { channel: 'C0CLASSES', ts: await said('mine'), text: 'x' });
    expect(body.error).toBe('cant_update_message');
    const whisper = await rig.call('chat.update', { channel: 'C0CLASSES', ts: await whispered(), text: 'x' });
    expect(whisper.body.error).toBe('message_not_found');
  });

  test.each<[string, object, object]>([
    ['a text alone drops the blocks, and the message wears the mark', { text: 'new' }, { text: 'new', edited: true }],
    [
      'a text with blocks is no edit that shows',
      { text: 'new', blocks: [section('b')] },
      { text: 'new', blocks: [section('b')] },
    ],
    ['blocks alone keep the text', { blocks: [section('b')] }, { text: 'old', blocks: [section('b')] }],
    ['an empty list clears the blocks', { text: 'new', blocks: [] }, { text: 'new' }],
  ])('%s', async (_, args, expected) => {
    const { ts, channel } = await fine();
    expect((await rig.call('chat.update', { channel, ts, ...args })).body).toMatchObject({ ok: true, channel, ts });
    const { text, edited, blocks } = seen(ts) ?? {};
    const shown = { text, ...(edited ? { edited } : {}), ...(blocks ? { blocks } : {}) };
    expect(shown).toMatchObject(expected);
    expect(Object.keys(shown).sort()).toEqual(Object.keys(expected).sort());
  });

  test('keeps metadata, changes it, or takes it away', async () => {
    const ts = await rig.post('x', metadata({ step: 1 }));
    const update = async (more: object) =>
      (await rig.call('chat.update', { channel: 'C0CLASSES', ts, text: 'y', ...more })).body.message;
    expect(await update({})).toMatchObject(metadata({ step: 1 }));
    expect(await update(metadata({ step: 2 }))).toMatchObject(metadata({ step: 2 }));
    expect(await update({ metadata: {} })).not.toHaveProperty('metadata');
  });
});

describe('chat.postEphemeral', () => {
  refuses('chat.postEphemeral', async () => ({ channel: 'C0CLASSES', user: 'U0ANA', text: 'x' }), [
    ...places,
    ...contents,
    nothing,
    ['an archived channel', { channel: 'C0GENERAL' }, 'is_archived'],
    ['somebody who is not there', { user: 'U0NOBODY' }, 'user_not_in_channel'],
    ['somebody who is not in the channel', { channel: 'C0STAFF', user: 'U0BEN' }, 'user_not_in_channel'],
    ['a text of 40,001', { text: 'x'.repeat(40_001) }, 'msg_too_long'],
  ]);

  test('is seen by one, and is in no history', async () => {
    const ts = await whispered();
    expect(seen(ts)).toMatchObject({ text: 'psst', is_ephemeral: true });
    expect(seen(ts, 'C0CLASSES', 'U0BEN')).toBeUndefined();
    const { body } = await rig.call('conversations.history', { channel: 'C0CLASSES', limit: 999 });
    expect((body.messages as { ts: string }[]).filter((m) => m.ts === ts)).toEqual([]);
  });
});

describe('chat.delete', () => {
  refuses('chat.delete', async () => ({ channel: 'C0CLASSES', ts: await rig.post('x') }), [
    ['an unknown channel', { channel: 'C0NOWHERE' }, 'channel_not_found'],
    ['a message that is not there', { ts: '1.000001' }, 'message_not_found'],
  ]);

  test('deletes its own messages, those of others not', async () => {
    const ts = await rig.post('x');
    expect((await rig.call('chat.delete', { channel: 'C0CLASSES', ts })).body).toEqual({
      ok: true,
      channel: 'C0CLASSES',
      ts,
    });
    expect(seen(ts)).toBeUndefined();
    const mine = await rig.call('chat.delete', { channel: 'C0CLASSES', ts: await said('mine') });
    expect(mine.body.error).toBe('cant_delete_message');
    const whisper = await rig.call('chat.delete', { channel: 'C0CLASSES', ts: await whispered() });
    expect(whisper.body.error).toBe('message_not_found');
  });
});

describe('chat.getPermalink', () => {
  refuses('chat.getPermalink', async () => ({ channel: 'C0CLASSES', message_ts: await rig.post('x') }), [
    ['an unknown channel', { channel: 'C0NOWHERE' }, 'channel_not_found'],
    ['a message that is not there', { message_ts: '1.000001' }, 'message_not_found'],
    ['a message of another channel', { channel: 'C0OPS' }, 'message_not_found'],
  ]);

  test('leads to a message, and to a reply in its thread', async () => {
    const parent = await rig.post('parent');
    const reply = await rig.post('reply', { thread_ts: parent });
    const link = async (message_ts: string) =>
      (await rig.call('chat.getPermalink', { channel: 'C0CLASSES', message_ts })).body.permalink;
    const place = `${rig.slack.url}/archives/C0CLASSES/p`;
    expect(await link(parent)).toBe(place + parent.replace('.', ''));
    expect(await link(reply)).toBe(`${place}${reply.replace('.', '')}?thread_ts=${parent}&cid=C0CLASSES`);
  });

  test('does not lead into private channels of others', async () => {
    const message_ts = await said('secret', 'C0STAFF');
    const args = { channel: 'C0STAFF', message_ts };
    expect((await rig.call('chat.getPermalink', args)).body.ok).toBe(true);
    rig.slack.setMember('C0STAFF', bot, false);
    expect((await rig.call('chat.getPermalink', args)).body.error).toBe('channel_not_found');
    rig.slack.setMember('C0STAFF', bot, true);
  });
});
