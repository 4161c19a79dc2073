import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createBolt } from '../../src/slack/create-bolt.ts';
import { waitAfter } from '../../src/slack/keep-socket.ts';
import { freePort } from '../support/free-port.ts';
import { captureLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { type SlackApp, startSlackApp } from './support/start-slack-app.ts';

/** What nobody caught ends the process, and with it every look after a recording. */
const uncaught: unknown[] = [];
const onUncaught = (error: unknown) => uncaught.push(error);
let world: SlackApp;
beforeEach(async () => {
  uncaught.length = 0;
  process.on('unhandledRejection', onUncaught);
  world = await startSlackApp();
});
afterEach(async () => {
  process.off('unhandledRejection', onUncaught);
  await world.close();
});

describe('the connections to Slack', () => {
  test('an app-level token that is taken back is said, and tried again until Slack takes it', async () => {
    world.slack.revokeToken('app');
    world.slack.refreshConnections('refresh_requested', 1);
    await until('the refusal', () => world.bolt.way().refused === 'SLACK_APP_TOKEN (invalid_auth)');
    expect(world.bolt.way().open).toBe(true);
    world.slack.refreshConnections();
    await until('no connection', () => !world.bolt.way().open);
    // Longer than Slack's client waits before it tries by itself.
    await delay(6_000);
    world.slack.restoreToken('app');
    await until('both connections', () => world.slack.connections === 2);
    await until('no refusal', () => world.bolt.way().refused === undefined);
    expect(world.bolt.way().open).toBe(true);
    expect(world.log.text().match(/Slack refuses SLACK_APP_TOKEN/g)).toHaveLength(1);
    expect(uncaught).toEqual([]);
  }, 40_000);

  test('after Slack was away there are two again, and commands are heard', async () => {
    world.slack.setDown(true);
    world.slack.dropConnections();
    await until('no connection', () => !world.bolt.way().open);
    await delay(2_000);
    world.slack.setDown(false);
    await until('both connections', () => world.slack.connections === 2);
    expect(await world.told('/record help')).toMatch(/record/);
    await delay(6_000);
    expect(world.slack.connections).toBe(2);
    expect(uncaught).toEqual([]);
  }, 40_000);

  test('no try is left after the end', async () => {
    world.slack.setDown(true);
    world.slack.dropConnections();
    await until('a try', () => /cannot be opened/.test(world.log.text()));
    await world.bolt.disconnect();
    world.slack.setDown(false);
    await delay(3_000);
    expect(world.slack.connections).toBe(0);
    expect(uncaught).toEqual([]);
  }, 20_000);

  test('they end while one is being opened, and nothing is left uncaught', async () => {
    const slow = await startSlowSlack();
    const bolt = createBolt({ botToken: 'xoxb-1', appToken: 'xapp-1', apiUrl: slow.apiUrl }, captureLog().log);
    const connected = bolt.connect();
    await until('two that are being opened', () => slow.waiting() === 2);
    await bolt.disconnect();
    // Resolves although none stood, or the process would wait for it.
    await connected;
    await delay(500);
    expect(uncaught).toEqual([]);
    await slow.close();
  }, 20_000);

  test('what came over them is acknowledged before they end', async () => {
    const taken = Promise.withResolvers<void>();
    world.app.use(async ({ next }) => {
      taken.resolve();
      await delay(800);
      await next();
    });
    const outcome = world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record help' });
    await taken.promise;
    await world.bolt.disconnect();
    expect(await outcome).toMatchObject({ ok: true });
    await until('no connection', () => world.slack.connections === 0);
    expect(world.log.text()).not.toContain('another one is opened');
  }, 20_000);

  test('and so is what comes over them meanwhile', async () => {
    const taken: string[] = [];
    world.app.use(async ({ body, next }) => {
      taken.push('text' in body ? String(body.text) : '');
      await delay(800);
      await next();
    });
    const type = (text: string) => world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text });
    const first = type('/record help');
    await until('the first one', () => taken.length === 1);
    const ended = world.bolt.disconnect();
    await delay(300);
    const second = type('/record list');
    await ended;
    expect(await first).toMatchObject({ ok: true });
    expect(await second).toMatchObject({ ok: true });
  }, 20_000);

  test('a command whose connection ends before it is acknowledged is answered all the same', async () => {
    const taken = Promise.withResolvers<void>();
    world.app.use(async ({ next }) => {
      taken.resolve();
      await delay(500);
      await next();
    });
    void world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record help' });
    await taken.promise;
    world.slack.dropConnections();
    await until('the answer', () => world.whispers('U0ANA').some((m) => /records Agora channels/.test(m.text)), 10_000);
  }, 20_000);

  describe('of a Slack that is not as it should be', () => {
    let slack: FakeSlack;
    let ended: (() => Promise<void>) | undefined;
    const begin = (log = captureLog()) => {
      const bolt = createBolt({ botToken: 'xoxb-1', appToken: 'xapp-1', apiUrl: slack.apiUrl }, log.log);
      ended = () => bolt.disconnect();
      return { bolt, log };
    };
    afterEach(async () => {
      await ended?.();
      await slack.close();
    });

    test('go on after a message that makes no sense', async () => {
      slack = await startFakeSlack({ onSocket: hello });
      const { bolt, log } = begin();
      await bolt.connect();
      await until('both', () => slack.sockets.size === 2);
      const envelope = { envelope_id: '1', type: 'events_api', payload: { type: 'app_rate_limited' } };
      for (const socket of slack.sockets) {
        for (const text of ['null', JSON.stringify(envelope), '{"envelope_id":"2","type":"slash_commands"}', 'no JSON'])
          socket.send(text);
      }
      await until('it is said', () => log.text().split('makes no sense').length > 4);
      expect(bolt.way()).toEqual({ open: true, refused: undefined });
      expect(slack.sockets.size).toBe(2);
      expect(uncaught).toEqual([]);
    });

    test('one is enough to begin with: Slack may have none for the second one', async () => {
      slack = await startFakeSlack({
        onSocket: (socket, n) => (n === 1 ? hello(socket) : goodbye(socket, 'too_many_websockets')),
      });
      const { bolt, log } = begin();
      let connected = false;
      void bolt.connect().then(() => {
        connected = true;
      });
      await until('it is connected', () => connected, 5_000);
      await until('the other one', () => log.text().includes('too_many_websockets'));
      expect(bolt.way()).toEqual({ open: true, refused: undefined });
    });

    test('are not called open while Slack says nothing on them', async () => {
      slack = await startFakeSlack({ onSocket: () => undefined });
      const { bolt } = begin();
      void bolt.connect();
      await until('both', () => slack.sockets.size === 2);
      await delay(300);
      expect(bolt.way().open).toBe(false);
    });

    test.each([
      ['a page of a proxy', `<html>${'Be right back. '.repeat(5_000)}</html>`],
      ['a move of the workspace', JSON.stringify({ ok: false, error: 'team_added_to_org' })],
    ])('%s is no refusal of the token', async (_, answer) => {
      slack = await startFakeSlack({ onSocket: hello, answer });
      const { bolt, log } = begin();
      void bolt.connect();
      await until('a try', () => log.text().includes('cannot be opened'));
      expect(bolt.way()).toEqual({ open: false, refused: undefined });
      expect(log.text()).not.toContain('new app-level token');
      const longest = Math.max(...log.entries.map((e) => JSON.stringify(e).length));
      expect(longest).toBeLessThan(15_000);
    });

    test('Socket Mode that was switched off is said, with what to do', async () => {
      slack = await startFakeSlack({ onSocket: (socket) => goodbye(socket, 'link_disabled') });
      const { bolt, log } = begin();
      void bolt.connect();
      await until('the refusal', () => bolt.way().refused === 'Socket Mode (link_disabled)');
      await until('both', () => slack.made() > 2);
      expect(log.text().match(/Switch Socket Mode on/g)).toHaveLength(1);
    });

    test('it is said why one could not be opened, or has ended', async () => {
      const closed = await freePort();
      slack = await startFakeSlack({
        onSocket: (socket, n) => {
          hello(socket);
          if (n === 1) setTimeout(() => goodbye(socket, 'refresh_requested'), 100);
        },
        url: (n) => (n === 2 ? `ws://127.0.0.1:${closed}/link` : undefined),
      });
      const { bolt, log } = begin();
      void bolt.connect();
      await until('both', () => slack.sockets.size === 2 && slack.made() === 3);
      expect(log.entries.find((e) => e.msg.includes('has ended'))).toMatchObject({ reason: 'refresh_requested' });
      const failed = log.entries.find((e) => e.msg.includes('cannot be opened'));
      expect(JSON.stringify(failed)).toMatch(/WebSocket failed.*caused by: SMWebsocketError/);
    });

    test('none is opened once they were ended', async () => {
      slack = await startFakeSlack({ onSocket: hello });
      const { bolt } = begin();
      await bolt.disconnect();
      await bolt.connect();
      await delay(300);
      expect(slack.sockets.size).toBe(0);
    });
  });

  test('the next try is soon after a first failure, and never longer than ten seconds after any other', () => {
    expect([0, 1, 2, 3, 4, 5, 2_000].map(waitAfter)).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  });
});

const hello = (socket: WebSocket) => socket.send(JSON.stringify({ type: 'hello', num_connections: 1 }));
const goodbye = (socket: WebSocket, reason: string) => socket.send(JSON.stringify({ type: 'disconnect', reason }));
type FakeSlack = Awaited<ReturnType<typeof startFakeSlack>>;

/** A Slack that answers to every call with an address of a socket, or with `answer`, and says on the n-th socket what it is told. */
async function startFakeSlack(how: {
  onSocket: (socket: WebSocket, n: number) => void;
  answer?: string;
  /** Another address than its own for the n-th that asks. */
  url?: (n: number) => string | undefined;
}) {
  const sockets = new Set<WebSocket>();
  let made = 0;
  let asked = 0;
  const api = createServer((req, res) => {
    req.resume().on('end', () => {
      const own = `ws://127.0.0.1:${(api.address() as AddressInfo).port}/link`;
      asked += 1;
      const url = how.url?.(asked) ?? own;
      res.setHeader('content-type', 'application/json');
      res.end(how.answer ?? JSON.stringify({ ok: true, url }));
    });
  }).listen(0, '127.0.0.1');
  new WebSocketServer({ server: api }).on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    made += 1;
    how.onSocket(socket, made);
  });
  await once(api, 'listening');
  return {
    apiUrl: `http://127.0.0.1:${(api.address() as AddressInfo).port}/api/`,
    sockets,
    /** So many were opened. */
    made: () => made,
    async close() {
      for (const socket of sockets) socket.terminate();
      api.closeAllConnections();
      await new Promise((resolve) => api.close(resolve));
    },
  };
}

/** A Slack that gives addresses of sockets, takes the connection there and says nothing. */
async function startSlowSlack() {
  const taken = new Set<Socket>();
  const silent = createTcpServer((socket) => taken.add(socket.on('error', () => undefined))).listen(0, '127.0.0.1');
  const port = (server: typeof silent) => (server.address() as AddressInfo).port;
  const api = createServer((req, res) => {
    req.resume().on('end', () => {
      res.setHeader('content-type', 'application/json');
      res.end(JSON.stringify({ ok: true, url: `ws://127.0.0.1:${port(silent)}/link` }));
    });
  }).listen(0, '127.0.0.1');
  await Promise.all([silent, api].map((server) => server.listening || once(server, 'listening')));
  return {
    apiUrl: `http://127.0.0.1:${port(api)}/api/`,
    waiting: () => taken.size,
    async close() {
      for (const socket of taken) socket.destroy();
      api.closeAllConnections();
      await Promise.all([silent, api].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
