import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type AgoraSandbox, createAgora } from '../../sandbox/agora/create-agora.ts';
import { signatures } from '../../sandbox/agora/notifier.ts';
import { createSlack, type SlackSandbox } from '../../sandbox/slack/create-slack.ts';
import { signLink } from '../../src/files/sign-link.ts';
import { sendJson } from '../../src/http/create-http-server.ts';
import type { StartRequest } from '../../src/recording/recordings.ts';
import type { Session } from '../../src/recording/session.ts';
import { readSession } from '../../src/recording/upgrade-session.ts';
import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';
import { openSqlite } from '../../src/store/sqlite-adapter.ts';
import { type BotInside, createSimulatedBot, type SimulatedBot } from './create-simulated-bot.ts';
import { injectingFetch } from './inject.ts';
import { keys } from './keys.ts';
import { createMemoryBucket, type MemoryBucket } from './memory-bucket.ts';
import type { Around } from './port-call.ts';
import { createVirtualTime, type VirtualTime } from './virtual-time.ts';

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
  /** Lets virtual time pass, with a beat each second in which something is due. `isUnseen`: no bot lives, and what Agora does may come in one. */
  pass(ms: number, isUnseen?: boolean): Promise<void>;
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

const manifest: unknown = parse(readFileSync(join(import.meta.dirname, '../../manifest.yml'), 'utf8'));
/** 2027-01-15, noon. */
const dayOne = Date.UTC(2027, 0, 15, 12);
/**
 * The sandbox's Agora is looked at so often while something records, while nothing does or no bot lives, and in a time in which nobody looks.
 * Milliseconds.
 */
const agoraStep = { busy: 5_000, idle: 60_000, unseen: 600_000 };
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
  const log: LogLine[] = [];
  const write = (level: LogLine['level']) => (data: object, message: string) => void log.push({ level, data, message });
  const quietLog = { debug: () => undefined, info: write('info'), warn: write('warn'), error: write('error') };
  const bucket = createMemoryBucket(now);
  const db: AtomicKeyv = (options.createDatabase ?? ((clock) => openSqlite(':memory:', clock)))(now);
  const { maxConcurrent = 1_000 } = options;
  const bots: BotInside[] = [];
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
    autoTick: false,
    sleep: (ms) => time.sleep(ms),
    ...keys,
    bucketClient: bucket.client,
    storage: { url: 'memory:' },
    storageEndpointHost: 'bucket.test',
    uploadRetryWaits: [],
    qps: Number.POSITIVE_INFINITY,
    maxConcurrent,
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

  async function startBot(): Promise<SimulatedBot> {
    const bot = createSimulatedBot(bots.length, {
      ...{ time, agora, slack, slackFetch, bucket, storage, maxConcurrent },
      db: options.database?.(db, time) ?? db,
      log: quietLog,
      around: (c, run) => around(c, run),
      newId: (index) => `s${index}x${++ids}`,
    });
    bot.nextAudit = now() + auditEvery;
    bots.push(bot);
    bot.resumed = bot.recordings.resume();
    bot.resumed.catch(() => undefined);
    await Promise.race([bot.resumed.catch(() => undefined), time.quiet()]);
    return bot;
  }
  let ids = 0;
  const lately = new Map<string, { text: string; session: Session | undefined }>();

  async function heartbeat(bot: BotInside): Promise<void> {
    await bot.recordings.tick();
    if (!options.audit || now() < bot.nextAudit) return;
    bot.nextAudit = now() + auditEvery;
    // A store that is away fails it; the next one looks anew.
    await bot.recordings.audit().catch(() => undefined);
  }

  /** One step: up to the next moment at which somebody has something to do. */
  async function step(end: number, idle = agoraStep.idle): Promise<void> {
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
    const at = Math.min(end, nextBeat, time.nextWake() ?? Infinity, now() + (records ? agoraStep.busy : idle));
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
    async pass(ms, isUnseen) {
      const end = now() + ms;
      while (now() < end) await step(end, isUnseen ? agoraStep.unseen : undefined);
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
