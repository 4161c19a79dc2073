import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until.ts';

export interface RedisServer {
  url: string;
  port: number;
  /** Stops answering, as a machine that swaps does, and goes on. */
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Where its files are. */
  folder: string;
  /** Ends it and removes its files. */
  remove(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address ? address.port : 0;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new Socket();
    const settle = (ok: boolean) => {
      socket.destroy();
      resolve(ok);
    };
    socket.once('error', () => settle(false));
    // While it loads its files it answers with an error.
    socket.once('data', (reply) => settle(/^(\+PONG|-NOAUTH)/.test(String(reply))));
    socket.connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
  });
}

/** A real redis-server on a free port of this machine, in a folder of its own. Options as on its command line. */
export async function startRedis(options: string[] = []): Promise<RedisServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'redis-'));
  let server: ChildProcess;
  const redis: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    port,
    folder,
    async start() {
      const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
      server = spawn('redis-server', [...own, ...options], { stdio: 'ignore' });
      await until('redis-server answers', () => answers(port));
    },
    freeze() {
      server.kill('SIGSTOP');
    },
    thaw() {
      server.kill('SIGCONT');
    },
    async kill() {
      if (server.exitCode !== null || server.signalCode !== null) return;
      server.kill('SIGKILL');
      await once(server, 'exit');
    },
    async remove() {
      await redis.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}
