import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

/** How the way is: `open`; `silent`: bytes are swallowed and nothing ends; `down`: no connection is taken, and those that are there are cut. */
export type Way = 'open' | 'silent' | 'down';

export interface FaultProxy {
  port: number;
  set(way: Way): void;
  /** Cuts every connection once; new ones are taken. */
  reset(): void;
  close(): Promise<void>;
}

/** A TCP proxy on loopback that can do what networks do. */
export async function createFaultProxy(target: { port: number }): Promise<FaultProxy> {
  let way: Way = 'open';
  const pairs = new Set<[Socket, Socket]>();

  const server = createServer((near) => {
    if (way === 'down') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target.port, '127.0.0.1');
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      // What is swallowed is gone, as on a way that loses packets for good: the connection is of no use afterwards.
      from.on('data', (bytes) => {
        if (way === 'open') to.write(bytes);
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
    reset,
    async close() {
      reset();
      server.close();
      await once(server, 'close');
    },
  };
}
