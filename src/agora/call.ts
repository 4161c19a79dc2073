import { z } from 'zod';
import type { Log, Priority, Refusal } from '../recording/ports.ts';
import type { Hosts } from './hosts.ts';
import { type Endpoint, noAnswer, refusalOf } from './outcomes.ts';
import type { RateBucket } from './rate-bucket.ts';

export interface CallParts {
  customerId: string;
  customerSecret: string;
  hosts: Hosts;
  bucket: RateBucket;
  now(): number;
  log: Log;
}

/** A synchronous stop is held until the upload is done, 20 s at most (Agora docs, rest-api/stop). Milliseconds. */
const responseTime: Record<Endpoint, number> = {
  acquire: 10_000,
  start: 10_000,
  query: 10_000,
  update: 10_000,
  updateLayout: 10_000,
  stop: 25_000,
  remove: 20_000,
};

/** Failures in which nothing can have reached Agora. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const answerShape = z.looseObject({
  code: z.coerce.number().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

/**
 * Makes one call, once: what to do about a failure is the core's to decide, who knows whether a repeat is safe. Only when a host could not
 * even be connected to is the next one tried at once, because then nothing can have happened.
 *
 * Success is HTTP 200 without an error code. Nothing of the request's body, of its headers or of the credentials is logged.
 */
export async function call(
  parts: CallParts,
  endpoint: Endpoint,
  priority: Priority,
  request: { method: 'GET' | 'POST'; path: string; json?: object },
): Promise<{ class: 'done'; body: unknown } | Refusal> {
  // Loaded with the first call: a bot that waits for its first recording does without its megabytes.
  const { default: got, RequestError, TimeoutError } = await import('got');
  let refusal: Refusal | undefined;
  for (const host of parts.hosts.order()) {
    await parts.bucket.take(priority);
    const started = parts.now();
    const told = (data: object) =>
      parts.log.debug({ endpoint, host, ms: parts.now() - started, ...data }, 'Agora was asked');
    try {
      const response = await got(`${host.replace(/\/$/, '')}${request.path}`, {
        method: request.method,
        username: parts.customerId,
        password: parts.customerSecret,
        ...(request.json ? { json: request.json } : {}),
        throwHttpErrors: false,
        followRedirect: false,
        retry: { limit: 0 },
        timeout: { lookup: 5_000, connect: 5_000, secureConnect: 5_000, response: responseTime[endpoint] },
        headers: { 'user-agent': 'agora-recording-bot' },
      });
      const body = parse(response.body);
      const { code, reason, message } = answerShape.catch({}).parse(body);
      told({ status: response.statusCode, code });
      parts.hosts.worked(host);
      if (response.statusCode === 200 && (code === undefined || code === 0 || code === 200))
        return { class: 'done', body };
      return refusalOf(endpoint, response.statusCode, code, message ?? reason ?? '');
    } catch (error) {
      const timeout = error instanceof TimeoutError;
      const name = error instanceof RequestError ? error.code : 'UNKNOWN';
      const connecting = timeout && ['lookup', 'connect', 'secureConnect'].includes(error.event);
      const sent = !connecting && !neverSent.has(name);
      told({ failed: name });
      parts.hosts.failed(host);
      refusal = noAnswer(endpoint, timeout ? 'timeout' : 'network', sent, name);
      if (sent) return refusal;
    }
  }
  return refusal ?? noAnswer(endpoint, 'network', false, 'no host');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
