import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a Redis of this machine on which each answer is so many ms longer under way. */
export async function startSlowWay(port: number, ms: number): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((here) => {
    const there = connect(port, '127.0.0.1');
    for (const socket of [here, there]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        here.destroy();
        there.destroy();
      });
    }
    here.on('data', (data) => there.write(data));
    there.on('data', (data) => setTimeout(() => here.writable && here.write(data), ms));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `redis://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
