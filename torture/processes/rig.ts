import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { type AgoraSandbox, createAgora } from '../../sandbox/agora/create-agora.ts';
import { makeCredentials } from '../../sandbox/settings.ts';
import { createSlack, type SlackSandbox } from '../../sandbox/slack/create-slack.ts';
import { createStorage } from '../../sandbox/storage/create-storage.ts';
import { type RedisServer, startRedis } from '../../test/store/start-redis.ts';
import { createFaultProxy, type FaultProxy } from './fault-proxy.ts';

const root = join(import.meta.dirname, '../..');

export interface Rig {
  slack: SlackSandbox;
  agora: AgoraSandbox;
  redis: RedisServer;
  /** Between the bots and Redis. */
  proxy: FaultProxy;
  /** Bot processes by their place; undefined while one is down. */
  bots: (ChildProcess | undefined)[];
  start(place: number): Promise<void>;
  signal(place: number, signal: NodeJS.Signals): void;
  /** Resolves when the process is gone. */
  end(place: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** What the bots wrote, to see what went wrong. */
  output(): string;
  close(): Promise<void>;
}

/** So many bots as processes of their own, on one real Redis with an AOF, in front of one Slack and one Agora. */
export async function createRig(replicas: number): Promise<Rig> {
  const keys = makeCredentials();
  const { bucket, accessKey, secretKey } = keys;
  const storage = await createStorage({ bucket, accessKey, secretKey });
  const port = await freePort();
  const agora = await createAgora({
    ...keys,
    storage,
    storageEndpointHost: '127.0.0.1',
    // Agora's limits are another proof's.
    qps: 10_000,
    maxConcurrent: 10_000,
    notifications: { url: `http://127.0.0.1:${port}/agora/notifications`, secret: keys.notificationSecret },
  });
  const manifest: unknown = parse(readFileSync(join(root, 'manifest.yml'), 'utf8'));
  const slack = await createSlack({ port: 0, manifest, ...keys, rateLimits: false });
  const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
  const proxy = await createFaultProxy({ port: redis.port });
  const bots: (ChildProcess | undefined)[] = Array.from({ length: replicas }, () => undefined);
  const lines: string[] = [];

  async function start(place: number): Promise<void> {
    const env = {
      PATH: process.env.PATH ?? '',
      SLACK_BOT_TOKEN: keys.botToken,
      SLACK_APP_TOKEN: keys.appToken,
      SLACK_API_URL: slack.apiUrl,
      AGORA_APP_ID: keys.appId,
      AGORA_APP_CERTIFICATE: keys.appCertificate,
      AGORA_CUSTOMER_ID: keys.customerId,
      AGORA_CUSTOMER_SECRET: keys.customerSecret,
      AGORA_API_URLS: agora.url,
      AGORA_QPS: '1000',
      AGORA_NOTIFICATION_SECRET: keys.notificationSecret,
      MAX_CONCURRENT: '10000',
      STORAGE_VENDOR: 's3-compatible',
      STORAGE_REGION: '0',
      STORAGE_BUCKET: bucket,
      STORAGE_ACCESS_KEY: accessKey,
      STORAGE_SECRET_KEY: secretKey,
      STORAGE_ENDPOINT: storage.url,
      STORE_URL: `redis://127.0.0.1:${proxy.port}`,
      ALERT_CHANNEL: 'C0OPS',
      // Notifications go to the first; when it is down they are lost, as they may be.
      PORT: place === 0 ? String(port) : '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
    };
    const bot = spawn(process.execPath, ['src/main.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [bot.stdout, bot.stderr]) stream?.on('data', (chunk) => lines.push(`${place} ${chunk}`));
    bots[place] = bot;
    bot.on('exit', () => {
      if (bots[place] === bot) bots[place] = undefined;
    });
  }

  return {
    slack,
    agora,
    redis,
    proxy,
    bots,
    start,
    signal(place, signal) {
      bots[place]?.kill(signal);
    },
    async end(place, signal) {
      const bot = bots[place];
      if (!bot) return;
      const gone = once(bot, 'exit');
      bot.kill('SIGCONT');
      bot.kill(signal);
      await gone;
    },
    output: () => lines.join(''),
    async close() {
      for (const bot of bots) {
        if (!bot) continue;
        const gone = once(bot, 'exit');
        bot.kill('SIGKILL');
        await gone;
      }
      await slack.close();
      await agora.close();
      await storage.close();
      await proxy.close();
      redis.thaw();
      await redis.remove();
    },
  };
}

/** Waits until it is so; false when it took too long. Milliseconds. */
export async function waitFor(is: () => boolean | Promise<boolean>, atMost: number): Promise<boolean> {
  const end = Date.now() + atMost;
  while (!(await is())) {
    if (Date.now() > end) return false;
    await delay(100);
  }
  return true;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
