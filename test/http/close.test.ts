import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createHttpServer, type HttpServer, type Route, sendJson } from '../../src/http/create-http-server.ts';
import { captureLog } from '../support/quiet-log.ts';

/** How the bot's own HTTP server ends. */
let server: HttpServer;
afterEach(() => server.close());

async function start(route: Route): Promise<void> {
  const routes = new Map([['GET /slow', route]]);
  server = await createHttpServer({ host: '127.0.0.1', port: 0, routes, log: captureLog().log });
}

async function msToClose(): Promise<number> {
  const started = performance.now();
  await server.close();
  return performance.now() - started;
}

test('a request under way is answered, and then it is closed at once, kept alive or not', async () => {
  await start(async (_req, res) => {
    await delay(800);
    sendJson(res, 200, { done: true });
  });
  const agent = new Agent({ keepAlive: true });
  const asked = once(get(`${server.url}/slow`, { agent }), 'response').then(([res]) => res.resume());
  await delay(200);
  expect(await msToClose()).toBeLessThan(2_000);
  const { statusCode, headers } = await asked;
  expect(statusCode).toBe(200);
  // Or the next request would come over a connection that nobody serves any more.
  expect(headers.connection).toBe('close');
  agent.destroy();
});

test('a request that is not answered holds the end for three seconds', async () => {
  await start(() => undefined);
  const asked = fetch(`${server.url}/slow`).then(
    () => 'answered',
    () => 'cut',
  );
  await delay(200);
  const ms = await msToClose();
  expect(ms).toBeGreaterThan(2_800);
  expect(ms).toBeLessThan(4_500);
  expect(await asked).toBe('cut');
});

test('nobody who asks nothing holds the end', async () => {
  await start((_req, res) => sendJson(res, 200, {}));
  const agent = new Agent({ keepAlive: true });
  const [res] = await once(get(`${server.url}/slow`, { agent }), 'response');
  await once(res.resume(), 'end');
  const silent = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => undefined);
  await once(silent, 'connect');
  await delay(100);
  expect(await msToClose()).toBeLessThan(1_000);
  agent.destroy();
  silent.destroy();
});
