import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppManifest } from './manifest.ts';
import { type Args, type MethodContext, methods, type Result } from './methods.ts';

export interface ApiCall {
  at: number;
  method: string;
  args: Args;
  ok: boolean;
  error?: string;
}

export interface ApiFailure {
  method: string;
  times?: number;
  /** An answer of Slack's with this error. */
  error?: string;
  /** An HTTP status instead, e.g. 500, or 429 with Retry-After. */
  status?: number;
  retryAfter?: number;
  /** Do it, and end the connection without an answer. */
  dropReplyAfterEffect?: boolean;
}

/** Arguments that are JSON text in a form body. */
const jsonArgs = new Set(['blocks', 'metadata', 'view', 'attachments']);

export interface WebApi {
  handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void>;
  calls: ApiCall[];
  failNext(failure: ApiFailure): void;
  setDown(down: boolean): void;
  isDown(): boolean;
}

/** Slack's Web API at `/api/<method>`: transport, tokens, scopes, rate limits and envelopes (docs.slack.dev/apis/web-api). */
export function createWebApi(options: {
  manifest: AppManifest;
  botToken: string;
  appToken: string;
  context: MethodContext;
  now: () => number;
  /** False: nothing is limited. */
  rateLimits: boolean;
}): WebApi {
  const { manifest, context, now } = options;
  const calls: ApiCall[] = [];
  const failures: ApiFailure[] = [];
  let down = false;
  const limits = createRateLimits(() => performance.now());

  function authenticate(method: string, token: string | undefined): Result | undefined {
    const m = methods[method];
    if (!m) return { ok: false, error: 'unknown_method', req_method: method };
    if (token === undefined || token === '') return { ok: false, error: 'not_authed' };
    if (token !== options.botToken && token !== options.appToken) return { ok: false, error: 'invalid_auth' };
    if (token !== (m.token === 'app' ? options.appToken : options.botToken))
      return { ok: false, error: 'not_allowed_token_type' };
    if (m.scope && !manifest.botScopes.includes(m.scope)) {
      return { ok: false, error: 'missing_scope', needed: m.scope, provided: manifest.botScopes.join(',') };
    }
    return undefined;
  }

  function checkArgs(method: string, args: Args): Result | undefined {
    const m = methods[method];
    if (!m) return undefined;
    const messages = [
      ...m.required
        .filter((name) => args[name] === undefined || args[name] === '')
        .map((name) => `[ERROR] missing required field: ${name}`),
      ...Object.keys(args)
        .filter((name) => !m.required.includes(name) && !m.optional.includes(name))
        .map((name) => `[ERROR] invalid additional property: ${name}`),
    ];
    return messages.length > 0 ? { ok: false, error: 'invalid_arguments', response_metadata: { messages } } : undefined;
  }

  function send(res: ServerResponse, result: object, status = 200, headers: Record<string, string> = {}): void {
    res.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'x-oauth-scopes': manifest.botScopes.join(','),
      ...headers,
    });
    res.end(JSON.stringify(result));
  }

  return {
    calls,
    failNext: (failure) => failures.push({ ...failure }),
    setDown(value) {
      down = value;
    },
    isDown: () => down,
    async handle(req, res, url) {
      const method = url.pathname.slice('/api/'.length);
      const { args: given, problem } = await readArgs(req, url, methods[method]?.json ?? true);
      if (down) {
        calls.push({ at: now(), method, args: {}, ok: false, error: 'http 503' });
        res.writeHead(503).end('Service Unavailable');
        return;
      }
      if (problem) {
        send(res, { ok: false, error: problem });
        return;
      }
      const { token: formToken, ...args } = given;
      const header = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
      const token = header ?? (typeof formToken === 'string' ? formToken : undefined);
      const i = failures.findIndex((f) => f.method === method);
      const failure = failures[i];
      if (failure) {
        failure.times = (failure.times ?? 1) - 1;
        if (failure.times <= 0) failures.splice(i, 1);
      }
      const refused = authenticate(method, token) ?? checkArgs(method, args);
      const wait = refused || !options.rateLimits ? 0 : limits(method, String(args.channel ?? ''));
      if (wait > 0 || failure?.status === 429) {
        calls.push({ at: now(), method, args, ok: false, error: 'ratelimited' });
        send(res, { ok: false, error: 'ratelimited' }, 429, { 'retry-after': String(failure?.retryAfter ?? wait) });
        return;
      }
      if (failure?.status) {
        calls.push({ at: now(), method, args, ok: false, error: `http ${failure.status}` });
        res.writeHead(failure.status).end('error');
        return;
      }
      const result: Result =
        refused ??
        (failure?.error
          ? { ok: false, error: failure.error }
          : (methods[method]?.run(context, args) ?? { ok: false, error: 'unknown_method' }));
      calls.push({ at: now(), method, args, ok: result.ok, ...(result.ok ? {} : { error: result.error }) });
      if (failure?.dropReplyAfterEffect) {
        req.socket.destroy();
        return;
      }
      send(res, result);
    },
  };
}

/** Arguments from one source: the query, a form, or JSON where the method takes it. A JSON body elsewhere is not read. */
async function readArgs(req: IncomingMessage, url: URL, takesJson: boolean): Promise<{ args: Args; problem?: string }> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  const type = (req.headers['content-type'] ?? '').split(';')[0]?.trim();
  if (type === 'application/json') {
    if (!takesJson) return { args: {} };
    try {
      const value: unknown = JSON.parse(body || '{}');
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        return { args: {}, problem: 'json_not_object' };
      // JSON null means the default.
      return { args: Object.fromEntries(Object.entries(value).filter(([, v]) => v !== null)) };
    } catch {
      return { args: {}, problem: 'invalid_json' };
    }
  }
  if (body !== '' && type !== 'application/x-www-form-urlencoded') return { args: {}, problem: 'invalid_post_type' };
  const source = body === '' ? url.searchParams : new URLSearchParams(body);
  const args: Args = {};
  for (const [name, text] of source) {
    if (name === 'token' && body === '') continue;
    if (jsonArgs.has(name)) {
      try {
        args[name] = JSON.parse(text);
      } catch {
        return {
          args: {},
          problem:
            name === 'blocks'
              ? 'invalid_blocks_format'
              : name === 'metadata'
                ? 'invalid_metadata_format'
                : 'invalid_arguments',
        };
      }
    } else args[name] = text;
  }
  return { args };
}

/**
 * Seconds to wait, or 0. About one message a second and channel with some room for bursts, and 50 updates a minute
 * (docs.slack.dev/apis/web-api/rate-limits). By the real clock: this is about the wire.
 */
function createRateLimits(time: () => number) {
  const tokens = new Map<string, { left: number; at: number }>();
  const rules: Record<string, { burst: number; perSecond: number; perChannel: boolean }> = {
    'chat.postMessage': { burst: 15, perSecond: 1, perChannel: true },
    'chat.update': { burst: 50, perSecond: 50 / 60, perChannel: false },
  };
  return (method: string, channel: string): number => {
    const rule = rules[method];
    if (!rule) return 0;
    const key = `${method} ${rule.perChannel ? channel : ''}`;
    const before = tokens.get(key) ?? { left: rule.burst, at: time() };
    const left = Math.min(rule.burst, before.left + ((time() - before.at) / 1000) * rule.perSecond);
    tokens.set(key, { left: left >= 1 ? left - 1 : left, at: time() });
    return left >= 1 ? 0 : Math.max(1, Math.ceil((1 - left) / rule.perSecond));
  };
}
