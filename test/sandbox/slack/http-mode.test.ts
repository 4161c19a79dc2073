import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { botToken, createRig, type Rig, signingSecret } from './rig.ts';

/** HTTP mode: what an app gets at its request URL, what people see of its answers, and requests that somebody sends again. */
interface Got {
  method: string | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}
let rig: Rig;
let got: Got[];
let answer: (res: ServerResponse) => void;
let handler: (req: IncomingMessage, res: ServerResponse) => void;
let close: () => Promise<unknown>;

beforeEach(async () => {
  got = [];
  answer = (res) => res.end();
  handler = async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    got.push({ method: req.method, headers: req.headers, body: Buffer.concat(chunks).toString() });
    answer(res);
  };
  const server = createServer((req, res) => handler(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  rig = await createRig({ requestUrl: () => url });
  close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
});
afterEach(async () => {
  await rig.close();
  await close();
});

const type = (text = '/record help') => rig.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text });
const sign = (timestamp: unknown, body: string) =>
  `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

describe('requests', () => {
  test('are signed forms', async () => {
    expect(await type('/record start "a b" & <c>')).toMatchObject({ ok: true });
    const [{ method, headers, body }] = got as [Got];
    expect([method, headers['content-type']]).toEqual(['POST', 'application/x-www-form-urlencoded']);
    const timestamp = headers['x-slack-request-timestamp'];
    expect(timestamp).toMatch(/^\d{10}$/);
    expect(headers['x-slack-signature']).toBe(sign(timestamp, body));
    const fields = Object.fromEntries(new URLSearchParams(body));
    expect(fields).toMatchObject({
      command: '/record',
      text: 'start "a b" &amp; &lt;c&gt;',
      is_enterprise_install: 'false',
    });
  });

  test('carry the time of the clock', async () => {
    await type();
    rig.clock.ahead += 3_600_000;
    await type();
    const times = got.map((g) => Number(g.headers['x-slack-request-timestamp']));
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(3600);
  });

  test('of clicks hold JSON in one field', async () => {
    const button = { type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } };
    const message_ts = await rig.post('card', { blocks: [{ type: 'actions', elements: [button] }] });
    await rig.slack.click({ user: 'U0ANA', channel: 'C0CLASSES', message_ts, action_id: 'go' });
    const fields = [...new URLSearchParams(got[0]?.body)];
    expect(fields.map(([name]) => name)).toEqual(['payload']);
    expect(JSON.parse(fields[0]?.[1] ?? '')).toMatchObject({ type: 'block_actions', container: { message_ts } });
  });
});

describe('answers', () => {
  const json = { 'content-type': 'application/json' };
  const acts = (how: typeof answer) => {
    answer = how;
  };
  const says = (body: string, headers: Record<string, string> = {}, status = 200) =>
    acts((res) => res.writeHead(status, headers).end(body));
  const seen = (user = 'U0ANA') => rig.slack.messages('C0CLASSES', user).map((m) => [m.text, m.is_ephemeral ?? false]);

  test.each<[string, () => void, unknown[]]>([
    ['nothing says nothing', () => says(''), []],
    ['a text is private', () => says('hello'), [['hello', true]]],
    ['JSON may be for all', () => says('{"text":"hello","response_type":"in_channel"}', json), [['hello', false]]],
  ])('%s', async (_, prepare, expected) => {
    prepare();
    expect(await type()).toMatchObject({ ok: true });
    expect(seen()).toEqual(expected);
  });

  test.each<[string, () => void, string]>([
    ['a 500', () => says('no', {}, 500), 'dispatch_failed'],
    ['a 401', () => says('', {}, 401), 'dispatch_failed'],
    ['a redirect', () => says('', { location: 'http://127.0.0.1:9/' }, 302), 'dispatch_failed'],
    ['broken JSON', () => says('{', json), 'dispatch_failed'],
    ['a cut connection', () => acts((res) => res.destroy()), 'dispatch_failed'],
    ['nothing for three seconds', () => acts(() => undefined), 'operation_timeout'],
  ])('%s is a failure', async (_, prepare, error) => {
    prepare();
    expect(await type()).toEqual({ ok: false, error });
    expect(seen()).toEqual([]);
  });
});

describe('requests that somebody sends again', () => {
  const seconds = (n: number, from: string) => String(Number(from) + n);

  test('come as they were, or changed, with or without a signature that fits', async () => {
    await type();
    const [request] = rig.slack.sent;
    if (!request) throw new Error('nothing was sent');
    expect((await rig.slack.resend(request)).status).toBe(200);
    expect(got[1]).toMatchObject({ body: got[0]?.body, headers: { 'x-slack-signature': request.signature } });
    const timestamp = seconds(-60, request.timestamp);
    await rig.slack.resend(request, { timestamp });
    expect(got[2]?.headers['x-slack-signature']).toBe(request.signature);
    expect(got[2]?.headers['x-slack-request-timestamp']).toBe(timestamp);
    await rig.slack.resend(request, { timestamp, body: 'a=b', signAgain: true });
    expect(got[3]?.headers['x-slack-signature']).toBe(sign(timestamp, 'a=b'));
  });

  test('are refused by Bolt when they are old, changed or not signed', async () => {
    const receiver = new HTTPReceiver({ signingSecret, logLevel: LogLevel.ERROR, endpoints: '/slack/events' });
    const app = new App({ receiver, authorize: async () => ({ botToken }), logLevel: LogLevel.ERROR });
    let commands = 0;
    app.command('/record', async ({ ack }) => {
      commands++;
      await ack('done');
    });
    handler = receiver.requestListener;
    expect(await type()).toEqual({ ok: true, ack: { text: 'done' } });
    const [request] = rig.slack.sent;
    if (!request) throw new Error('nothing was sent');
    const old = seconds(-301, request.timestamp);
    const changes = [
      { timestamp: old, signAgain: true },
      { timestamp: seconds(-1, request.timestamp) },
      { body: request.body.replace('help', 'stop') },
      { signature: `v0=${'0'.repeat(64)}` },
    ];
    for (const change of changes) expect((await rig.slack.resend(request, change)).status).toBe(401);
    expect(commands).toBe(1);
    // Within five minutes a request is good once more, as it was: the app itself has to know it again.
    expect((await rig.slack.resend(request)).status).toBe(200);
    expect(commands).toBe(2);
  });
});
