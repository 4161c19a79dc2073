import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { countRepeats } from '../../torture/processes/call-log.ts';
import { createFaultProxy } from '../../torture/processes/fault-proxy.ts';
import { processes } from '../../torture/processes/processes.ts';
import { rolling } from '../../torture/processes/rolling.ts';
import { until } from '../support/until.ts';

test('two replicas, killed and cut off at random: nothing is left behind', { timeout: 600_000 }, async () => {
  const { figures, violations } = await processes.run({ scale: 'bounded' });
  expect(violations).toEqual([]);
  expect(Object.fromEntries(figures)).toMatchObject({ recordings: 10, 'recorders left behind': 0 });
});

test('replicas restarted one after the other: nobody notices', { timeout: 600_000 }, async () => {
  const { figures, violations } = await rolling.run({ scale: 'bounded' });
  expect(violations).toEqual([]);
  expect(Object.fromEntries(figures)).toMatchObject({
    restarts: 4,
    'recorders left behind': 0,
    'messages said twice': 0,
  });
});

test('a repeated call is put down to trouble only if that befell the caller of the one that it repeats', () => {
  const call = (place: number, endpoint: string, at: number) => ({ place, endpoint, cname: 'math', at, end: at + 50 });
  const start = [call(0, 'acquire', 0), call(0, 'start', 100)];
  const killed = [{ place: 0, from: 120, to: 2_000 }];
  expect(countRepeats(start, killed)).toEqual({ forced: 0, needless: 0 });
  const again = [...start, call(1, 'start', 3_000)];
  expect(countRepeats(again, killed)).toEqual({ forced: 1, needless: 0 });
  expect(countRepeats(again, [{ place: 1, from: 120, to: 2_000 }])).toEqual({ forced: 0, needless: 1 });
  expect(countRepeats(again, [{ place: 'all', from: 120, to: 2_000 }])).toEqual({ forced: 1, needless: 0 });
  expect(countRepeats(again, [{ place: 0, from: 1_500, to: 2_000 }])).toEqual({ forced: 0, needless: 1 });
  // Queries are repeated by the clock; only one that follows another one soon is one too many.
  const queries = [5_000, 10_000, 40_000, 55_000, 57_000].map((at) => call(0, 'query', at));
  expect(countRepeats([...start, ...queries], [])).toEqual({ forced: 0, needless: 1 });
});

test('the proxy passes on, swallows, cuts, and takes no connection while it is down', async () => {
  const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const proxy = await createFaultProxy({ port: (echo.address() as AddressInfo).port });
  const closed = (socket: Socket) => new Promise((resolve) => socket.on('close', resolve));
  const open = () => {
    const heard: string[] = [];
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('data', (bytes) => heard.push(String(bytes)));
    socket.on('error', () => undefined);
    return { socket, heard };
  };
  const { socket, heard } = open();
  socket.write('one');
  await until('the echo', () => heard.join('') === 'one');
  proxy.set('silent');
  socket.write('two');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(heard.join('')).toBe('one');
  expect(socket.destroyed).toBe(false);
  proxy.reset();
  await closed(socket);
  proxy.set('down');
  const refused = open();
  await closed(refused.socket);
  proxy.set('open');
  const again = open();
  again.socket.write('three');
  await until('the echo again', () => again.heard.join('') === 'three');
  await proxy.close();
  echo.close();
});
