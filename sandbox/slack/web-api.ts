import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { checkArguments } from './check-arguments.ts';
import type { Faults } from './faults.ts';
import type { Args, MethodContext, Result } from './method.ts';
import { failure, missingScope } from './method.ts';
import { methods } from './methods.ts';
import { createRateLimits } from './rate-limits.ts';
import { type GivenArguments, readArguments } from './read-arguments.ts';

export interface ApiCall {
  at: number;
  method: string;
  args: Args;
  ok: boolean;
  error?: string;
}

export interface WebApi {
  handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void>;
  calls: ApiCall[];
  setDown(down: boolean): void;
  isDown(): boolean;
  /** The app was uninstalled, or its app-level token revoked; `false` brings the token back. */
  setRevoked(token: 'bot' | 'app', revoked: boolean): void;
  /** Is this the bot token, and good? */
  knows(authorization: string | undefined): boolean;
}

/** Kinds of conversations in scopes. */
const kinds = ['channels', 'groups', 'im', 'mpim'];

/** Slack's Web API at `/api/<method>`: transport, tokens, scopes, rate limits and envelopes (docs.slack.dev/apis/web-api). */
export function createWebApi(options: {
  botToken: string;
  appToken: string;
  context: MethodContext;
  faults: Faults;
  now: () => number;
  /** False: nothing is limited. */
  rateLimits: boolean;
}): WebApi {
  const { context, now, faults } = options;
  const calls: ApiCall[] = [];
  const revoked = new Set<'bot' | 'app'>();
  let down = false;
  const limits = createRateLimits(() => performance.now());

  function authenticate(name: string, req: IncomingMessage, formToken: string | undefined): Result | undefined {
    const method = methods[name];
    if (!method) return failure('unknown_method', { req_method: name });
    if (name === 'apps.connections.open' && req.method !== 'POST') return failure('insecure_request');
    // An app-level token is taken from the header only.
    const token = bearer(req.headers.authorization) ?? (method.token === 'app' ? undefined : formToken);
    if (!token) return failure('not_authed');
    const kind = token === options.botToken ? 'bot' : token === options.appToken ? 'app' : undefined;
    if (!kind) return failure('invalid_auth');
    if (revoked.has(kind)) return failure(kind === 'bot' ? 'account_inactive' : 'invalid_auth');
    if (kind !== method.token) return failure('not_allowed_token_type');
    if (method.scope && !context.scopes.includes(method.scope)) return missingScope(method.scope, context.scopes);
    const scopes = kinds.map((k) => `${k}:${method.scopesByKind}`);
    if (method.scopesByKind && !scopes.some((s) => context.scopes.includes(s)))
      return missingScope(scopes.join(','), context.scopes);
    return undefined;
  }

  function send(res: ServerResponse, name: string, result: Result, given: GivenArguments, more: object = {}): void {
    const method = methods[name];
    const answer = given.warning
      ? {
          ...result,
          warning: given.warning,
          response_metadata: { ...Object(result.response_metadata), warnings: [given.warning] },
        }
      : result;
    res.writeHead(result.error === 'ratelimited' ? 429 : 200, {
      'content-type': 'application/json; charset=utf-8',
      'x-oauth-scopes': method?.token === 'app' ? 'connections:write' : context.scopes.join(','),
      ...(method?.scope ? { 'x-accepted-oauth-scopes': method.scope } : {}),
      ...more,
    });
    res.end(JSON.stringify(answer));
  }

  async function handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void> {
    const name = url.pathname.slice('/api/'.length);
    const given = await readArguments(req, url, methods[name]?.json ?? true);
    let { args } = given;
    const note = (error?: string) =>
      calls.push({ at: now(), method: name, args, ok: !error, ...(error ? { error } : {}) });
    const fault = faults.take(name, args.channel);
    if (fault?.delay) await delay(fault.delay);
    if (down) {
      note('http 503');
      res.writeHead(503).end('Service Unavailable');
      return;
    }
    if (fault?.dropRequest) {
      note('dropped');
      req.socket.destroy();
      return;
    }
    if (given.problem) return send(res, name, failure(given.problem), given);
    let refused = authenticate(name, req, given.token);
    const method = methods[name];
    if (method && !refused) {
      const checked = checkArguments(method, args);
      if ('refused' in checked) refused = checked.refused;
      else args = checked.args;
    }
    const wait = method && !refused && options.rateLimits ? limits(name, method.tier, String(args.channel ?? '')) : 0;
    if (wait > 0 || fault?.status === 429 || fault?.error === 'ratelimited') {
      note('ratelimited');
      return send(res, name, failure('ratelimited'), given, {
        'retry-after': String(fault?.retryAfter ?? (wait || 1)),
      });
    }
    if (fault?.status) {
      note(`http ${fault.status}`);
      res.writeHead(fault.status).end('error');
      return;
    }
    const result =
      refused ?? (fault?.error ? failure(fault.error) : (method?.run(context, args) ?? failure('unknown_method')));
    note(result.ok ? undefined : result.error);
    if (fault?.delayReply) await delay(fault.delayReply);
    if (fault?.dropReplyAfterEffect) req.socket.destroy();
    else send(res, name, result, given);
  }

  return {
    handle,
    calls,
    setDown(value) {
      down = value;
    },
    isDown: () => down,
    setRevoked(token, value) {
      if (value) revoked.add(token);
      else revoked.delete(token);
    },
    knows: (authorization) => !revoked.has('bot') && bearer(authorization) === options.botToken,
  };
}

const bearer = (authorization = '') => /^Bearer (.+)$/.exec(authorization)?.[1];
