import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createFaultProxy } from '../../torture/processes/fault-proxy.ts';
import { processes } from '../../torture/processes/processes.ts';
import { until } from '../support/until.ts';

test('two replicas, killed and cut off at random: nothing is left behind', { timeout: 600_000 }, async () => {
  const { figures, violations } = await processes.run({ scale: 'bounded' });
  expect(violations).toEqual([]);
  expect(Object.fromEntries(figures)).toMatchObject({ recordings: 10, 'recorders left behind': 0 });
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
