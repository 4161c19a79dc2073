import type { IncomingMessage } from 'node:http';
import type { Answer } from './rest.ts';

/** Larger than any request of this API. Bytes. */
const maxBody = 1024 * 1024;

/** Basic authentication, refused in the words of Agora's gateway (Agora docs, rest-api/status-codes). */
export function authorize(
  header: string | undefined,
  keys: { customerId: string; customerSecret: string },
): Answer | undefined {
  if (header === undefined) return { status: 401, body: { message: 'Unauthorized' } };
  const wanted = `Basic ${Buffer.from(`${keys.customerId}:${keys.customerSecret}`).toString('base64')}`;
  return header === wanted ? undefined : { status: 401, body: { message: 'Invalid authentication credentials' } };
}

/** Lets `qps` requests through in any second, like Agora's gateway: over it, HTTP 429. `clock`: ms that never go back. */
export function createRateLimit(qps: number, clock: () => number): () => Answer | undefined {
  const recent: number[] = [];
  return () => {
    const now = clock();
    while (recent[0] !== undefined && recent[0] <= now - 1000) recent.shift();
    if (recent.length >= qps) return { status: 429, body: { message: 'API rate limit exceeded' } };
    recent.push(now);
    return undefined;
  };
}

/** The body as JSON; undefined when it is none, is not called JSON, or is far too large. */
export async function readJson(req: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size <= maxBody) chunks.push(chunk);
  }
  if (size > maxBody || !/^application\/json\s*(;|$)/i.test(req.headers['content-type'] ?? '')) return undefined;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}

const secretFields = new Set(['token', 'accessKey', 'secretKey', 'stsToken', 'secret', 'salt']);

/** A copy without tokens and keys, for the transcript. */
export function withoutSecrets(v: unknown): unknown {
  if (Array.isArray(v)) return v.map(withoutSecrets);
  if (typeof v !== 'object' || v === null) return v;
  return Object.fromEntries(
    Object.entries(v).map(([k, x]) => [k, secretFields.has(k) ? '(hidden)' : withoutSecrets(x)]),
  );
}
