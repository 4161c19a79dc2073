import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, type RawClient, type Rig } from './rig.ts';

/** The addresses under which an app may answer a command or a click for a while. */
let rig: Rig;
let client: RawClient;
beforeEach(async () => {
  rig = await createRig();
  client = await rig.connect();
});
afterEach(() => rig.close());

const ana = { user: 'U0ANA', channel: 'C0CLASSES' };
const divider = { type: 'divider' };
const actions = {
  type: 'actions',
  elements: [{ type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } }],
};

async function ofCommand(channel = 'C0CLASSES'): Promise<string> {
  const typed = rig.slack.type({ ...ana, channel, text: '/record help' });
  const envelope = await client.next();
  client.ack(envelope);
  await typed;
  return envelope.payload.response_url ?? '';
}
async function ofClick(): Promise<{ url: string; ts: string }> {
  const ts = await rig.post('card', { blocks: [actions] });
  const clicked = rig.slack.click({ ...ana, message_ts: ts, action_id: 'go' });
  const envelope = await client.next();
  client.ack(envelope);
  await clicked;
  return { url: envelope.payload.response_url ?? '', ts };
}
async function post(url: string, body: unknown) {
  const response = await fetch(url, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
  const text = await response.text();
  return [response.status, response.status === 200 ? text : JSON.parse(text).error];
}
const seen = (user = 'U0ANA') => rig.slack.messages('C0CLASSES', user);
const texts = (user?: string) => seen(user).map((m) => m.text);

test('serve five times', async () => {
  const url = await ofCommand();
  // What is refused is no use.
  expect(await post(url, {})).toEqual([400, 'no_text']);
  for (const n of [1, 2, 3, 4, 5]) expect(await post(url, { text: `m${n}` })).toEqual([200, 'ok']);
  expect(await post(url, { text: 'm6' })).toEqual([404, 'used_url']);
  expect(texts()).toEqual(['m1', 'm2', 'm3', 'm4', 'm5']);
});

test('serve for half an hour', async () => {
  const url = await ofCommand();
  rig.clock.ahead += 30 * 60_000 - 5_000;
  expect(await post(url, { text: 'in time' })).toEqual([200, 'ok']);
  rig.clock.ahead += 6_000;
  expect(await post(url, { text: 'late' })).toEqual([404, 'expired_url']);
});

test('are not guessed, and not read', async () => {
  const url = await ofCommand();
  expect(await post(`${url}0`, { text: 'x' })).toEqual([404, 'no_service']);
  expect((await fetch(url)).status).toBe(404);
});

test('are private unless they say otherwise', async () => {
  const url = await ofCommand();
  await post(url, { text: 'secret' });
  await post(url, { text: 'for all', response_type: 'in_channel' });
  expect(texts()).toEqual(['secret', 'for all']);
  expect(seen()[0]?.is_ephemeral).toBe(true);
  expect(texts('U0BEN')).toEqual(['for all']);
});

test('work where the app is not', async () => {
  const url = await ofCommand('C0RANDOM');
  expect(await post(url, { text: 'hello', response_type: 'in_channel' })).toEqual([200, 'ok']);
  expect(rig.slack.messages('C0RANDOM', 'U0BEN').map((m) => m.text)).toEqual(['hello']);
});

test('say nothing to all in a channel that has been archived', async () => {
  const url = await ofCommand();
  rig.slack.archive('C0CLASSES');
  expect(await post(url, { text: 'x', response_type: 'in_channel' })).toEqual([410, 'channel_is_archived']);
  expect(await post(url, { text: 'x' })).toEqual([200, 'ok']);
});

describe('of a click', () => {
  test('replace the message, which stays as visible as it was', async () => {
    const { url, ts } = await ofClick();
    await post(url, { text: 'new', replace_original: true, response_type: 'ephemeral', blocks: [divider] });
    expect(seen('U0BEN')).toMatchObject([{ ts, text: 'new', blocks: [{ type: 'divider' }] }]);
    await post(url, { text: 'newer', replace_original: 'true' });
    expect(seen('U0BEN')[0]).not.toHaveProperty('blocks');
  });

  test('delete it, and say something instead', async () => {
    const { url, ts } = await ofClick();
    await post(url, { delete_original: true });
    expect(seen().map((m) => m.ts)).not.toContain(ts);
    await post(url, { delete_original: true, text: 'instead' });
    expect(texts()).toEqual(['instead']);
  });

  test('say something new, and in its thread', async () => {
    const { url, ts } = await ofClick();
    await post(url, { text: 'private' });
    await post(url, { text: 'reply', replace_original: false, response_type: 'in_channel', thread_ts: ts });
    expect(texts()).toEqual(['card', 'private', 'reply']);
    expect(seen('U0BEN')).toMatchObject([{ text: 'card' }, { text: 'reply', thread_ts: ts }]);
  });

  test('reach a private message, which nothing else does', async () => {
    await post(await ofCommand(), { text: 'private', blocks: [actions] });
    const ts = seen()[0]?.ts ?? '';
    const clicked = rig.slack.click({ ...ana, message_ts: ts, action_id: 'go' });
    const envelope = await client.next();
    client.ack(envelope);
    await clicked;
    expect(envelope.payload).toMatchObject({ container: { is_ephemeral: true, message_ts: ts } });
    expect(envelope.payload).not.toHaveProperty('message');
    await post(envelope.payload.response_url ?? '', { text: 'done', replace_original: true });
    expect(texts()).toEqual(['done']);
    expect(texts('U0BEN')).toEqual([]);
  });
});

test.each<[string, unknown, string]>([
  ['what is no JSON', 'text=x', 'invalid_payload'],
  ['a list', [], 'invalid_payload'],
  ['an unknown property', { text: 'x', colour: 'red' }, 'invalid_payload'],
  ['a text that is a number', { text: 5 }, 'invalid_payload'],
  ['another kind of answer', { text: 'x', response_type: 'public' }, 'invalid_payload'],
  ['another kind of flag', { text: 'x', replace_original: 'yes' }, 'invalid_payload'],
  ['nothing', { text: '', blocks: [] }, 'no_text'],
  ['blocks that are no list', { text: 'x', blocks: '[]' }, 'invalid_blocks'],
  ['a flaw in a block', { text: 'x', blocks: [{ type: 'section' }] }, 'invalid_blocks'],
  ['51 blocks', { text: 'x', blocks: Array(51).fill(divider) }, 'invalid_blocks'],
])('refuse %s', async (_, body, error) => {
  expect(await post(await ofCommand(), body)).toEqual([400, error]);
  expect(seen()).toEqual([]);
});
