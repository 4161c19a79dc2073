import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type AgoraSandbox, createAgora } from '../../sandbox/agora/create-agora.ts';
import { type Credentials, makeCredentials } from '../../sandbox/settings.ts';
import { createSlack, type SlackSandbox } from '../../sandbox/slack/create-slack.ts';
import { createStorage, type StorageSandbox } from '../../sandbox/storage/create-storage.ts';
import type { UiMessage } from '../../sandbox/ui-protocol.ts';
import { type Bot, startBot } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { builtInProfiles } from '../../src/profiles/built-in-profiles.ts';
import { readProfiles } from '../../src/profiles/read-profiles.ts';
import { type CapturedLog, captureLog } from './quiet-log.ts';
import { until } from './until.ts';

/** A clock that a test moves; it also runs, so that things that take a moment do. */
export interface Clock {
  now(): number;
  /** Milliseconds. */
  advance(ms: number): void;
}

export function createClock(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance(ms) {
      ahead += ms;
    },
  };
}

export interface World {
  clock: Clock;
  slack: SlackSandbox;
  agora: AgoraSandbox;
  storage: StorageSandbox;
  bot: Bot;
  log: CapturedLog;
  env: Record<string, string>;
  /** What somebody sees in #classes. */
  sees(user?: string): UiMessage[];
  /** Waits for a message there whose text fits. */
  shown(text: RegExp, user?: string): Promise<UiMessage>;
  card(channelName: string, user?: string): UiMessage | undefined;
  /** From now on Agora's notifications reach nobody. */
  loseNotifications(): void;
  restartBot(): Promise<void>;
  close(): Promise<void>;
}

export interface WorldOptions {
  env?: Record<string, string>;
  httpMode?: boolean;
  notifications?: boolean;
  speed?: number;
  /** The text of a profiles.yml; or what makes it of the bucket, which stands for Amazon S3 too. */
  profiles?: string | ((storage: { url: string; bucket: string }) => string);
  /** In place of random ones. */
  keys?: Partial<Credentials>;
  /** False: an Agora project without a certificate, whose recorders need no token. */
  certificate?: boolean;
}

/** The real bot against the sandbox's Slack, Agora and bucket, over real sockets, all on one clock. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const keys = { ...makeCredentials(), ...options.keys };
  const clock = createClock();
  const { now } = clock;
  const storage = await createStorage({
    bucket: keys.bucket,
    accessKey: keys.accessKey,
    secretKey: keys.secretKey,
    tokenNow: now,
  });
  const profilesText =
    typeof options.profiles === 'function'
      ? options.profiles({ url: storage.url, bucket: keys.bucket })
      : options.profiles;
  const { certificate = true } = options;
  const notifications = { url: '', secret: keys.notificationSecret };
  const agora = await createAgora({
    now,
    speed: options.speed ?? 1,
    appId: keys.appId,
    ...(certificate ? { appCertificate: keys.appCertificate } : {}),
    customerId: keys.customerId,
    customerSecret: keys.customerSecret,
    storage,
    clouds: { 1: storage.url },
    storageEndpointHost: '127.0.0.1',
    qps: 1000,
    ...(options.notifications ? { notifications } : {}),
  });
  const requestUrl = { url: '' };
  const slack = await createSlack({
    port: 0,
    now,
    manifest: parse(readFileSync(join(import.meta.dirname, '../../manifest.yml'), 'utf8')),
    botToken: keys.botToken,
    appToken: keys.appToken,
    signingSecret: keys.signingSecret,
    rateLimits: false,
    ...(options.httpMode ? { requestUrl: () => requestUrl.url } : {}),
  });
  const log = captureLog();
  const env: Record<string, string> = {
    SLACK_BOT_TOKEN: keys.botToken,
    ...(options.httpMode ? { SLACK_SIGNING_SECRET: keys.signingSecret } : { SLACK_APP_TOKEN: keys.appToken }),
    SLACK_API_URL: slack.apiUrl,
    AGORA_APP_ID: keys.appId,
    ...(certificate ? { AGORA_APP_CERTIFICATE: keys.appCertificate } : {}),
    AGORA_CUSTOMER_ID: keys.customerId,
    AGORA_CUSTOMER_SECRET: keys.customerSecret,
    AGORA_API_URLS: agora.url,
    AGORA_QPS: '1000',
    STORAGE_VENDOR: 's3-compatible',
    STORAGE_REGION: '0',
    STORAGE_BUCKET: keys.bucket,
    STORAGE_ACCESS_KEY: keys.accessKey,
    STORAGE_SECRET_KEY: keys.secretKey,
    STORAGE_ENDPOINT: storage.url,
    STORE_URL: 'memory:',
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'debug',
    ...(options.notifications ? { AGORA_NOTIFICATION_SECRET: keys.notificationSecret } : {}),
    ...options.env,
  };

  async function start(): Promise<Bot> {
    const read = readConfig(env);
    if (!read.ok) throw new Error(read.problems.join('\n'));
    const file = profilesText
      ? readProfiles({
          text: profilesText,
          file: 'profiles.yml',
          env: (name) => env[name],
          builtIn: builtInProfiles(read.config),
        })
      : undefined;
    if (file && !file.ok) throw new Error(file.problems.join('\n'));
    const profiles = file?.profiles;
    const bot = await startBot(read.config, { log: log.log, now, profiles, env: (name) => env[name] });
    notifications.url = `${bot.url}/agora/notifications`;
    requestUrl.url = `${bot.url}/slack/events`;
    await until('the bot is ready', async () => (await fetch(`${bot.url}/readyz`)).ok);
    return bot;
  }

  const world: World = {
    clock,
    slack,
    agora,
    storage,
    log,
    env,
    bot: await start(),
    sees: (user = 'U0ANA') => slack.messages('C0CLASSES', user),
    shown: (text, user = 'U0ANA') =>
      until(`a message like ${text} to ${user}`, () =>
        slack.messages('C0CLASSES', user).find((m) => text.test(m.text)),
      ),
    card: (name, user = 'U0ANA') =>
      slack
        .messages('C0CLASSES', user)
        .find((m) => m.is_app && !m.is_ephemeral && m.text.startsWith(`Recording of ${name}`)),
    loseNotifications() {
      notifications.url = 'http://127.0.0.1:9/';
    },
    async restartBot() {
      await world.bot.stop();
      world.bot = await start();
    },
    async close() {
      await world.bot.stop();
      await slack.close();
      await agora.close();
      await storage.close();
    },
  };
  return world;
}
