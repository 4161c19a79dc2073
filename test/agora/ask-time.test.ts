import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { askTime } from '../../src/agora/ask-time.ts';
import { httpTransport } from '../../src/agora/http-transport.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A host that answers 401 and says what time it is; `heard`: what it was sent. */
async function host(date: string | undefined) {
  const heard: string[] = [];
  const server = createServer((req, res) => {
    heard.push(`${req.method} ${req.url} ${req.headers.authorization ?? 'nobody'}`);
    res.sendDate = false;
    res.writeHead(401, date === undefined ? {} : { date }).end('{}');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

test('asks one host after the other, without credentials, until one says what time it is', async () => {
  const [silent, telling, never] = [
    await host(undefined),
    await host('Fri, 15 Jan 2027 12:00:00 GMT'),
    await host('x'),
  ];
  const heard: number[] = [];
  const waits: number[] = [];
  await askTime({
    transport: httpTransport,
    hosts: ['http://127.0.0.1:1', silent.url, telling.url, never.url],
    heard: (date) => void heard.push(date),
    sleep: async (ms) => void waits.push(ms),
  });
  expect(heard).toEqual([Date.UTC(2027, 0, 15, 12)]);
  expect(waits).toEqual([0]);
  expect([silent.heard, telling.heard, never.heard]).toEqual([['GET / nobody'], ['GET / nobody'], []]);
});

test('a machine without a network asks again, and gives up after a while', async () => {
  const waits: number[] = [];
  await askTime({
    transport: httpTransport,
    hosts: ['http://127.0.0.1:1'],
    heard: () => expect.unreachable(),
    sleep: async (ms) => void waits.push(ms),
  });
  expect(waits).toEqual([0, 1_000, 5_000, 15_000, 60_000]);
});
