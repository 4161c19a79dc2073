import { z } from 'zod';
import type { Log, Priority, Refusal } from '../recording/ports.ts';
import type { Hosts } from './hosts.ts';
import type { Endpoint } from './outcome-rows.ts';
import { harmless, noAnswer, refusalOf } from './outcomes.ts';
import type { RateBucket } from './rate-bucket.ts';
import type { Transport } from './transport.ts';

export interface CallParts {
  customerId: string;
  customerSecret: string;
  transport: Transport;
  hosts: Hosts;
  bucket: RateBucket;
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Told what time it is at Agora, milliseconds since the epoch. */
  onDate?: ((date: number) => void) | undefined;
  /** Told how long each call waited for its turn, in seconds. */
  onWait?: ((priority: Priority, seconds: number) => void) | undefined;
  log: Log;
}

const answerShape = z.looseObject({
  code: z.coerce.number().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

/** Between the tries of one call (Agora docs, REST availability). Milliseconds. */
const ladder = [1_000, 3_000, 6_000];

interface Request {
  method: 'GET' | 'POST';
  path: string;
  json?: object;
}
type Answer = { class: 'done'; body: unknown } | Refusal;

/**
 * Makes one call. It is repeated here only where no harm can come of it: when nothing was sent, or when the call changes nothing. Then the same
 * host is asked once more, and then the next one. What an answer means for what comes after is the core's to decide.
 *
 * Success is HTTP 200 without an error code. Nothing of the request's body, of its headers or of the credentials is logged.
 */
export async function call(
  parts: CallParts,
  endpoint: Endpoint,
  priority: Priority,
  request: Request,
): Promise<Answer> {
  const { hosts } = parts;
  const spent = new Set<string>();
  for (let tries = 0; ; tries++) {
    const host = hosts.next(spent);
    if (host === undefined) return noAnswer(endpoint, 'network', false, 'no host');
    const asked = performance.now();
    await parts.bucket.take(priority);
    parts.onWait?.(priority, (performance.now() - asked) / 1000);
    const { answer, sent } = await ask(parts, host, endpoint, request);
    if (hosts.resting(host)) spent.add(host);
    const wait = ladder[tries];
    if (answer.class === 'done' || (sent && !harmless.has(endpoint)) || answered(answer)) return answer;
    if (wait === undefined || hosts.next(spent) === undefined) return answer;
    await parts.sleep(wait);
  }
}

/** There is an HTTP status, so a repeat is the core's: it knows how long ago the last one was. */
function answered(r: Refusal): boolean {
  return /^\d/.test(r.code);
}

/** Asks one host once. `sent`: the request may have reached Agora. */
async function ask(
  parts: CallParts,
  host: string,
  endpoint: Endpoint,
  request: Request,
): Promise<{ answer: Answer; sent: boolean }> {
  const started = parts.now();
  const told = (data: object) =>
    parts.log.debug({ endpoint, host, ms: parts.now() - started, ...data }, 'Agora was asked');
  const { customerId, customerSecret } = parts;
  const got = await parts.transport({ host, endpoint, ...request, customerId, customerSecret });
  if ('failed' in got) {
    told({ failed: got.failed });
    parts.hosts.failed(host);
    return { answer: noAnswer(endpoint, got.timeout ? 'timeout' : 'network', got.sent, got.failed), sent: got.sent };
  }
  const { status } = got;
  const body = parse(got.text);
  const { code, reason, message } = answerShape.catch({}).parse(body);
  told({ status, code });
  if (got.date !== undefined) parts.onDate?.(got.date);
  if (status === 429) parts.bucket.slowDown();
  if (status === 200 && (code === undefined || code === 0 || code === 200)) {
    parts.hosts.worked(host);
    return { answer: { class: 'done', body }, sent: true };
  }
  const { refusal, listed } = refusalOf(endpoint, status, code, message ?? reason ?? '');
  // An error that Agora has no words for comes from what stands before it: another host may do better.
  if (status >= 500 && !listed) parts.hosts.failed(host);
  else parts.hosts.worked(host);
  return { answer: refusal, sent: true };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
