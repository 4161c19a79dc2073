import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../../support/until.ts';
import { appToken, botToken, createRig, type RawClient, type Rig } from './rig.ts';

/** Socket Mode, with a client that does only what it is told, and with Bolt. */
let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

const type = (text = '/record help') => rig.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text });
const isClosed = (client: RawClient) => until('the end', () => client.ws.readyState === WebSocket.CLOSED);

describe('connections', () => {
  test('say hello, with their number', async () => {
    const [first, second] = [await rig.connect(), await rig.connect()];
    expect(first.got[0]).toMatchObject({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0SANDBOX' } });
    expect(second.got[0]).toMatchObject({ type: 'hello', num_connections: 2 });
    expect(rig.slack.connections).toBe(2);
  });

  test('need a ticket of their own', async () => {
    const { body } = await rig.call('apps.connections.open', {}, appToken);
    const dial = (url: string) =>
      new Promise<string>((resolve) => {
        const ws = new WebSocket(url);
        ws.on('open', () => resolve('open'));
        ws.on('error', (error) => resolve(error.message));
      });
    expect(await dial(String(body.url))).toBe('open');
    expect(await dial(String(body.url))).toMatch(/401/);
    expect(await dial(String(body.url).replace(/ticket=[^&]+/, 'ticket=guess'))).toMatch(/401/);
    const other = await rig.call('apps.connections.open', {}, appToken);
    expect(await dial(String(other.body.url).replace('/link/', '/elsewhere/'))).toMatch(/401/);
  });

  test('are ten at most', async () => {
    for (let n = 0; n < 10; n++) await rig.connect();
    const eleventh = await rig.connect();
    expect(eleventh.got[0]).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
    await isClosed(eleventh);
    expect(rig.slack.connections).toBe(10);
  });
});

describe('a command', () => {
  test('is an envelope that wants an answer', async () => {
    const client = await rig.connect();
    const typed = type('/record start  a <b> & c');
    const envelope = await client.next();
    client.ack(envelope, { text: 'on it' });
    expect(await typed).toEqual({ ok: true, ack: { text: 'on it' } });
    expect(envelope).toMatchObject({ type: 'slash_commands', accepts_response_payload: true });
    expect(envelope.envelope_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(envelope.payload).toEqual({
      token: 'deprecated',
      team_id: 'T0SANDBOX',
      team_domain: 'sandbox',
      channel_id: 'C0CLASSES',
      channel_name: 'classes',
      user_id: 'U0ANA',
      user_name: 'ana',
      command: '/record',
      text: 'start  a &lt;b&gt; &amp; c',
      api_app_id: 'A0SANDBOX',
      is_enterprise_install: 'false',
      response_url: expect.stringMatching(/^http:.*\/commands\/T0SANDBOX\//),
      trigger_id: expect.stringMatching(/^\d+\.\d+\.[0-9a-f]{32}$/),
    });
    // What it was acknowledged with is a private answer.
    expect(rig.slack.messages('C0CLASSES', 'U0ANA')).toMatchObject([{ text: 'on it', is_ephemeral: true }]);
  });

  test('goes to one of the connections, in turn', async () => {
    const clients = [await rig.connect(), await rig.connect()];
    for (const client of [...clients, ...clients]) {
      const typed = type();
      client.ack(await client.next());
      expect(await typed).toMatchObject({ ok: true });
    }
    expect(clients.map((c) => c.got.length)).toEqual([3, 3]);
  });

  test('may be acknowledged over another connection, and twice; what nobody sent is passed over', async () => {
    const [first, second] = [await rig.connect(), await rig.connect()];
    const typed = type();
    const envelope = await first.next();
    second.ack({ ...envelope, envelope_id: 'unknown' });
    second.ws.send('{"no":"envelope"}');
    second.ack(envelope, { text: 'first' });
    expect(await typed).toMatchObject({ ok: true, ack: { text: 'first' } });
    first.ack(envelope, { text: 'second' });
    const next = type();
    second.ack(await second.next());
    expect(await next).toMatchObject({ ok: true });
    expect(rig.slack.messages('C0CLASSES', 'U0ANA').map((m) => m.text)).toEqual(['first']);
  });

  test('fails when nobody is there', async () => {
    const page = await listen();
    expect(await type()).toEqual({ ok: false, error: 'dispatch_failed' });
    await until('a notice', () => page.notices().some((n) => n === '/record failed with the error "dispatch_failed"'));
    page.close();
  });

  test('fails after three seconds without its acknowledgement, and is not sent again', async () => {
    const acts: [string, (client: RawClient) => void][] = [
      ['nobody acknowledges it', () => undefined],
      ['the acknowledgement is for another', (client) => client.ack({ envelope_id: 'x', type: 'x', payload: {} })],
      ['the connection is lost', (client) => client.ws.terminate()],
    ];
    const clients = [await rig.connect(), await rig.connect(), await rig.connect()];
    const page = await listen();
    const outcomes = await Promise.all(
      acts.map(async ([what, act], i) => {
        const typed = type();
        const client = clients[i] as RawClient;
        await client.next();
        act(client);
        return [what, await typed];
      }),
    );
    expect(outcomes).toEqual(acts.map(([what]) => [what, { ok: false, error: 'operation_timeout' }]));
    const notice = '/record failed with the error "operation_timeout"';
    await until('notices', () => page.notices().filter((n) => n === notice).length === 3);
    page.close();
    expect(clients.map((c) => c.got.filter((e) => e.type === 'slash_commands').length)).toEqual([1, 1, 1]);
  });

  test('closes a connection that speaks no JSON', async () => {
    const client = await rig.connect();
    client.ws.send('nonsense');
    await isClosed(client);
  });
});

describe('a refresh', () => {
  test('asks the oldest connections, and sends nothing over them any more', async () => {
    const [first, second] = [await rig.connect(), await rig.connect()];
    rig.slack.refreshConnections('refresh_requested', 1);
    expect(await first.next()).toMatchObject({ type: 'disconnect', reason: 'refresh_requested' });
    for (let n = 0; n < 3; n++) {
      const typed = type();
      second.ack(await second.next());
      expect(await typed).toMatchObject({ ok: true });
    }
    expect(first.got.map((e) => e.type)).toEqual(['hello', 'disconnect']);
  });

  test('that is only announced leaves the connection in use', async () => {
    const client = await rig.connect();
    rig.slack.refreshConnections('warning');
    expect(await client.next()).toMatchObject({ type: 'disconnect', reason: 'warning' });
    const typed = type();
    client.ack(await client.next());
    expect(await typed).toMatchObject({ ok: true });
  });

  test('takes an acknowledgement that is on its way', async () => {
    const client = await rig.connect();
    const typed = type();
    const envelope = await client.next();
    rig.slack.refreshConnections();
    await client.next();
    client.ack(envelope);
    expect(await typed).toMatchObject({ ok: true });
    expect(await type()).toEqual({ ok: false, error: 'dispatch_failed' });
  });
});

test('connections can be cut', async () => {
  const clients = [await rig.connect(), await rig.connect()];
  rig.slack.dropConnections(1);
  await isClosed(clients[0] as RawClient);
  expect(rig.slack.connections).toBe(1);
  rig.slack.dropConnections();
  await until('no connections', () => rig.slack.connections === 0);
});

describe('Bolt', () => {
  const nothing = () => undefined;
  const setters = { setLevel: nothing, setName: nothing, getLevel: () => LogLevel.ERROR };
  const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, ...setters };
  let receivers: SocketModeReceiver[] = [];
  afterEach(() => Promise.all(receivers.map((r) => r.stop())));

  /** A Bolt app that takes its time over an answer, with so many connections of its own. */
  async function startBolt(connections: number): Promise<void> {
    receivers = Array.from({ length: connections }, () => {
      const installerOptions = { clientOptions: { slackApiUrl: rig.slack.apiUrl } };
      return new SocketModeReceiver({ appToken, logger, installerOptions });
    });
    const [receiver, ...others] = receivers;
    if (!receiver) throw new Error('a connection is needed');
    const authorize = async () => ({ botToken });
    const app = new App({ receiver, authorize, logger, clientOptions: { slackApiUrl: rig.slack.apiUrl } });
    for (const other of others) other.init(app);
    app.command('/record', async ({ ack, command }) => ack(`you said ${command.text}`));
    await Promise.all(receivers.map((r) => r.start()));
    await until('the connections', () => rig.slack.connections === connections);
  }

  test.each<[string, () => void]>([
    ['refreshed', () => rig.slack.refreshConnections('refresh_requested', 1)],
    ['warned', () => rig.slack.refreshConnections('warning', 1)],
    ['cut', () => rig.slack.dropConnections(1)],
  ])('with two connections loses no command while one is %s', async (_, act) => {
    await startBolt(2);
    act();
    await until('one connection', () => rig.slack.connections === 1);
    for (let n = 0; n < 10; n++)
      expect(await type(`/record ${n}`)).toEqual({ ok: true, ack: { text: `you said ${n}` } });
  });

  test('with one connection loses them, until it is back', async () => {
    await startBolt(1);
    rig.slack.refreshConnections();
    expect(await type()).toEqual({ ok: false, error: 'dispatch_failed' });
    await until('the end', () => rig.slack.connections === 0);
    await until('the connection', () => rig.slack.connections === 1);
    expect(await type('/record again')).toMatchObject({ ok: true });
  });
});

/** A page of Ana's, with the notices that it was shown. */
async function listen(): Promise<{ notices(): string[]; close(): void }> {
  const abort = new AbortController();
  const response = await fetch(`${rig.slack.url}/ui/stream?user=U0ANA`, { signal: abort.signal });
  let text = '';
  const reading = (async () => {
    for await (const chunk of response.body ?? []) text += Buffer.from(chunk).toString();
  })().catch(() => undefined);
  return {
    notices: () =>
      text
        .split('\n')
        .filter((line) => line.startsWith('data: '))
        .map((line) => JSON.parse(line.slice('data: '.length)))
        .filter((event) => event.type === 'notice')
        .map((event) => event.text),
    async close() {
      abort.abort();
      await reading;
    },
  };
}
