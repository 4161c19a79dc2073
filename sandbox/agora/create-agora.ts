import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { StorageSandbox } from '../storage/create-storage.ts';
import type { AgoraPanel, FaultRequest } from '../ui-protocol.ts';
import { createNotifier, type Notifier } from './notifier.ts';
import { loadMedia } from './recording-writer.ts';
import { type Answer, answer, type World } from './rest.ts';
import type { Task } from './task.ts';

export interface AgoraOptions {
  port?: number;
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
  times?: number;
  /** Answer this instead. */
  status?: number;
  body?: object;
  /** End the connection without an answer, before or after the call took effect. */
  drop?: 'before' | 'after';
  delayMs?: number;
}

export interface LedgerEntry {
  sid: string;
  cname: string;
  uid: string;
  startedAt: number;
  endedAt?: number;
  billedSeconds: number;
}

export interface AgoraSandbox {
  url: string;
  notifier: Notifier;
  panel(): AgoraPanel;
  fault(request: FaultRequest): { ok: boolean; error?: string };
  /** What Agora would bill: a line a task, from start to exit, idle time included. */
  ledger(): LedgerEntry[];
  /** Every call, secrets left out. */
  requests: { at: number; method: string; endpoint: string; status: number; code?: number; body: unknown }[];
  setPublishers(cname: string, count: number): void;
  failNext(failure: Failure): void;
  /** Lets time pass up to now. */
  tick(): void;
  close(): Promise<void>;
}

/** A local Agora Cloud Recording: composite recordings over the REST API, notifications, and a ledger of billed seconds. */
export async function createAgora(options: AgoraOptions): Promise<AgoraSandbox> {
  const { now: realNow = Date.now, speed = 1, qps = 10, onChange = () => undefined } = options;
  const epoch = realNow();
  const now = () => epoch + (realNow() - epoch) * speed;
  const publishers = new Map<string, number>();
  const failures: Failure[] = [];
  const requests: AgoraSandbox['requests'] = [];
  /** When calls came in during the last second. Real time: the limit is about the wire. */
  const recent: number[] = [];
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
    storage: options.storage,
    storageEndpointHost: options.storageEndpointHost,
    media: loadMedia(),
    notifier,
    publishers: (cname) => publishers.get(cname) ?? (cname.startsWith('empty') ? 0 : 2),
    billed: () => onChange(),
  };

  let shown = '';
  function tick(): void {
    for (const task of world.tasks) task.advance(now());
    const picture = JSON.stringify(world.tasks.map((t) => [t.statusText(), t.writer.keys().length]));
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
    const refusal = authorize(req, options);
    if (refusal) return refusal;
    const time = performance.now();
    while (recent[0] !== undefined && recent[0] <= time - 1000) recent.shift();
    if (recent.length >= qps) return { status: 429, body: { message: 'API rate limit exceeded' } };
    recent.push(time);
    if (down) return { status: 500, body: { code: 500, reason: 'internal_error' } };
    tick();
    if (req.method === 'POST' && body === undefined)
      return { status: 400, body: { code: 8, reason: 'invalid JSON or Content-Type' } };
    return answer(world, req.method ?? 'GET', path, body);
  }

  const server = createServer(async (req, res) => {
    try {
      const path = (req.url ?? '/').split('?')[0] ?? '/';
      const body = await readJson(req);
      const endpoint = path.split('/').at(-1) ?? '';
      const failure = takeFailure(endpoint);
      if (failure?.delayMs) await delay(failure.delayMs);
      if (failure?.drop === 'before') {
        req.socket.destroy();
        return;
      }
      const replaced = failure?.status !== undefined ? { status: failure.status, body: failure.body ?? {} } : undefined;
      const result = replaced ?? (await respond(req, decodeURI(path), body));
      const code = 'code' in result.body ? Number(result.body.code) : undefined;
      requests.push({
        at: realNow(),
        method: req.method ?? '',
        endpoint,
        status: result.status,
        body: withoutSecrets(body),
        ...(code === undefined ? {} : { code }),
      });
      onChange();
      if (failure?.drop === 'after') {
        req.socket.destroy();
        return;
      }
      res.writeHead(result.status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(result.body));
    } catch {
      req.socket.destroy();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const timer = options.autoTick === false ? undefined : setInterval(tick, 100);

  const billedSeconds = (t: Task) => Math.round(((t.endedAt() ?? now()) - t.startedAt) / 1000);
  const optionalEnd = (t: Task) => {
    const endedAt = t.endedAt();
    return endedAt === undefined ? {} : { endedAt };
  };

  return {
    url: `http://127.0.0.1:${port}`,
    notifier,
    requests,
    panel: () => ({
      now: now(),
      speed,
      tasks: world.tasks
        .map((t) => ({
          sid: t.sid,
          cname: t.cname,
          uid: t.uid,
          mode: 'mix' as const,
          status: t.status(),
          statusText: t.statusText(),
          startedAt: t.startedAt,
          ...optionalEnd(t),
          billedSeconds: billedSeconds(t),
          files: t.writer.keys(),
          alive: t.endedAt() === undefined,
        }))
        .reverse(),
      billedSecondsTotal: world.tasks.reduce((sum, t) => sum + billedSeconds(t), 0),
      restFault: down ? 'http_500' : 'none',
      notifications: notifier.counts(),
    }),
    fault(request) {
      if (!('sid' in request)) {
        down = request.kind === 'http_500_on';
        onChange();
        return { ok: true };
      }
      const task = world.tasks.find((t) => t.sid === request.sid);
      if (!task) return { ok: false, error: 'There is no such task.' };
      if (task.endedAt() !== undefined) return { ok: false, error: 'This task has ended.' };
      if (request.kind === 'recorder_dies') task.die(now());
      if (request.kind === 'failover') task.startFailover(now());
      if (request.kind === 'upload_to_backup') task.divertUpload();
      onChange();
      return { ok: true };
    },
    ledger: () =>
      world.tasks.map((t) => ({
        sid: t.sid,
        cname: t.cname,
        uid: t.uid,
        startedAt: t.startedAt,
        ...optionalEnd(t),
        billedSeconds: billedSeconds(t),
      })),
    setPublishers(cname, count) {
      publishers.set(cname, count);
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

/** Basic authentication, refused in the gateway's words. */
function authorize(req: IncomingMessage, keys: { customerId: string; customerSecret: string }): Answer | undefined {
  const header = req.headers.authorization;
  if (header === undefined) return { status: 401, body: { message: 'Unauthorized' } };
  const wanted = `Basic ${Buffer.from(`${keys.customerId}:${keys.customerSecret}`).toString('base64')}`;
  return header === wanted ? undefined : { status: 401, body: { message: 'Invalid authentication credentials' } };
}

/** The body as JSON; undefined when it is none or is not called JSON. */
async function readJson(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  if (!/^application\/json\b/.test(req.headers['content-type'] ?? '')) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

const secretFields = new Set(['token', 'accessKey', 'secretKey', 'stsToken', 'secret', 'salt']);

function withoutSecrets(v: unknown): unknown {
  if (Array.isArray(v)) return v.map(withoutSecrets);
  if (typeof v !== 'object' || v === null) return v;
  return Object.fromEntries(
    Object.entries(v).map(([k, x]) => [k, secretFields.has(k) ? '(hidden)' : withoutSecrets(x)]),
  );
}
