import { LogLevel, WebClient } from '@slack/web-api';
import type { AgoraSandbox } from '../../sandbox/agora/create-agora.ts';
import type { SlackSandbox } from '../../sandbox/slack/create-slack.ts';
import { askTime } from '../../src/agora/ask-time.ts';
import { createCloudRecording } from '../../src/agora/create-cloud-recording.ts';
import { parseNotification, verifyNotification } from '../../src/agora/notification.ts';
import type { Transport } from '../../src/agora/transport.ts';
import { createClock } from '../../src/clock.ts';
import type { Storage } from '../../src/files/bucket.ts';
import { createFileLinks } from '../../src/files/create-file-links.ts';
import { expectFiles } from '../../src/files/predict-files.ts';
import { createNotificationsRoute } from '../../src/http/notifications-route.ts';
import { createRecordings } from '../../src/recording/create-recordings.ts';
import type { Log } from '../../src/recording/ports.ts';
import type { Recordings } from '../../src/recording/recordings.ts';
import { createAnnouncer } from '../../src/slack/create-announcer.ts';
import { createSealer } from '../../src/slack/create-sealer.ts';
import type { AtomicKeyv } from '../../src/store/atomic-keyv.ts';
import { createAgenda } from '../../src/store/create-agenda.ts';
import { createSessionStore } from '../../src/store/create-session-store.ts';
import { inject } from './inject.ts';
import { keys } from './keys.ts';
import type { MemoryBucket } from './memory-bucket.ts';
import { observedStore } from './observed-store.ts';
import type { Around, PortCall } from './port-call.ts';
import type { VirtualTime } from './virtual-time.ts';

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

/** What the simulation besides knows of a bot. */
export interface BotInside extends SimulatedBot {
  /** When its next beat has something to do, by the clock of all. */
  due(): number | undefined;
  route: ReturnType<typeof createNotificationsRoute>;
  /** Resolves when it is not frozen. */
  gate(): Promise<void> | undefined;
  nextAudit: number;
}

/** What all bots share. */
interface Parts {
  time: VirtualTime;
  agora: AgoraSandbox;
  slack: SlackSandbox;
  slackFetch: typeof fetch;
  bucket: MemoryBucket;
  /** What its store writes to. */
  db: AtomicKeyv;
  storage: Storage;
  log: Log;
  maxConcurrent: number;
  /** Stands around every call. */
  around: Around;
  newId(index: number): string;
}

const second = 1_000;

/** A bot that has not begun yet: `recordings.resume()` is its beginning. `index`: how many there were before. */
export function createSimulatedBot(index: number, parts: Parts): BotInside {
  const { time, agora, slack, slackFetch, bucket, db, storage, log, maxConcurrent, around, newId } = parts;
  /** A call of a bot that is dead never comes back, one of a bot that is frozen when it thaws. */
  async function call<T>(bot: BotInside, c: PortCall, run: () => Promise<T>): Promise<T> {
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

  // Of its machine: set wrong by so much, and asleep for so long so far.
  let off = 0;
  let slept = 0;
  let frozenSince: number | undefined;
  let asleep = false;
  let gate: { open: Promise<void>; thaw: () => void } | undefined;
  const monotonic = () => (asleep && frozenSince !== undefined ? frozenSince : time.now()) - slept;
  const clock = createClock({
    log,
    wall: () => time.now() + off,
    monotonic,
    onJump: () =>
      void askTime({ transport, hosts: ['https://agora.test'], heard: clock.heard, sleep: (ms) => time.sleep(ms) }),
    onSetBack: () => lookAnew?.(),
  });
  let lookAnew: (() => void) | undefined;
  const { now } = clock;
  const agenda = createAgenda({ now, log });
  const store = createSessionStore(db, { now, log });
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
      return { ...answer, date: Math.floor(time.now() / second) * second };
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
    log,
  });
  const recordings = createRecordings({
    store: observedStore(store, (name, run) => call(bot, { bot: index, port: 'store', at: now(), name }, run)),
    agenda,
    recorder,
    announcer: createAnnouncer({
      client,
      alertChannel: 'C0OPS',
      links: createFileLinks({ storageOf: () => storage, now, ttl: 86_400_000, isRefused: async () => false }),
      sealer: createSealer('sealing'),
      now,
      log,
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
      givesTokens: () => true,
      limitsOf: () => ({ qps: 10, maxConcurrent }),
    },
    now,
    sleep: (ms) => time.sleep(ms),
    newId: () => newId(index),
    log,
  });
  lookAnew = () => void recordings.lookAnew().catch(() => undefined);
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
    log,
  );
  const bot: BotInside = {
    recordings,
    alive: true,
    resumed: Promise.resolve(),
    route,
    now,
    due() {
      const at = agenda.next();
      return at === undefined ? undefined : at + time.now() - now();
    },
    setClock(ms) {
      off = ms;
    },
    freeze(deep) {
      if (gate) return;
      frozenSince = time.now();
      asleep = deep;
      const { promise: open, resolve: thaw } = Promise.withResolvers<void>();
      gate = { open, thaw };
    },
    thaw() {
      if (asleep) slept += time.now() - (frozenSince ?? time.now());
      asleep = false;
      gate?.thaw();
      gate = undefined;
      time.stir();
    },
    frozen: () => gate !== undefined,
    gate: () => gate?.open,
    nextAudit: Infinity,
  };
  return bot;
}
