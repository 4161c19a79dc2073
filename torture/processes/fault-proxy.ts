import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** How the way is; `down`: no connection is taken, and those that are there are cut; `silent`: new ones are taken and forgotten at once. */
export type Way = 'open' | 'down' | 'silent';

export interface FaultProxy {
  port: number;
  set(way: Way): void;
  /**
   * Swallows from now on what goes over the connections there are, and tells nobody, as when a router forgets them; new ones are served. Bytes that are
   * gone make a connection useless for good, so none of these is served again. Returns how many they are.
   */
  forget(): number;
  /** How many of the forgotten ones are still held on to. */
  believed(): number;
  /** How many connections were served. */
  made(): number;
  close(): Promise<void>;
}

/** A TCP proxy on loopback that can do what networks do. */
export async function createFaultProxy(target: { port: number }): Promise<FaultProxy> {
  let way: Way = 'open';
  const pairs = new Set<[Socket, Socket]>();
  let made = 0;
  const forgotten = new Set<[Socket, Socket]>();

  const server = createServer((near) => {
    if (way === 'down') {
      near.resetAndDestroy();
      return;
    }
    made += 1;
    const far = connect(target.port, '127.0.0.1');
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    if (way === 'silent') forgotten.add(pair);
    const end = () => {
      pairs.delete(pair);
      forgotten.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => {
        if (!forgotten.has(pair)) to.write(bytes);
      });
      from.on('error', end);
      from.on('close', end);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reset = () => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  };
  return {
    port: (server.address() as AddressInfo).port,
    set(value) {
      way = value;
      if (way === 'down') reset();
    },
    forget() {
      for (const pair of pairs) forgotten.add(pair);
      return forgotten.size;
    },
    believed: () => forgotten.size,
    made: () => made,
    async close() {
      reset();
      server.close();
      await once(server, 'close');
    },
  };
}
