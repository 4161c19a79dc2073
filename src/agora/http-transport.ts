import type { Endpoint } from './outcome-rows.ts';
import type { Transport } from './transport.ts';

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

/** From the head of an answer to its end: one that stalls must not hold a recording's turn for ever. Milliseconds. */
const readTime = 10_000;

/** Failures in which nothing can have reached Agora. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** HTTPS by got, without its retries and redirects: whether a repeat is safe is not its to know. */
export const httpTransport: Transport = async (request) => {
  // Loaded with the first call: a bot that waits for its first recording does without its megabytes.
  const { default: got, RequestError, TimeoutError } = await import('got');
  try {
    const response = await got(`${request.host.replace(/\/$/, '')}${request.path}`, {
      method: request.method,
      username: request.customerId,
      password: request.customerSecret,
      ...(request.json ? { json: request.json } : {}),
      throwHttpErrors: false,
      followRedirect: false,
      retry: { limit: 0 },
      timeout: {
        lookup: 5_000,
        connect: 5_000,
        secureConnect: 5_000,
        response: responseTime[request.endpoint],
        read: readTime,
      },
      headers: { 'user-agent': 'agora-recording-bot' },
    });
    const date = Date.parse(response.headers.date ?? '');
    return { status: response.statusCode, text: response.body, ...(Number.isNaN(date) ? {} : { date }) };
  } catch (error) {
    const timeout = error instanceof TimeoutError;
    const failed = error instanceof RequestError ? error.code : 'UNKNOWN';
    const connecting = timeout && ['lookup', 'connect', 'secureConnect'].includes(error.event);
    return { failed, timeout, sent: !connecting && !neverSent.has(failed) };
  }
};
