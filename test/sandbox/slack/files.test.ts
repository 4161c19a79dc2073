import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { botToken, createRig, manifestWith, type Rig } from './rig.ts';

/** Files on their way: an address, the content, and the message that shows them. */
let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

const content = '{"sid":"s1"}';
interface Begun {
  url: string;
  id: string;
}
async function begin(filename = 'report.json', length = content.length): Promise<Begun> {
  const { body } = await rig.call('files.getUploadURLExternal', { filename, length });
  return { url: String(body.upload_url), id: String(body.file_id) };
}
async function sent(filename?: string): Promise<Begun> {
  const begun = await begin(filename);
  await fetch(begun.url, { method: 'POST', body: content });
  return begun;
}
const complete = (args: Record<string, unknown>) => rig.call('files.completeUploadExternal', args);
const last = (channel = 'C0CLASSES', user = 'U0ANA') => rig.slack.messages(channel, user).at(-1);
const open = (id: string, user = 'U0ANA') => fetch(`${rig.slack.url}/ui/file?user=${user}&id=${id}`);

describe('the address for the content', () => {
  test.each<[string, object, string]>([
    ['an empty file', { filename: 'a', length: 0 }, 'invalid_arguments'],
    ['a description of 1001', { filename: 'a', length: 1, alt_txt: 'x'.repeat(1001) }, 'alt_txt_too_large'],
  ])('is not given for %s', async (_, args, error) => {
    expect((await rig.call('files.getUploadURLExternal', { ...args })).body.error).toBe(error);
  });

  test('takes the announced length, once', async () => {
    const { url, id } = await begin();
    expect((await fetch(url, { method: 'POST', body: 'short' })).status).toBe(400);
    const taken = await fetch(url, { method: 'POST', body: content });
    expect([taken.status, await taken.text()]).toEqual([200, `OK - ${content.length}`]);
    expect((await fetch(url, { method: 'POST', body: content })).status).toBe(404);
    expect(String(rig.slack.fileContent(id))).toBe(content);
  });

  test('takes a form too', async () => {
    const { url, id } = await begin();
    const form = new FormData();
    form.set('filename', new Blob([content]), 'report.json');
    expect((await fetch(url, { method: 'POST', body: form })).status).toBe(200);
    expect(String(rig.slack.fileContent(id))).toBe(content);
  });

  test('is not guessed', async () => {
    expect((await fetch(`${rig.slack.url}/upload/v1/guess`, { method: 'POST', body: content })).status).toBe(404);
  });
});

describe('files.completeUploadExternal', () => {
  test('shows the file in a thread, with a comment', async () => {
    const thread_ts = await rig.post('parent');
    const { id } = await sent();
    const files = [{ id, title: 'The report' }];
    const { body } = await complete({ files, channel_id: 'C0CLASSES', thread_ts, initial_comment: 'Here it is' });
    expect(body).toMatchObject({ ok: true, files: [{ id, title: 'The report', mimetype: 'application/json' }] });
    const shown = { id, name: 'report.json', title: 'The report', size: content.length };
    expect(last()).toMatchObject({ text: 'Here it is', thread_ts, is_app: true, files: [shown] });
    const { messages } = (await rig.call('conversations.replies', { channel: 'C0CLASSES', ts: thread_ts })).body;
    expect((messages as { files?: object[] }[])[1]?.files).toMatchObject([{ id, size: content.length }]);
  });

  test.each<[string, (begun: Begun) => Record<string, unknown>, string]>([
    ['no files', () => ({ files: [] }), 'invalid_arguments'],
    ['a file without id', () => ({ files: [{}] }), 'invalid_arguments'],
    ['an unknown file', () => ({ files: [{ id: 'F0' }] }), 'file_not_found'],
    ['an unknown channel', ({ id }) => ({ files: [{ id }], channel_id: 'C0NOWHERE' }), 'channel_not_found'],
    ['a channel that it is not in', ({ id }) => ({ files: [{ id }], channel_id: 'C0RANDOM' }), 'not_in_channel'],
    ['one such channel of two', ({ id }) => ({ files: [{ id }], channels: 'C0OPS,C0RANDOM' }), 'not_in_channel'],
    [
      'a thread that is not there',
      ({ id }) => ({ files: [{ id }], channel_id: 'C0OPS', thread_ts: '1.0' }),
      'thread_not_found',
    ],
    [
      '101 channels',
      ({ id }) => ({ files: [{ id }], channels: Array(101).fill('C0OPS').join(',') }),
      'channels_limit_exceeded',
    ],
  ])('refuses %s, and the file is there for another try', async (_, args, error) => {
    const begun = await sent();
    const before = rig.slack.messages('C0OPS', 'U0ANA').length;
    expect((await complete(args(begun))).body).toMatchObject({ ok: false, error });
    expect(rig.slack.messages('C0OPS', 'U0ANA')).toHaveLength(before);
    expect((await complete({ files: [{ id: begun.id }], channel_id: 'C0OPS' })).body.ok).toBe(true);
  });

  test('refuses a file without content, and one that is complete', async () => {
    const { id } = await begin();
    expect((await complete({ files: [{ id }] })).body.error).toBe('file_not_found');
    const done = await sent();
    await complete({ files: [{ id: done.id }] });
    expect((await complete({ files: [{ id: done.id }] })).body.error).toBe('file_not_found');
  });

  test('works for the real client', async () => {
    const client = new WebClient(botToken, { slackApiUrl: rig.slack.apiUrl });
    const ts = await rig.post('parent');
    const job = { channel_id: 'C0CLASSES', thread_ts: ts, initial_comment: 'By the client', filename: 'a.txt' };
    expect((await client.filesUploadV2({ ...job, file: Buffer.from('hello') })).ok).toBe(true);
    expect(last()).toMatchObject({ text: 'By the client', thread_ts: ts, files: [{ name: 'a.txt', size: 5 }] });
    expect(await (await open(last()?.files?.[0]?.id ?? '')).text()).toBe('hello');
  });
});

describe('a file', () => {
  test('is open to those who see its message', async () => {
    const { id } = await sent();
    expect((await open(id)).status).toBe(404);
    await complete({ files: [{ id }], channel_id: 'C0STAFF' });
    const seen = await open(id);
    expect([seen.status, await seen.text()]).toEqual([200, content]);
    expect((await open(id, 'U0BEN')).status).toBe(404);
  });

  test('never runs as a page of the sandbox', async () => {
    const { id } = await sent('evil.html');
    await complete({ files: [{ id }], channel_id: 'C0CLASSES' });
    const { headers } = await open(id);
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(headers.get('content-security-policy')).toBe('sandbox');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('is open to the app with files:read', async () => {
    const { id } = await sent();
    const { body } = await complete({ files: [{ id }], channel_id: 'C0CLASSES' });
    const [file] = body.files as { url_private: string }[];
    const get = (url: string, headers: Record<string, string>) => fetch(url, { headers });
    const mine = { authorization: `Bearer ${botToken}` };
    expect(await (await get(file?.url_private ?? '', mine)).text()).toBe(content);
    expect((await get(file?.url_private ?? '', {})).status).toBe(404);
    const bare = await createRig({ manifest: manifestWith(['files:write', 'commands']) });
    const { body: begun } = await bare.call('files.getUploadURLExternal', { filename: 'a', length: 1 });
    await fetch(String(begun.upload_url), { method: 'POST', body: 'a' });
    const done = await bare.call('files.completeUploadExternal', { files: [{ id: begun.file_id }] });
    const [unread] = done.body.files as { url_private: string }[];
    expect((await get(unread?.url_private ?? '', mine)).status).toBe(404);
    await bare.close();
  });
});
