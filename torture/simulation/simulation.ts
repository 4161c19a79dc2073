import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebClient } from '@slack/web-api';
import { parse } from 'yaml';
import { type AgoraSandbox, createAgora } from '../../sandbox/agora/create-agora.ts';
import { signatures } from '../../sandbox/agora/notifier.ts';
import { createSlack, type SlackSandbox } from '../../sandbox/slack/create-slack.ts';
import { createCloudRecording } from '../../src/agora/create-cloud-recording.ts';
import { parseNotification, verifyNotification } from '../../src/agora/notification.ts';
import type { Transport } from '../../src/agora/transport.ts';
import { createFileLinks } from '../../src/files/create-file-links.ts';
import { expectFiles } from '../../src/files/predict-files.ts';
import { signLink } from '../../src/files/sign-link.ts';
import { createNotificationsRoute } from '../../src/http/notifications-route.ts';
import { createRecordings } from '../../src/recording/create-recordings.ts';
import type { SessionStore } from '../../src/recording/ports.ts';
import type { Recordings, StartRequest } from '../../src/recording/recordings.ts';
import type { Session } from '../../src/recording/session.ts';
import { readSession } from '../../src/recording/upgrade-session.ts';
import { createAnnouncer } from '../../src/slack/create-announcer.ts';
import { createSealer } from '../../src/slack/create-sealer.ts';
import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';
import { createAgenda } from '../../src/store/create-agenda.ts';
import { createSessionStore } from '../../src/store/create-session-store.ts';
import { openSqlite } from '../../src/store/sqlite-adapter.ts';
import { inject, injectingFetch } from './inject.ts';
import { createMemoryBucket, type MemoryBucket } from './memory-bucket.ts';
import type { Around, PortCall } from './port-call.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

/** A bot of this process. Killing it is forgetting it: nothing that it began comes back. */
export interface SimulatedBot {
  recordings: Recordings;
  alive: boolean;
}

/** A notification as it came over the wire. */
export interface HeldNotice {
  eventType: number;
  body: string;
  headers: Record<string, string>;
}

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  data: object;
  message: string;
}

export interface Simulation {
  time: VirtualTime;
  agora: AgoraSandbox;
  slack: SlackSandbox;
  bucket: MemoryBucket;
  /** All bots there ever were. */
  bots: readonly SimulatedBot[];
  log: LogLine[];
  /** None of these may leave. The id of a storage key is none: signed links show it. */
  secrets: readonly string[];
  /** A process begins: it reads the store, and takes up what it finds. */
  startBot(): Promise<SimulatedBot>;
  /** While true, notifications are kept, and Agora believes that they were taken. */
  holdNotices(hold: boolean): void;
  /** What was kept so far. */
  held: HeldNotice[];
  /** Brings one to a bot, signed, and answers the HTTP status. `noticeId`: another one, as Agora's redundant notifications have. */
  deliver(notice: HeldNotice, noticeId?: string): Promise<number>;
  kill(bot: SimulatedBot): void;
  /** Stands around every call of every bot from now on. */
  setAround(around: Around): void;
  /** What is in the store, past every bot: sessions that can be read, by id. */
  sessions(): Promise<Map<string, Session>>;
  /** All values of the store, as they are. */
  dump(): Promise<string[]>;
  /** Forgets all that the store holds. */
  wipeStore(): Promise<void>;
  /** Lets virtual time pass, with a beat each second in which something is due. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until something is so, or for so long. Answers whether it is. */
  passUntil(is: () => boolean | Promise<boolean>, atMost: number): Promise<boolean>;
  close(): Promise<void>;
}

export interface SimulationOptions {
  /** False: Agora sends none, and everything is found out by asking. */
  notifications?: boolean;
  maxConcurrent?: number;
  /** Slack's limits for posts are played. */
  slackRateLimits?: boolean;
}

const keys = {
  appId: 'a1'.repeat(16),
  appCertificate: 'b2'.repeat(16),
  customerId: 'customer',
  customerSecret: 'canary-customer-secret',
  notificationSecret: 'canary-notification-secret',
  accessKey: 'canary-access-key',
  secretKey: 'canary-storage-secret',
  botToken: 'xoxb-canary-bot-token',
  appToken: 'xapp-canary-app-token',
  signingSecret: 'canary-signing-secret',
};
const manifest: unknown = parse(readFileSync(join(import.meta.dirname, '../../manifest.yml'), 'utf8'));
/** 2027-01-15, noon. */
const dayOne = Date.UTC(2027, 0, 15, 12);
/** The sandbox's Agora is looked at so often while something records, and so often while nothing does. Milliseconds. */
const agoraStep = { busy: 5_000, idle: 60_000 };
const second = 1_000;

/**
 * A world in one process on virtual time: the bot's own core with its Agora client, announcer, notifications and store, against the sandbox's
 * Agora and Slack, without a socket between them. What is not in it: Bolt and the commands (calls go to {@link Recordings}), got, the files' own
 * checks, BullMQ; those have tests over real sockets.
 */
export async function createSimulation(options: SimulationOptions = {}): Promise<Simulation> {
  const time = createVirtualTime(dayOne);
  const { now } = time;
  const log: LogLine[] = [];
  const write = (level: LogLine['level']) => (data: object, message: string) => void log.push({ level, data, message });
  const quietLog = { debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error') };
  const bucket = createMemoryBucket(now);
  const db: AtomicKeyv = openSqlite(':memory:', now);
  const bots: (SimulatedBot & { due(): number | undefined; route: ReturnType<typeof createNotificationsRoute> })[] = [];
  let around: Around = (_call, run) => run();

  let holding = false;
  const held: HeldNotice[] = [];
  const toBot = injectingFetch(() => {
    const bot = bots.find((b) => b.alive);
    if (!bot) throw new TypeError('fetch failed');
    return (req, res) => void bot.route(req, res);
  }, time.stir);

  const agora = await createAgora({
    hosts: 0,
    now,
    // The token's library goes by the machine's clock.
    tokenNow: Date.now,
    autoTick: false,
    sleep: (ms) => time.sleep(ms),
    ...keys,
    bucketClient: bucket.client,
    storage: { url: 'memory:' },
    storageEndpointHost: 'bucket.test',
    uploadRetryWaits: [],
    qps: Number.POSITIVE_INFINITY,
    maxConcurrent: options.maxConcurrent ?? 1_000,
    ...(options.notifications === false
      ? {}
      : {
          notifications: {
            url: 'http://bot/agora/notifications',
            secret: keys.notificationSecret,
            async fetch(input, init) {
              if (!holding) return toBot(input, init);
              const body = String(init?.body);
              const { eventType } = JSON.parse(body) as { eventType: number };
              held.push({ eventType, body, headers: { ...(init?.headers as Record<string, string>) } });
              return new Response('{}');
            },
          },
        }),
  });
  const slack = await createSlack({ port: 0, now, manifest, ...keys, rateLimits: options.slackRateLimits ?? false });
  const slackFetch = injectingFetch(() => slack.listener, time.stir);

  const storage = {
    name: 'default',
    vendor: 11,
    region: '',
    bucket: 'recordings',
    accessKey: keys.accessKey,
    secretKey: keys.secretKey,
    endpoint: 'https://bucket.test',
    prefix: [],
  };
  // The signer is loaded with the first link, which takes real time: days of virtual time would pass meanwhile.
  await signLink(storage, 'any', { method: 'GET', now: now(), seconds: 1 });

  /** A call of a bot that is dead never comes back. */
  function call<T>(bot: SimulatedBot, c: PortCall, run: () => Promise<T>): Promise<T> {
    time.stir();
    if (!bot.alive) return new Promise<never>(() => undefined);
    return around(c, run).then(
      (value) => (bot.alive ? value : new Promise<never>(() => undefined)),
      (error: unknown) => (bot.alive ? Promise.reject(error) : new Promise<never>(() => undefined)),
    );
  }

  async function startBot(): Promise<SimulatedBot> {
    const index = bots.length;
    const agenda = createAgenda({ now, log: quietLog });
    const store = createSessionStore(db, { now, log: quietLog });
    const transport: Transport = (request) =>
      call(bot, { bot: index, port: 'agora', name: request.endpoint }, async () => {
        const basic = Buffer.from(`${request.customerId}:${request.customerSecret}`).toString('base64');
        const answer = await inject(agora.listener, {
          method: request.method,
          url: request.path,
          headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
          ...(request.json ? { body: JSON.stringify(request.json) } : {}),
        });
        time.stir();
        return answer ?? { failed: 'ECONNRESET', timeout: false, sent: true };
      });
    const client = new WebClient(keys.botToken, {
      slackApiUrl: slack.apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      fetch: (input, init) =>
        call(bot, { bot: index, port: 'slack', name: String(input).split('/').at(-1) ?? '' }, () =>
          slackFetch(input as string, init as RequestInit),
        ) as ReturnType<typeof fetch>,
    });
    const recorder = createCloudRecording({
      projects: new Map([['default', { ...keys, apiUrls: ['https://agora.test'], qps: 10 }]]),
      storages: new Map([
        [
          'default',
          {
            vendor: 11,
            region: 0,
            bucket: 'recordings',
            accessKey: keys.accessKey,
            secretKey: keys.secretKey,
            endpoint: 'bucket.test',
          },
        ],
      ]),
      limits: { maxIdleTime: 300_000, maxDuration: 28_800_000 },
      env: () => undefined,
      now,
      sleep: (ms) => time.sleep(ms),
      transport,
      log: quietLog,
    });
    const recordings = createRecordings({
      store: observed(store, (name, run) => call(bot, { bot: index, port: 'store', name }, run)),
      agenda,
      recorder,
      announcer: createAnnouncer({
        client,
        alertChannel: 'C0OPS',
        links: createFileLinks({ storageOf: () => storage, now, ttl: 86_400_000, isRefused: async () => false }),
        sealer: createSealer('sealing'),
        now,
        log: quietLog,
      }),
      fileCheck: {
        inspect: (name, names) =>
          call(bot, { bot: index, port: 'files', name: 'inspect' }, () => bucket.check.inspect(name, names)),
        search: (name, r) =>
          call(bot, { bot: index, port: 'files', name: 'search' }, () => bucket.check.search(name, r)),
      },
      expectFiles: (s) => expectFiles({ prefix: [], ...s }),
      settings: {
        defaultDuration: 3_600_000,
        maxDuration: 28_800_000,
        maxIdleTime: 300_000,
        limitsOf: () => ({ qps: 10, maxConcurrent: options.maxConcurrent ?? 1_000 }),
      },
      now,
      newId: () => `s${index}x${++ids}`,
      log: quietLog,
    });
    const route = createNotificationsRoute(
      {
        enabled: true,
        verify: (raw, signature) => verifyNotification({ secret: keys.notificationSecret, raw, signature }),
        async accept(raw) {
          const parsed = parseNotification(raw);
          if (parsed.kind === 'invalid') return { invalid: parsed.why };
          if (parsed.kind === 'notice') await recordings.accept(parsed.notice);
          return {};
        },
      },
      quietLog,
    );
    const bot = {
      recordings,
      alive: true,
      route,
      due: agenda.next,
    };
    bots.push(bot);
    const resumed = recordings.resume();
    resumed.catch(() => undefined);
    await Promise.race([resumed, time.quiet()]);
    return bot;
  }
  let ids = 0;

  /** One step: up to the next moment at which somebody has something to do. */
  async function step(end: number): Promise<void> {
    await time.quiet();
    const alive = bots.filter((b) => b.alive);
    const dues = alive.map((b) => b.due()).filter((at) => at !== undefined);
    // The heart beats in whole seconds.
    const beat = dues.length === 0 ? Infinity : Math.max(now() + 1, Math.min(...dues));
    const nextBeat = Math.ceil(beat / second) * second;
    // Nobody asks while no bot lives.
    const records = alive.length > 0 && agora.ledger().some((t) => t.endedAt === undefined);
    const at = Math.min(
      end,
      nextBeat,
      time.nextWake() ?? Infinity,
      now() + (records ? agoraStep.busy : agoraStep.idle),
    );
    await time.moveTo(at);
    agora.tick();
    await time.quiet();
    if (now() % second === 0)
      for (const bot of alive) if (bot.alive) await Promise.race([bot.recordings.tick(), time.quiet()]);
  }

  return {
    time,
    agora,
    slack,
    bucket,
    bots,
    log,
    secrets: Object.entries(keys)
      .filter(([name]) => !['appId', 'customerId', 'accessKey'].includes(name))
      .map(([, value]) => value),
    startBot,
    holdNotices(hold) {
      holding = hold;
    },
    held,
    async deliver(notice, noticeId) {
      const body = noticeId === undefined ? notice.body : JSON.stringify({ ...JSON.parse(notice.body), noticeId });
      const headers = { ...notice.headers, ...signatures(body, keys.notificationSecret) };
      return (await toBot('http://bot/agora/notifications', { method: 'POST', body, headers })).status;
    },
    kill(bot) {
      bot.alive = false;
    },
    setAround(value) {
      around = value;
    },
    async sessions() {
      const found = new Map<string, Session>();
      for (const key of await db.keys('session:')) {
        const text = await db.keyv.get<string>(key);
        try {
          const s = readSession(JSON.parse(text ?? ''));
          found.set(s.id, s);
        } catch {
          // Not a session: somebody spoilt it on purpose.
        }
      }
      return found;
    },
    async dump() {
      const all: string[] = [];
      for (const key of await db.keys('')) all.push(`${key} ${await db.keyv.get<string>(key)}`);
      return all;
    },
    wipeStore: () => db.keyv.clear(),
    async pass(ms) {
      const end = now() + ms;
      while (now() < end) await step(end);
      await time.quiet();
    },
    async passUntil(is, atMost) {
      const end = now() + atMost;
      await time.quiet();
      while (!(await is())) {
        if (now() >= end) return false;
        await step(end);
        await time.quiet();
      }
      return true;
    },
    async close() {
      for (const bot of bots) bot.alive = false;
      await agora.close();
      await slack.close();
      await db.close();
    },
  };
}

/** A start as somebody in #classes would make it. */
export function aStart(channelName: string, more: Partial<StartRequest> = {}): StartRequest {
  return { channelName, duration: 1_800_000, team: 'T0SANDBOX', channel: 'C0CLASSES', by: 'U0ANA', ...more };
}

/** The store with somebody around each call. */
function observed(store: SessionStore, around: <T>(name: string, run: () => Promise<T>) => Promise<T>): SessionStore {
  return {
    create: (s) => around('create', () => store.create(s)),
    get: (id) => around('get', () => store.get(id)),
    getMany: (ids) => around('getMany', () => store.getMany(ids)),
    update: (id, change) => around('update', () => store.update(id, change)),
    byChannelName: (name) => around('byChannelName', () => store.byChannelName(name)),
    bySid: (sid) => around('bySid', () => store.bySid(sid)),
    unsettledIds: () => around('unsettledIds', () => store.unsettledIds()),
    recent: (limit) => around('recent', () => store.recent(limit)),
    firstTime: (key, ttl) => around('firstTime', () => store.firstTime(key, ttl)),
    forget: (key) => around('forget', () => store.forget(key)),
    ping: () => around('ping', () => store.ping()),
    close: async () => undefined,
  };
}
