import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { StorageSandbox } from '../storage/create-storage.ts';
import type { AgoraPanel, FaultRequest } from '../ui-protocol.ts';
import { type LedgerEntry, ledgerEntry, taskRow } from './billing.ts';
import { authorize, createRateLimit, readJson, withoutSecrets } from './gateway.ts';
import { createKickingRules } from './kicking-rules.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { loadMedia } from './recording-writer.ts';
import { type Answer, answer, type World } from './rest.ts';

export interface AgoraOptions {
  /** 0: any free port. */
  port?: number;
  /** Real ms since the epoch. */
  now?: () => number;
  /** Virtual seconds per second. */
  speed?: number;
  appId: string;
  /** With it tokens are asked for and checked. */
  appCertificate?: string;
  customerId: string;
  customerSecret: string;
  storage: StorageSandbox;
  /** The bare host that storageConfig.extensionParams.endpoint must name. */
  storageEndpointHost: string;
  notifications?: { url: string; secret: string };
  qps?: number;
  maxConcurrent?: number;
  /** False: time passes only when tick() is called. */
  autoTick?: boolean;
  onChange?: () => void;
}

export type Endpoint = 'acquire' | 'start' | 'query' | 'update' | 'updateLayout' | 'stop' | 'kicking-rule';

export interface Failure {
  endpoint: Endpoint;
  /** How many calls it meets; one unless said. */
  times?: number;
  /** Answer this instead. */
  status?: number;
  body?: object;
  /** End the connection without an answer, before or after the call took effect. */
  drop?: 'before' | 'after';
  /** Real ms. */
  delayMs?: number;
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
  url: string;
  notifier: Notifier;
  panel(): AgoraPanel;
  fault(request: FaultRequest): { ok: boolean; error?: string };
  /** What Agora would bill: a line a task, from start to exit, idle time included. */
  ledger(): LedgerEntry[];
  /** The calls that were answered, or would have been but for a lost connection; the newest some thousands. */
  requests: AgoraRequest[];
  /** How many publish in a channel from now on. Two, unless its name begins with "empty" or "silent": then nobody. */
  setPublishers(cname: string, count: number): void;
  failNext(failure: Failure): void;
  /** Lets time pass up to now. */
  tick(): void;
  close(): Promise<void>;
}

/** So many requests are remembered. */
const transcriptLength = 5_000;

/** A local Agora Cloud Recording: composite recordings over the REST API, notifications, and a ledger of billed seconds. */
export async function createAgora(options: AgoraOptions): Promise<AgoraSandbox> {
  const { now: realNow = Date.now, speed = 1, onChange = () => undefined } = options;
  const epoch = realNow();
  const now = () => epoch + (realNow() - epoch) * speed;
  const publishers = new Map<string, number>();
  const failures: Failure[] = [];
  const requests: AgoraRequest[] = [];
  // Real time that no clock change touches: the limit is about the wire.
  const overRate = createRateLimit(options.qps ?? 10, () => performance.now());
  let down = false;
  const notifier = createNotifier(options.notifications, now, () => onChange());
  const world: World = {
    appId: options.appId,
    appCertificate: options.appCertificate,
    realNow,
    now,
    maxConcurrent: options.maxConcurrent ?? 50,
    tasks: [],
    resources: new Map(),
    rules: createKickingRules(options.appId),
    storage: options.storage,
    storageEndpointHost: options.storageEndpointHost,
    media: loadMedia(),
    notifier,
    publishers: (cname) => publishers.get(cname) ?? (/^(empty|silent)/.test(cname) ? 0 : 2),
  };

  let shown = '';
  function tick(): void {
    for (const task of world.tasks) task.advance(now());
    const picture = world.tasks.map((t) => `${t.statusText()} ${t.status()} ${t.writer.slices().length}`).join();
    if (picture !== shown) {
      shown = picture;
      onChange();
    }
  }

  function takeFailure(endpoint: string): Failure | undefined {
    const i = failures.findIndex((f) => f.endpoint === endpoint);
    const failure = failures[i];
    if (!failure) return undefined;
    failure.times = (failure.times ?? 1) - 1;
    if (failure.times <= 0) failures.splice(i, 1);
    return failure;
  }

  async function respond(req: IncomingMessage, path: string, body: unknown): Promise<Answer> {
    const refusal = authorize(req.headers.authorization, options) ?? overRate();
    if (refusal) return refusal;
    if (down) return { status: 500, body: { code: 500, reason: 'internal_error' } };
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

  const server = createServer(async (req, res) => {
    try {
      const [path = '/'] = (req.url ?? '/').split('?');
      const body = await readJson(req);
      const endpoint = path.split('/').at(-1) ?? '';
      const failure = takeFailure(endpoint);
      if (failure?.delayMs) await delay(failure.delayMs);
      if (failure?.drop === 'before') {
        req.socket.destroy();
        return;
      }
      const replaced = failure?.status !== undefined ? { status: failure.status, body: failure.body ?? {} } : undefined;
      const result = replaced ?? (await respond(req, path, body));
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
        req.socket.destroy();
        return;
      }
      res.writeHead(result.status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(result.body));
    } catch (error) {
      // A fault of the sandbox itself must not look like one of Agora's.
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'application/json' });
      res.end(JSON.stringify({ message: `the sandbox failed: ${String(error)}` }));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const timer = options.autoTick === false ? undefined : setInterval(tick, 100);

  function fault(request: FaultRequest): { ok: boolean; error?: string } {
    if (!('sid' in request)) {
      down = request.kind === 'http_500_on';
      return { ok: true };
    }
    const { kind, sid } = request;
    tick();
    const task = world.tasks.find((t) => t.sid === sid);
    if (!task) return { ok: false, error: 'There is no such task.' };
    if (task.endedAt() !== undefined) return { ok: false, error: 'This task has ended.' };
    if (kind === 'upload_to_backup') {
      task.divertUpload();
    } else if (kind === 'recorder_dies') {
      task.die(now());
    } else if (!task.startFailover(now())) {
      return { ok: false, error: 'Only a recorder that is in the channel can fail over.' };
    }
    return { ok: true };
  }

  return {
    url: `http://127.0.0.1:${port}`,
    notifier,
    requests,
    panel() {
      const at = now();
      const tasks = world.tasks.map((t) => taskRow(t, at)).reverse();
      return {
        now: at,
        speed,
        tasks,
        billedSecondsTotal: tasks.reduce((sum, t) => sum + t.billedSeconds, 0),
        restFault: down ? 'http_500' : 'none',
        notifications: notifier.counts(),
      };
    },
    fault(request) {
      const result = fault(request);
      onChange();
      return result;
    },
    ledger: () => world.tasks.map((t) => ledgerEntry(t, now())),
    setPublishers(cname, count) {
      // Up to now it was as it was.
      tick();
      publishers.set(cname, count);
      tick();
    },
    failNext(failure) {
      failures.push({ ...failure });
    },
    tick,
    close: () =>
      new Promise((resolve) => {
        clearInterval(timer);
        notifier.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
