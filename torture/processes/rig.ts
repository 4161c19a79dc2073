import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { type AgoraSandbox, createAgora } from '../../sandbox/agora/create-agora.ts';
import { makeCredentials } from '../../sandbox/settings.ts';
import { createSlack, type SlackSandbox } from '../../sandbox/slack/create-slack.ts';
import { createStorage } from '../../sandbox/storage/create-storage.ts';
import { freePort, type RedisServer, startRedis } from '../../test/store/start-redis.ts';
import { type CallLog, createCallLog } from './call-log.ts';
import { createFaultProxy, type FaultProxy } from './fault-proxy.ts';

const root = join(import.meta.dirname, '../..');

export interface Rig {
  slack: SlackSandbox;
  agora: AgoraSandbox;
  redis: RedisServer;
  /** Between the bots and Redis. */
  proxy: FaultProxy;
  /** What the bots asked Agora. */
  calls: CallLog;
  /** Bot processes by their place; undefined while one is down. */
  bots: (ChildProcess | undefined)[];
  /** `clockOff`: how wrong the machine's clock is for this process, ms. */
  start(place: number, clockOff?: number): Promise<void>;
  signal(place: number, signal: NodeJS.Signals): void;
  /** Resolves when the process is gone. */
  end(place: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** True when the bot says that it can do its work. */
  ready(place: number): Promise<boolean>;
  /** Redis dies and comes back with the files that it had so long ago. Milliseconds. */
  restoreOlder(age: number): Promise<void>;
  /** Processes that ended though nobody ended them; each was started anew. */
  exits: readonly string[];
  /** What the bots wrote, to see what went wrong. */
  output(): string;
  close(): Promise<void>;
}

/** So many bots as processes of their own, on one real Redis with an AOF, in front of one Slack and one Agora. */
export async function createRig(replicas: number): Promise<Rig> {
  const keys = makeCredentials();
  const { bucket, accessKey, secretKey } = keys;
  const storage = await createStorage({ bucket, accessKey, secretKey });
  const ports = await Promise.all(Array.from({ length: replicas }, freePort));
  const agora = await createAgora({
    ...keys,
    storage,
    storageEndpointHost: '127.0.0.1',
    // Agora's limits are another proof's.
    qps: 10_000,
    maxConcurrent: 10_000,
    notifications: { url: `http://127.0.0.1:${ports[0]}/agora/notifications`, secret: keys.notificationSecret },
  });
  const calls = await createCallLog(agora, replicas);
  const manifest: unknown = parse(readFileSync(join(root, 'manifest.yml'), 'utf8'));
  const slack = await createSlack({ port: 0, manifest, ...keys, rateLimits: false });
  const redis = await startRedis(['--appendonly', 'yes', '--appendfsync', 'always']);
  const proxy = await createFaultProxy({ port: redis.port });
  const bots: (ChildProcess | undefined)[] = Array.from({ length: replicas }, () => undefined);
  const lines: string[] = [];
  const ended = new WeakSet<ChildProcess>();
  const exits: string[] = [];

  async function start(place: number, clockOff = 0): Promise<void> {
    const env = {
      PATH: process.env.PATH ?? '',
      SLACK_BOT_TOKEN: keys.botToken,
      SLACK_APP_TOKEN: keys.appToken,
      SLACK_API_URL: slack.apiUrl,
      AGORA_APP_ID: keys.appId,
      AGORA_APP_CERTIFICATE: keys.appCertificate,
      AGORA_CUSTOMER_ID: keys.customerId,
      AGORA_CUSTOMER_SECRET: keys.customerSecret,
      AGORA_API_URLS: calls.urls[place],
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
      PORT: String(ports[place]),
      HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      CLOCK_OFF: String(clockOff),
    };
    const shift = clockOff === 0 ? [] : ['--import', join(import.meta.dirname, 'shift-clock.ts')];
    const bot = spawn(process.execPath, [...shift, 'src/main.ts'], {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [bot.stdout, bot.stderr]) stream?.on('data', (chunk) => lines.push(`${place} ${chunk}`));
    bots[place] = bot;
    bot.on('exit', (code) => {
      if (bots[place] !== bot) return;
      bots[place] = undefined;
      // Whoever runs it has something that starts it anew.
      if (ended.has(bot)) return;
      exits.push(`bot ${place} ended by itself with ${code}`);
      setTimeout(() => start(place, clockOff), 1_000);
    });
  }

  return {
    slack,
    agora,
    redis,
    proxy,
    calls,
    bots,
    start,
    signal(place, signal) {
      bots[place]?.kill(signal);
    },
    async end(place, signal) {
      const bot = bots[place];
      if (!bot) return;
      ended.add(bot);
      const gone = once(bot, 'exit');
      bot.kill('SIGCONT');
      bot.kill(signal);
      await gone;
    },
    ready: (place) =>
      fetch(`http://127.0.0.1:${ports[place]}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
        (r) => r.ok,
        () => false,
      ),
    async restoreOlder(age) {
      const copy = mkdtempSync(join(tmpdir(), 'redis-older-'));
      cpSync(redis.folder, copy, { recursive: true });
      await delay(age);
      await redis.kill();
      rmSync(redis.folder, { recursive: true, force: true });
      cpSync(copy, redis.folder, { recursive: true });
      rmSync(copy, { recursive: true, force: true });
      await redis.start();
    },
    exits,
    output: () => lines.join(''),
    async close() {
      for (const bot of bots) {
        if (!bot) continue;
        ended.add(bot);
        const gone = once(bot, 'exit');
        bot.kill('SIGKILL');
        await gone;
      }
      await slack.close();
      await calls.close();
      await agora.close();
      await storage.close();
      await proxy.close();
      redis.thaw();
      await redis.remove();
    },
  };
}

/** Waits until it is so; false when it took too long. Milliseconds. */
export async function waitFor(is: () => boolean | Promise<boolean>, atMost: number, every = 100): Promise<boolean> {
  const end = Date.now() + atMost;
  while (!(await is())) {
    if (Date.now() > end) return false;
    await delay(every);
  }
  return true;
}
