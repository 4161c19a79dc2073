import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from '../support/until.ts';
import { freePort, type RedisServer, startRedis } from './start-redis.ts';

const run = promisify(execFile);

/** What a server answers to one command of redis-cli. */
export async function ask(port: number, ...command: string[]): Promise<string> {
  const { stdout } = await run('redis-cli', ['-p', String(port), ...command]);
  return stdout.trim();
}

export interface SentinelGroup {
  url: string;
  servers: RedisServer[];
  /** The one that Sentinel calls the master now. */
  master(): Promise<RedisServer>;
  remove(): Promise<void>;
}

/** A master, a replica, and a redis-sentinel that makes the replica the master when the other one is gone for some seconds. */
export async function startSentinel(password?: string): Promise<SentinelGroup> {
  const secret = password === undefined ? [] : ['--requirepass', password, '--masterauth', password];
  const first = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always', ...secret]);
  const second = await startRedis([
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
    '--replicaof',
    `127.0.0.1 ${first.port}`,
    ...secret,
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'sentinel-'));
  const port = await freePort();
  const file = join(folder, 'sentinel.conf');
  writeFileSync(
    file,
    [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor mymaster 127.0.0.1 ${first.port} 1`,
      // Long enough for a machine that is busy: a master that is deposed for nothing takes writes that are lost.
      'sentinel down-after-milliseconds mymaster 4000',
      'sentinel failover-timeout mymaster 5000',
      ...(password === undefined ? [] : [`sentinel auth-pass mymaster ${password}`]),
    ].join('\n'),
  );
  const sentinel = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  const of = async () => {
    const [, found] = (await ask(port, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')).split('\n');
    return found === String(first.port) ? first : second;
  };
  await until('Sentinel sees the replica', async () =>
    (await ask(port, 'SENTINEL', 'MASTER', 'mymaster').catch(() => '')).includes('num-slaves\n1'),
  );
  const auth = password === undefined ? [] : ['-a', password, '--no-auth-warning'];
  await until('the replica follows', async () =>
    (await ask(second.port, ...auth, 'INFO', 'replication')).includes('master_link_status:up'),
  );
  const user = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return {
    url: `redis+sentinel://${user}127.0.0.1:${port}/mymaster`,
    servers: [first, second],
    master: of,
    async remove() {
      sentinel.kill('SIGKILL');
      await once(sentinel, 'exit');
      rmSync(folder, { recursive: true, force: true });
      for (const server of [first, second]) {
        server.thaw();
        await server.remove();
      }
    },
  };
}

export interface ClusterGroup {
  url: string;
  servers: RedisServer[];
  remove(): Promise<void>;
}

/** Three masters, among which redis-cli deals out the slots. */
export async function startCluster(options: string[] = []): Promise<ClusterGroup> {
  const servers: RedisServer[] = [];
  for (let n = 0; n < 3; n++)
    servers.push(
      await startRedis(['--cluster-enabled', 'yes', '--appendonly', 'yes', '--appendfsync', 'always', ...options]),
    );
  const nodes = servers.map((s) => `127.0.0.1:${s.port}`);
  await run('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes']);
  await until('the cluster stands', async () => {
    const states = await Promise.all(servers.map((s) => ask(s.port, 'CLUSTER', 'INFO')));
    return states.every((s) => s.includes('cluster_state:ok'));
  });
  return {
    url: `redis+cluster://${nodes.slice(0, 2).join(',')}`,
    servers,
    async remove() {
      for (const server of servers) {
        server.thaw();
        await server.remove();
      }
    },
  };
}
