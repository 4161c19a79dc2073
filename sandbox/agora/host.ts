import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One address of Agora's REST API. */
export interface Host {
  url: string;
  /** While down it takes no connections, and those that it has are cut. */
  setDown(down: boolean): void;
  close(): Promise<void>;
}

/** Listens on loopback. `port` 0: any free one. */
export async function createHost(port: number, handle: RequestListener): Promise<Host> {
  let down = false;
  const server = createServer(handle);
  server.on('connection', (socket) => {
    if (down) socket.resetAndDestroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setDown(value) {
      down = value;
      if (down) server.closeAllConnections();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
