import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBolt } from '../../src/slack/create-bolt.ts';
import { waitAfter } from '../../src/slack/keep-socket.ts';
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
    await until('the refusal', () => world.bolt.way().refused === 'invalid_auth');
    expect(world.bolt.way().open).toBe(true);
    world.slack.refreshConnections();
    await until('no connection', () => !world.bolt.way().open);
    // Longer than Slack's client waits before it tries by itself.
    await delay(6_000);
    world.slack.restoreToken('app');
    await until('both connections', () => world.slack.connections === 2);
    expect(world.bolt.way()).toEqual({ open: true, refused: undefined });
    expect(world.log.text().match(/Slack refuses SLACK_APP_TOKEN/g)?.length).toBeLessThanOrEqual(2);
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
  }, 20_000);

  test('the next try is soon after a first failure, and never longer than ten seconds after any other', () => {
    expect([0, 1, 2, 3, 4, 5, 2_000].map(waitAfter)).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  });
});

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
