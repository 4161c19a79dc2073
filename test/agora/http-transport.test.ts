import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { httpTransport } from '../../src/agora/http-transport.ts';
import type { AgoraAnswer } from '../../src/agora/transport.ts';
import { until } from '../support/until.ts';

let server: Server | undefined;
afterEach(async () => {
  vi.useRealTimers();
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

async function listen(listener: RequestListener): Promise<string> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

const query = (host: string) =>
  httpTransport({ host, endpoint: 'query', method: 'GET', path: '/', customerId: 'c', customerSecret: 's' });

describe('an answer over HTTP', () => {
  test('comes with its status and its text', async () => {
    const host = await listen((_, res) => res.writeHead(404).end('{"code":404}'));
    expect(await query(host)).toMatchObject({ status: 404, text: '{"code":404}' });
  });

  test.each([
    ['before its head', () => undefined],
    ['after its head', (write: (text: string) => void) => write('{"serverResponse":')],
  ])('that stalls %s is given up', async (_when, begin) => {
    let came = false;
    const host = await listen((_, res) => {
      begin((text) => res.write(text));
      came = true;
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true, advanceTimeDelta: 5 });
    let answer: AgoraAnswer | undefined;
    query(host).then((a) => {
      answer = a;
    });
    await until('the request', () => came);
    await until('the end of patience', () => {
      vi.advanceTimersByTime(1_000);
      return answer;
    });
    expect(answer).toMatchObject({ timeout: true, sent: true });
  });

  test('is one request, whatever its status', async () => {
    let requests = 0;
    let status = 500;
    const host = await listen((_, res) => {
      requests += 1;
      res.writeHead(status, { 'retry-after': '0' }).end('{}');
    });
    for (status of [429, 500, 502, 503, 504]) expect(await query(host)).toMatchObject({ status });
    expect(requests).toBe(5);
  });

  test('that leads elsewhere is not followed', async () => {
    const paths: (string | undefined)[] = [];
    const host = await listen((req, res) => {
      paths.push(req.url);
      res.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect(await query(host)).toMatchObject({ status: 307 });
    expect(paths).toEqual(['/']);
  });

  test('that is cut has no status', async () => {
    const host = await listen((_, res) => {
      res.writeHead(200, { 'content-length': 100 }).write('{', () => res.destroy());
    });
    expect(await query(host)).toMatchObject({ timeout: false, sent: true });
  });
});
