import { hkdfSync, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { registerRecord } from '../commands/record/index.ts';
import { askTime } from './agora/ask-time.ts';
import { createCloudRecording } from './agora/create-cloud-recording.ts';
import { httpTransport } from './agora/http-transport.ts';
import { createClock } from './clock.ts';
import { type Config, remarksOn } from './config.ts';
import { createFileCheck } from './files/create-file-check.ts';
import { createFileLinks } from './files/create-file-links.ts';
import { lookUp } from './files/look-up.ts';
import { expectFiles } from './files/predict-files.ts';
import { createHttpServer, type HttpServer } from './http/create-http-server.ts';
import { signWatchToken } from './http/watch-token.ts';
import { type Audit, createAudit } from './jobs/audit.ts';
import { createDeadMansSwitch } from './jobs/dead-mans-switch.ts';
import { createHeartbeat } from './jobs/heartbeat.ts';
import { createLook } from './jobs/look.ts';
import { createMetrics } from './metrics/create-metrics.ts';
import { observePort } from './metrics/observe-port.ts';
import { builtInProfiles } from './profiles/built-in-profiles.ts';
import { createPresets } from './profiles/create-presets.ts';
import type { Profiles } from './profiles/profiles.ts';
import { warnOfUnbounded } from './profiles/warn-of-unbounded.ts';
import { createRecordings } from './recording/create-recordings.ts';
import type { Recordings } from './recording/recordings.ts';
import { createTimeShare } from './share-time.ts';
import { createAnnouncer } from './slack/create-announcer.ts';
import { createBolt, type Identity, SlackRefused } from './slack/create-bolt.ts';
import { createSealer } from './slack/create-sealer.ts';
import { createPermissions } from './slack/permissions.ts';
import { registerSlack } from './slack/register.ts';
import { createUserGroups } from './slack/user-groups.ts';
import { openAgenda } from './store/open-agenda.ts';
import { openSharedRates } from './store/open-shared-rates.ts';
import { openStore } from './store/open-store.ts';
import { wireRoutes } from './wire-routes.ts';
import { wireStorages } from './wire-storages.ts';

export interface Bot {
  recordings: Recordings;
  /** The bot's own HTTP server. */
  url: string;
  /** Ends politely: nothing new is taken up, what is under way is finished, and what is owed stays in the store. */
  stop(): Promise<void>;
}

export interface BotParts {
  log: Logger;
  now?: () => number;
  /** Called when the bot cannot go on, e.g. because Slack does not want its token. */
  onFatal?: (error: Error) => void;
  /** What profiles.yml says; without it there is one profile, made of the environment. */
  profiles?: Profiles | undefined;
  /** Variables that profiles refer to for their secrets. */
  env?: (name: string) => string | undefined;
  /** Told each secret that is read later than the settings, for the log to hide. */
  onSecret?: ((secret: string) => void) | undefined;
  /** False: the caller ticks by itself, with a clock of its own. */
  heartbeat?: boolean;
}

/**
 * A process that ends waits so long for the turns under way and for what Slack is just being told. With what the agenda and the store need
 * after it, two seconds and one and a half at most, less than the ten that the process has. Milliseconds.
 */
const lastWords = 6_000;
/** And of these so long for what asks it for something, and for the audit. Milliseconds. */
const lastRequests = 4_000;
/** Between tries to reach Slack at the start. Milliseconds. */
const slackRetry = 5_000;

/**
 * Makes the bot out of its parts and starts it: the one place where adapters meet the core. Recordings are looked after from the first
 * moment, whether Slack can be reached or not.
 */
export async function startBot(config: Config, parts: BotParts): Promise<Bot> {
  const { log, onFatal = () => undefined } = parts;
  for (const remark of remarksOn(config)) log.warn({}, remark);
  const clock = createClock({
    log: log.child({ part: 'clock' }),
    onJump: () => void askAgora(),
    onSetBack: () => lookAnew?.(),
  });
  // A bot that has nothing to record would hear nothing from Agora, and be late by as long as its machine slept with what is started next.
  const askAgora = () =>
    askTime({
      transport: httpTransport,
      hosts: config.AGORA_API_URLS,
      heard: clock.heard,
      sleep: (ms) => delay(ms, undefined, { ref: false }),
    });
  let lookAnew: (() => void) | undefined;
  const now = parts.now ?? clock.now;
  const metrics = createMetrics();
  const opened = await openStore(config.STORE_URL, {
    now,
    log: log.child({ part: 'store' }),
    // Only known once there is somebody to tell.
    onQuarantine: (id, why) => audit?.unreadable(id, why),
    onRelease: (id) => audit?.released(id),
  });
  const store = observePort('store', opened, metrics);
  let audit: Audit | undefined;
  /** Closed last, both at once. */
  const stores: (() => Promise<unknown>)[] = [() => store.close()];
  const undo: (() => Promise<unknown>)[] = [() => Promise.all(stores.map((close) => close()))];
  /** Ends of what asks this process for something, all at once. */
  const ways: (() => Promise<unknown>)[] = [];
  /** From now on no turn begins. Resolves when those under way have had their time. */
  let rest: (() => Promise<unknown>) | undefined;
  try {
    const bolt = createBolt(
      {
        botToken: config.SLACK_BOT_TOKEN,
        appToken: config.SLACK_APP_TOKEN,
        signingSecret: config.SLACK_SIGNING_SECRET,
        apiUrl: config.SLACK_API_URL,
        onCall: (r) =>
          metrics.observe(
            'http_client_request_duration_seconds',
            clientLabels(new URL(config.SLACK_API_URL).hostname, r.method, r.status),
            r.seconds,
          ),
      },
      log.child({ part: 'slack' }),
    );
    const profiles = parts.profiles ?? builtInProfiles(config);
    const unbounded = warnOfUnbounded(profiles);
    for (const warning of unbounded) log.warn(warning);
    const storages = wireStorages(profiles.storages, { now, onSecret: parts.onSecret });
    const storageOf = storages.bucketOf;
    const { PUBLIC_URL: publicUrl } = config;
    const linkSecret = secretForLinks(config);
    const sealer = createSealer(linkSecret);
    const links = createFileLinks({
      storageOf,
      now,
      ttl: config.LINK_TTL,
      watchUrl: publicUrl
        ? (r) =>
            `${publicUrl}/watch/${signWatchToken({ sessionId: r.session, key: r.key, expiresAt: r.until }, linkSecret)}`
        : undefined,
      isRefused: async (storage, key) => (await lookUp(storage, key, now())).kind === 'forbidden',
    });
    const settings = {
      defaultDuration: config.DEFAULT_DURATION,
      maxDuration: config.MAX_DURATION,
      maxIdleTime: config.MAX_IDLE_TIME,
      hasTemporaryCredentials: storages.isTemporary,
      projects: () => [...profiles.projects.keys()],
      givesTokens: (project: string) => Boolean(profiles.projects.get(project)?.appCertificate),
      limitsOf: (project: string) =>
        profiles.projects.get(project) ?? { qps: config.AGORA_QPS, maxConcurrent: config.MAX_CONCURRENT },
    };
    const rates = await openSharedRates(config.STORE_URL, log.child({ part: 'rate' }));
    stores.push(async () => rates?.close());
    const timeShare = rates && createTimeShare({ ask: rates.time, clock, askAgora });
    await timeShare?.begin();
    const recorder = createCloudRecording({
      sharedRate: rates?.of,
      projects: profiles.projects,
      storages: storages.agora,
      credentials: storages.credentials,
      clock: now,
      limits: { maxIdleTime: config.MAX_IDLE_TIME, maxDuration: config.MAX_DURATION },
      env: parts.env ?? (() => undefined),
      // The rate limit is about real time, whatever clock the recordings go by.
      now: Date.now,
      onDate: clock.heard,
      onWait: (priority, seconds) => metrics.observe('agora_bucket_wait_seconds', { priority }, seconds),
      transport: async (request) => {
        const started = performance.now();
        const answer = await httpTransport(request);
        metrics.observe(
          'http_client_request_duration_seconds',
          clientLabels(
            new URL(request.host).hostname,
            request.endpoint,
            'failed' in answer ? undefined : answer.status,
            'failed' in answer ? answer.failed : undefined,
          ),
          (performance.now() - started) / 1000,
        );
        return answer;
      },
      log: log.child({ part: 'agora' }),
    });
    const granted = [...profiles.projects.values()].reduce((sum, p) => sum + p.qps, 0);
    const agenda = await openAgenda(config.STORE_URL, { now, log: log.child({ part: 'agenda' }), qps: granted });
    let refused: string | undefined;
    const announcer = createAnnouncer({
      client: bolt.client,
      alertChannel: config.ALERT_CHANNEL,
      links,
      sealer,
      now,
      log: log.child({ part: 'slack' }),
      onAccess: (code) => {
        refused = code;
      },
      onUndelivered: (kind) => metrics.count('recorder_messages_undelivered_total', { kind }),
    });
    const recordings = createRecordings({
      store,
      agenda,
      recorder: observePort('recorder', recorder, metrics),
      announcer: observePort('announcer', announcer, metrics),
      fileCheck: observePort('file_check', createFileCheck(storageOf, clock.now), metrics),
      expectFiles: (s) => expectFiles({ prefix: storages.prefixOf(s.recipe.storage), ...s }),
      settings,
      now,
      sleep: (ms) => delay(ms),
      newId: () => randomBytes(9).toString('base64url'),
      log: log.child({ part: 'recordings' }),
    });
    let patience: Promise<unknown> | undefined;
    rest = () => {
      agenda.rest();
      patience ??= delay(lastWords, undefined, { ref: false });
      return patience;
    };
    undo.push(async () => {
      // What Slack is just being told ends well where it can: else the next process has to look whether it was said.
      await Promise.race([recordings.settled(), rest?.()]);
      // Last, so that whatever they wish for is still put.
      await agenda.stop();
    });
    undo.push(async () => {
      const ended = Promise.all(ways.map((end) => end()));
      await Promise.race([ended, delay(lastRequests, undefined, { ref: false })]);
    });
    lookAnew = () => {
      recordings.lookAnew().catch((error: unknown) => {
        log.warn(
          { err: error },
          'Not all recordings could be looked at anew; each is when its time comes by the clock before',
        );
      });
    };
    const auditor = createAudit({ recordings, store, announcer, now, log: log.child({ part: 'audit' }) });
    audit = auditor;

    let identity: Identity | undefined;
    let listening = false;
    const userGroups = createUserGroups({ client: bolt.client, now, log: log.child({ part: 'slack' }) });
    const services = {
      recordings,
      permissions: createPermissions({
        client: bolt.client,
        userGroups,
        allowed: config.RECORD_ALLOWED,
        team: () => identity?.team,
        now,
        log: log.child({ part: 'slack' }),
      }),
      settings,
      presets: createPresets(profiles),
      links,
      sealer,
      command: config.RECORD_COMMAND,
      client: bolt.client,
      now,
      log: log.child({ part: 'slack' }),
    };
    registerRecord(bolt.app, services);
    registerSlack(bolt.app, services);

    const heartbeat = createHeartbeat({
      tick: () => recordings.tick(),
      audit: () => {
        void timeShare?.again();
        return auditor.run();
      },
      report: createDeadMansSwitch(config.HEARTBEAT_URL, log.child({ part: 'heartbeat' })),
      now,
      log,
    });
    const startedAt = now();
    const look = createLook({
      ping: () => store.ping(),
      survey: () => auditor.survey(),
      unreadable: () => auditor.unreadableCount(),
      lastSweep: () => (parts.heartbeat === false ? now() : (heartbeat.lastBeat() ?? startedAt)),
      slack() {
        const way = bolt.way();
        if (refused) return `refuses the app (${refused})`;
        if (way.refused) return `refuses ${way.refused}`;
        if (!listening) return 'not reached yet';
        return way.open ? 'connected' : 'is not connected';
      },
      missingGroups: userGroups.missing,
      clockSkew: clock.skew,
      settings: unbounded,
      now,
    });
    const { listener } = bolt;
    const routes = wireRoutes({
      look,
      scrape: async () =>
        metrics.scrape(await auditor.survey().catch(() => undefined), {
          clockSkew: clock.skew(),
          lastSweep: heartbeat.lastBeat(),
        }),
      recordings,
      notificationSecret: config.AGORA_NOTIFICATION_SECRET,
      player: publicUrl ? { secret: linkSecret, storageOf } : undefined,
      slack: listener,
      now,
      bucketNow: clock.now,
      log: log.child({ part: 'http' }),
    });
    const http: HttpServer = await createHttpServer({
      host: config.HOST,
      port: config.PORT,
      routes,
      log: log.child({ part: 'http' }),
      onAnswer: (r) =>
        metrics.observe(
          'http_server_request_duration_seconds',
          { http_request_method: r.method, http_route: r.route, http_response_status_code: String(r.status) },
          r.seconds,
        ),
    });
    ways.push(() => http.close());

    const { sessions, survey } = await recordings.resume();
    auditor.surveyed(survey);
    if (parts.heartbeat !== false) heartbeat.start();
    ways.push(() => heartbeat.stop());

    const stopping = new AbortController();
    const connected = connect();
    ways.push(async () => {
      stopping.abort();
      await bolt.disconnect().catch(() => undefined);
      await connected;
    });
    log.info({ url: http.url, sessions, mode: listener ? 'http' : 'socket' }, 'The bot runs');

    /** Slack may be away when the bot starts; recordings do not wait for it. */
    async function connect(): Promise<void> {
      while (!stopping.signal.aborted) {
        try {
          identity = await bolt.identify();
          // Nobody would close what is opened now.
          if (stopping.signal.aborted) return;
          await bolt.connect();
          if (stopping.signal.aborted) return;
          listening = true;
          refused = undefined;
          log.info({ team: identity.team, user: identity.botUser }, 'Connected to Slack');
          void userGroups.check([
            { place: 'RECORD_ALLOWED', ids: config.RECORD_ALLOWED },
            ...profiles.names.map((name) => ({
              place: `allow of the profile ${name}`,
              ids: profiles.get(name)?.allow ?? [],
            })),
          ]);
          return;
        } catch (error) {
          if (error instanceof SlackRefused) {
            // What records is looked after to its end all the same, and nobody else would do it.
            if (sessions === 0) return onFatal(error);
            refused = 'the token';
            log.error({ err: error, sessions }, 'Slack refuses the token; recordings are still looked after');
          } else {
            log.warn({ err: error }, 'Slack cannot be reached; it is tried again');
          }
          await delay(slackRetry, undefined, { signal: stopping.signal }).catch(() => undefined);
        }
      }
    }

    return {
      recordings,
      url: http.url,
      async stop() {
        // First of all: no turn is begun while others are waited for.
        void rest?.();
        for (const step of undo.splice(0).reverse()) await step();
      },
    };
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    throw error;
  }
}

/** Signs what the bot gives out and takes back. Made of secrets that it has anyway, so links outlive a restart and end when those are changed. */
function secretForLinks(config: Config): Uint8Array {
  const known = `${config.SLACK_BOT_TOKEN}:${config.AGORA_CUSTOMER_SECRET}`;
  return new Uint8Array(hkdfSync('sha256', known, '', 'agora-recording-bot: links', 32));
}

function clientLabels(server: string, template: string, status: number | undefined, error?: string) {
  return {
    server_address: server,
    url_template: template,
    http_response_status_code: status === undefined ? '' : String(status),
    error_type: status === undefined ? (error ?? 'network') : '',
  };
}
