import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgoraPanel, FaultRequest } from '../ui-protocol.ts';
import { type LedgerEntry, ledgerEntry, taskRow } from './billing.ts';
import { type BucketClient, createBucketClient } from './bucket-client.ts';
import { createFaults, type Failure } from './faults.ts';
import { authorize, createRateLimit, readJson, withoutSecrets } from './gateway.ts';
import { createHost, type Host } from './host.ts';
import { createKickingRules } from './kicking-rules.ts';
import { loadMedia } from './media.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { type Answer, answer, identityKey, type World } from './rest.ts';
import { createTaskWatch } from './task-watch.ts';
import type { WebPage } from './web-recorder.ts';

export interface AgoraOptions {
  /** Of the first host; 0: any free port. */
  port?: number;
  /** How many addresses this Agora has; one unless said, and with none it is reached through {@link AgoraSandbox.listener} alone. */
  hosts?: number;
  /** Real ms since the epoch. */
  now?: () => number;
  /** Virtual seconds per second. */
  speed?: number;
  appId: string;
  /** With it tokens are asked for and checked. */
  appCertificate?: string;
  customerId: string;
  customerSecret: string;
  /** The S3-compatible server (vendor 11) that files are uploaded to. */
  storage: { url: string };
  /** The bare host that storageConfig.extensionParams.endpoint must name. */
  storageEndpointHost: string;
  /** Servers that stand for other vendors' clouds, by the vendor's number. Without one its keys are as good as wrong. */
  clouds?: Readonly<Record<number, string>>;
  notifications?: { url: string; secret: string; fetch?: typeof fetch };
  /** Real ms before each new try of an upload that nobody answered. */
  uploadRetryWaits?: readonly number[];
  qps?: number;
  maxConcurrent?: number;
  /** False: time passes only when tick() is called. */
  autoTick?: boolean;
  /** Waits so many real ms; for those who have a time of their own. */
  sleep?: (ms: number) => Promise<unknown>;
  /** What uploads files, in place of requests to `storage`. */
  bucketClient?: BucketClient;
  onChange?: () => void;
}

export interface AgoraRequest {
  /** Real ms. */
  at: number;
  method: string;
  path: string;
  /** The last part of the path. */
  endpoint: string;
  status: number;
  code?: number;
  /** Tokens and keys are left out. */
  body: unknown;
}

export interface AgoraSandbox {
  /** Of the first host. */
  url: string;
  urls: string[];
  /** Answers a request of whoever has one, without a socket. */
  listener: RequestListener;
  notifier: Notifier;
  panel(): AgoraPanel;
  fault(request: FaultRequest): { ok: boolean; error?: string };
  /** What Agora would bill: a line a task, from start to exit, idle time included. */
  ledger(): LedgerEntry[];
  /** The calls that were answered, or would have been but for a lost connection; the newest some thousands. */
  requests: AgoraRequest[];
  /** When calls met a failure that was asked for. Ms since the epoch, real ones. */
  met: number[];
  /**
   * Who publishes in a channel from now on: uids, or how many of 1001, 1002 and so on. Two, unless its name begins with "empty" or "silent":
   * then nobody.
   */
  setPublishers(cname: string, who: number | readonly string[]): void;
  /** How a page behaves that is recorded. One whose address ends in "/never-ready" or "/missing" is that by itself. */
  setPage(url: string, page: WebPage): void;
  failNext(failure: Failure): void;
  /** Lets time pass up to now. */
  tick(): void;
  /** Resolves when every upload and everything that waits for one is done. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** So many requests are remembered. */
const transcriptLength = 5_000;

/** A sandbox that is closed does not wait for what is still to come. */
const patiently = (ms: number): Promise<unknown> => delay(ms, undefined, { ref: false });

/** A local Agora Cloud Recording: all modes over the REST API, files in a bucket, notifications, and a ledger of billed seconds. */
export async function createAgora(options: AgoraOptions): Promise<AgoraSandbox> {
  const { now: realNow = Date.now, speed = 1, onChange = () => undefined, sleep = patiently } = options;
  const epoch = realNow();
  const now = () => epoch + (realNow() - epoch) * speed;
  const publishers = new Map<string, readonly string[]>();
  const pages = new Map<string, WebPage>();
  const requests: AgoraRequest[] = [];
  const met: number[] = [];
  // Real time that no clock change touches: the limit is about the wire.
  const overRate = createRateLimit(options.qps ?? 10, () => performance.now());
  const notifier = createNotifier(options.notifications, now, () => onChange(), { sleep });
  const world: World = {
    appId: options.appId,
    appCertificate: options.appCertificate,
    realNow,
    now,
    maxConcurrent: () => (faults.isFull() ? 0 : (options.maxConcurrent ?? 50)),
    tasks: [],
    bySid: new Map(),
    lastOf: new Map(),
    begun(task) {
      world.tasks.push(task);
      world.bySid.set(task.sid, task);
      world.lastOf.set(identityKey(task.cname, task.uid), task);
      watch.add(task);
    },
    stirred: (sid) => watch.wake(world.bySid.get(sid)),
    resources: new Map(),
    rules: createKickingRules(options.appId),
    bucketBase: (vendor, endpoint) =>
      vendor === 11 && endpoint === options.storageEndpointHost ? options.storage.url : options.clouds?.[vendor],
    sleep,
    bucket: options.bucketClient ?? createBucketClient(),
    uploadRetryWaits: options.uploadRetryWaits,
    media: loadMedia(),
    notifier,
    publishers: (cname) => publishers.get(cname) ?? people(/^(empty|silent)/.test(cname) ? 0 : 2),
    page: (url) => pages.get(url) ?? pageNamed(url),
    updating: new Set(),
  };

  const watch = createTaskWatch();
  const faults = createFaults(world, (n) => hosts[n]);

  let shown = '';
  function tick(): void {
    watch.advance(now());
    if (!options.onChange) return;
    const picture = world.tasks
      .map((t) => `${t.statusText()} ${t.status()} ${t.files.pieceCount()} ${t.web?.isOnHold()}`)
      .join();
    if (picture !== shown) {
      shown = picture;
      onChange();
    }
  }

  async function respond(req: IncomingMessage, path: string, body: unknown): Promise<Answer> {
    const refusal = authorize(req.headers.authorization, options) ?? overRate();
    if (refusal) return refusal;
    if (faults.isDown()) return { status: 500, body: { code: 500, reason: 'internal_error' } };
    tick();
    const result = await answer(world, req.method ?? 'GET', path, body);
    // A task that has just begun has news already.
    tick();
    return result;
  }

  function remember(request: AgoraRequest): void {
    requests.push(request);
    if (requests.length > transcriptLength) requests.shift();
    onChange();
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const [path = '/'] = (req.url ?? '/').split('?');
      const body = await readJson(req);
      const endpoint = path.split('/').at(-1) ?? '';
      const failure = faults.take(endpoint);
      if (failure) met.push(realNow());
      if (failure?.delayMs) await sleep(failure.delayMs);
      if (failure?.drop === 'before') {
        req.socket.resetAndDestroy();
        return;
      }
      const replaced = failure?.status !== undefined ? { status: failure.status, body: failure.body ?? {} } : undefined;
      const answered = replaced && !failure?.after ? replaced : await respond(req, path, body);
      const result = replaced ?? answered;
      remember({
        at: realNow(),
        method: req.method ?? '',
        path,
        endpoint,
        status: result.status,
        ...('code' in result.body ? { code: Number(result.body.code) } : {}),
        body: withoutSecrets(body),
      });
      if (failure?.drop === 'after') {
        req.socket.resetAndDestroy();
        return;
      }
      res.writeHead(result.status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(result.body));
    } catch (error) {
      // A fault of the sandbox itself must not look like one of Agora's.
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ message: `the sandbox failed: ${String(error)}` }));
    }
  }

  const hosts: Host[] = [];
  for (let n = 0; n < (options.hosts ?? 1); n++)
    hosts.push(await createHost(n === 0 ? (options.port ?? 0) : 0, handle));
  const timer = options.autoTick === false ? undefined : setInterval(tick, 100);

  return {
    url: hosts[0]?.url ?? '',
    urls: hosts.map((h) => h.url),
    listener: handle,
    notifier,
    requests,
    met,
    panel() {
      const at = now();
      const tasks = world.tasks.map((t) => taskRow(t, at)).reverse();
      return {
        now: at,
        speed,
        tasks,
        billedSecondsTotal: tasks.reduce((sum, t) => sum + t.billedSeconds, 0),
        full: faults.isFull(),
        restFault: faults.isDown() ? 'http_500' : 'none',
        notifications: notifier.counts(),
      };
    },
    fault(request) {
      // Up to now it was as it was.
      tick();
      const result = faults.request(request);
      onChange();
      return result;
    },
    ledger: () => world.tasks.map((t) => ledgerEntry(t, now())),
    setPublishers(cname, who) {
      // Up to now it was as it was.
      tick();
      publishers.set(cname, typeof who === 'number' ? people(who) : [...who]);
      for (const task of world.tasks) if (task.cname === cname) task.look(now());
      tick();
    },
    setPage(url, page) {
      pages.set(url, page);
    },
    failNext: faults.add,
    tick,
    async settled() {
      for (;;) {
        await Promise.all(world.tasks.map((t) => t.settled()));
        // Who waited for an upload goes on, and may upload more.
        const before = world.tasks.map((t) => t.status()).join();
        tick();
        await Promise.all(world.tasks.map((t) => t.settled()));
        if (world.tasks.map((t) => t.status()).join() === before) return;
      }
    },
    async close() {
      clearInterval(timer);
      notifier.close();
      world.bucket.close();
      await Promise.all(hosts.map((h) => h.close()));
    },
  };
}

/** Uids of so many people. */
const people = (count: number): string[] => Array.from({ length: count }, (_, n) => String(1_001 + n));

/** How a page behaves that nobody said anything about. */
function pageNamed(url: string): WebPage {
  if (url.endsWith('/never-ready')) return { readyAfter: 'never' };
  return url.endsWith('/missing') ? { status: 404 } : {};
}
