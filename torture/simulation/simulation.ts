import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogLevel, WebClient } from '@slack/web-api';
import { parse } from 'yaml';
import { type AgoraSandbox, createAgora } from '../../sandbox/agora/create-agora.ts';
import { signatures } from '../../sandbox/agora/notifier.ts';
import { createSlack, type SlackSandbox } from '../../sandbox/slack/create-slack.ts';
import { askTime } from '../../src/agora/ask-time.ts';
import { createCloudRecording } from '../../src/agora/create-cloud-recording.ts';
import { parseNotification, verifyNotification } from '../../src/agora/notification.ts';
import type { Transport } from '../../src/agora/transport.ts';
import { createClock } from '../../src/clock.ts';
import { createFileLinks } from '../../src/files/create-file-links.ts';
import { expectFiles } from '../../src/files/predict-files.ts';
import { signLink } from '../../src/files/sign-link.ts';
import { sendJson } from '../../src/http/create-http-server.ts';
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
  /** Resolves when it has taken up what is in the store; rejects when the store failed it: a real one ends then. */
  resumed: Promise<unknown>;
  /** What its clock says. */
  now(): number;
  /** The clock of its machine is set forward or back by so much, ms. */
  setClock(off: number): void;
  /** Stops it where it is, with its calls half made. `asleep`: its machine sleeps, and its clock that never jumps stands still. */
  freeze(asleep: boolean): void;
  thaw(): void;
  frozen(): boolean;
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
  /** What the stores of all bots write to; SQLite in memory if left out. */
  createDatabase?: (now: () => number) => AtomicKeyv;
  /** Stands between each bot and what its store writes to. */
  database?: (db: AtomicKeyv, time: VirtualTime) => AtomicKeyv;
  /** Each bot audits once a minute, as its heart does: what another one began is taken up so. */
  audit?: boolean;
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
const auditEvery = 60_000;

/**
 * A world in one process on virtual time: the bot's own core with its Agora client, announcer, notifications and store, against the sandbox's
 * Agora and Slack, without a socket between them. What is not in it: Bolt and the commands (calls go to {@link Recordings}), got, the files' own
 * checks, BullMQ; those have tests over real sockets.
 */
export async function createSimulation(options: SimulationOptions = {}): Promise<Simulation> {
  const time = createVirtualTime(dayOne);
  const { now } = time;
  const realNow = now;
  const log: LogLine[] = [];
  const write = (level: LogLine['level']) => (data: object, message: string) => void log.push({ level, data, message });
  const quietLog = { debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error') };
  const bucket = createMemoryBucket(now);
  const db: AtomicKeyv = (options.createDatabase ?? ((clock) => openSqlite(':memory:', clock)))(now);
  interface Bot extends SimulatedBot {
    /** When its next beat has something to do, by the clock of all. */
    due(): number | undefined;
    route: ReturnType<typeof createNotificationsRoute>;
    /** Resolves when it is not frozen. */
    gate(): Promise<void> | undefined;
    nextAudit: number;
  }
  const bots: Bot[] = [];
  const awake = () => bots.filter((b) => b.alive && !b.frozen());
  let around: Around = (_call, run) => run();

  let holding = false;
  let brought = 0;
  const held: HeldNotice[] = [];
  const toBot = injectingFetch(() => {
    // The one that was brought a notice longest ago, as a load balancer has it.
    const live = awake();
    const bot = live[brought++ % live.length];
    if (!bot) throw new TypeError('fetch failed');
    // As the bot's HTTP server does: what fails is told to the sender.
    return (req, res) =>
      void Promise.resolve(bot.route(req, res)).catch(() => sendJson(res, 500, { error: 'internal error' }));
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

  /** A call of a bot that is dead never comes back, one of a bot that is frozen when it thaws. */
  async function call<T>(bot: Bot, c: PortCall, run: () => Promise<T>): Promise<T> {
    time.stir();
    const goOn = async () => {
      for (let gate = bot.gate(); gate; gate = bot.gate()) await gate;
      if (!bot.alive) await new Promise<never>(() => undefined);
    };
    await goOn();
    try {
      return await around(c, run);
    } finally {
      await goOn();
    }
  }

  async function startBot(): Promise<SimulatedBot> {
    const index = bots.length;
    // Of its machine: set wrong by so much, and asleep for so long so far.
    let off = 0;
    let slept = 0;
    let frozenSince: number | undefined;
    let asleep = false;
    let gate: { open: Promise<void>; thaw: () => void } | undefined;
    const monotonic = () => (asleep && frozenSince !== undefined ? frozenSince : realNow()) - slept;
    const clock = createClock({
      log: quietLog,
      wall: () => realNow() + off,
      monotonic,
      onJump: () =>
        void askTime({ transport, hosts: ['https://agora.test'], heard: clock.heard, sleep: (ms) => time.sleep(ms) }),
    });
    const { now } = clock;
    const agenda = createAgenda({ now, log: quietLog });
    const store = createSessionStore(options.database?.(db, time) ?? db, { now, log: quietLog });
    const transport: Transport = (request) => {
      const { cname, uid } = (request.json ?? {}) as { cname?: string; uid?: string | number };
      const about = { ...(cname === undefined ? {} : { cname }), ...(uid === undefined ? {} : { uid: String(uid) }) };
      return call(bot, { bot: index, port: 'agora', name: request.endpoint, at: now(), ...about }, async () => {
        const basic = Buffer.from(`${request.customerId}:${request.customerSecret}`).toString('base64');
        const answer = await inject(agora.listener, {
          method: request.method,
          url: request.path,
          headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
          ...(request.json ? { body: JSON.stringify(request.json) } : {}),
        });
        time.stir();
        if (!answer) return { failed: 'ECONNRESET', timeout: false, sent: true };
        return { ...answer, date: Math.floor(realNow() / second) * second };
      });
    };
    const client = new WebClient(keys.botToken, {
      slackApiUrl: slack.apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logLevel: LogLevel.ERROR,
      fetch: (input, init) =>
        call(bot, { bot: index, port: 'slack', at: now(), name: String(input).split('/').at(-1) ?? '' }, () =>
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
      onDate: clock.heard,
      log: quietLog,
    });
    const recordings = createRecordings({
      store: observed(store, (name, run) => call(bot, { bot: index, port: 'store', at: now(), name }, run)),
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
          call(bot, { bot: index, port: 'files', at: now(), name: 'inspect' }, () => bucket.check.inspect(name, names)),
        search: (name, r) =>
          call(bot, { bot: index, port: 'files', at: now(), name: 'search' }, () => bucket.check.search(name, r)),
      },
      expectFiles: (s) => expectFiles({ prefix: [], ...s }),
      settings: {
        defaultDuration: 3_600_000,
        maxDuration: 28_800_000,
        maxIdleTime: 300_000,
        limitsOf: () => ({ qps: 10, maxConcurrent: options.maxConcurrent ?? 1_000 }),
      },
      now,
      sleep: (ms) => time.sleep(ms),
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
    const bot: Bot = {
      recordings,
      alive: true,
      resumed: Promise.resolve(),
      route,
      now,
      due() {
        const at = agenda.next();
        return at === undefined ? undefined : at + realNow() - now();
      },
      setClock(ms) {
        off = ms;
      },
      freeze(deep) {
        if (gate) return;
        frozenSince = realNow();
        asleep = deep;
        const { promise: open, resolve: thaw } = Promise.withResolvers<void>();
        gate = { open, thaw };
      },
      thaw() {
        if (asleep) slept += realNow() - (frozenSince ?? realNow());
        asleep = false;
        gate?.thaw();
        gate = undefined;
        time.stir();
      },
      frozen: () => gate !== undefined,
      gate: () => gate?.open,
      nextAudit: realNow() + auditEvery,
    };
    bots.push(bot);
    bot.resumed = recordings.resume();
    bot.resumed.catch(() => undefined);
    await Promise.race([bot.resumed.catch(() => undefined), time.quiet()]);
    return bot;
  }
  let ids = 0;
  const lately = new Map<string, { text: string; session: Session | undefined }>();

  async function heartbeat(bot: Bot): Promise<void> {
    await bot.recordings.tick();
    if (!options.audit || now() < bot.nextAudit) return;
    bot.nextAudit = now() + auditEvery;
    // A store that is away fails it; the next one looks anew.
    await bot.recordings.audit().catch(() => undefined);
  }

  /** One step: up to the next moment at which somebody has something to do. */
  async function step(end: number): Promise<void> {
    await time.quiet();
    const alive = awake();
    const dues = alive
      .flatMap((b) => [b.due(), options.audit ? b.nextAudit : undefined])
      .filter((at) => at !== undefined);
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
    if (now() % second === 0) for (const bot of awake()) await Promise.race([heartbeat(bot), time.quiet()]);
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
      // What it began ends here.
      bot.thaw();
    },
    setAround(value) {
      around = value;
    },
    async sessions() {
      const found = new Map<string, Session>();
      const keys = await db.keys('session:');
      const texts = (await db.keyv.getMany<string>(keys)) ?? [];
      for (const [n, key] of keys.entries()) {
        const text = texts[n] ?? '';
        // Reading one costs more than all else here, and few have changed since they were last looked at.
        const known = lately.get(key);
        const s = known?.text === text ? known.session : sessionIn(text);
        lately.set(key, { text, session: s });
        if (s) found.set(s.id, s);
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

/** Undefined: not a session; somebody spoilt it on purpose. */
function sessionIn(text: string): Session | undefined {
  try {
    return readSession(JSON.parse(text));
  } catch {
    return undefined;
  }
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
