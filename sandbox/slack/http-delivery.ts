import { createHmac } from 'node:crypto';

/** What became of a delivery to the app. */
export type Delivered = { acked: true; payload: unknown } | { acked: false; why: 'no_connection' | 'timeout' };

/** A signed request as it went out. */
export interface SignedRequest {
  url: string;
  body: string;
  /** Unix seconds, as text: the header X-Slack-Request-Timestamp. */
  timestamp: string;
  /** The header X-Slack-Signature. */
  signature: string;
}

export interface HttpDelivery {
  send(type: 'slash_commands' | 'interactive', payload: object): Promise<Delivered>;
  /** What was sent, oldest first; the last hundred. */
  sent: SignedRequest[];
  /**
   * Sends a request once more, as somebody who has seen it could: the same, or with parts of it changed. `signAgain`: with a signature that fits
   * the changes, as only Slack could.
   */
  resend(
    request: SignedRequest,
    change?: Partial<SignedRequest> & { signAgain?: boolean },
  ): Promise<{
    status: number;
    body: string;
  }>;
}

/** Slack's patience, ms. */
const patience = 3_000;
const kept = 100;

/**
 * HTTP mode: posts to the app's request URL, signed (docs.slack.dev/authentication/verifying-requests-from-slack). A command's fields are the
 * form itself; interactions come as JSON in the field `payload`.
 */
export function createHttpDelivery(options: {
  url: () => string;
  signingSecret: string;
  now: () => number;
}): HttpDelivery {
  const sent: SignedRequest[] = [];

  const sign = (timestamp: string, body: string) =>
    `v0=${createHmac('sha256', options.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

  const post = (r: SignedRequest) =>
    fetch(r.url, {
      method: 'POST',
      body: r.body,
      redirect: 'manual',
      headers: {
        // Bolt compares this with no charset.
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': r.timestamp,
        'x-slack-signature': r.signature,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      },
      signal: AbortSignal.timeout(patience),
    });

  return {
    sent,
    async resend(request, { signAgain = false, ...change } = {}) {
      const changed = { ...request, ...change };
      const signature = signAgain ? sign(changed.timestamp, changed.body) : changed.signature;
      const response = await post({ ...changed, signature });
      return { status: response.status, body: await response.text() };
    },
    async send(type, payload) {
      const form =
        type === 'slash_commands'
          ? new URLSearchParams(Object.entries(payload).map(([k, v]): [string, string] => [k, String(v)]))
          : new URLSearchParams({ payload: JSON.stringify(payload) });
      const body = form.toString();
      const timestamp = String(Math.floor(options.now() / 1000));
      const request = { url: options.url(), body, timestamp, signature: sign(timestamp, body) };
      sent.push(request);
      if (sent.length > kept) sent.shift();
      try {
        const response = await post(request);
        const text = await response.text();
        if (response.status !== 200) return { acked: false, why: 'no_connection' };
        if (text === '') return { acked: true, payload: {} };
        const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
        return { acked: true, payload: isJson ? JSON.parse(text) : { text } };
      } catch (error) {
        const isLate = error instanceof Error && error.name === 'TimeoutError';
        return { acked: false, why: isLate ? 'timeout' : 'no_connection' };
      }
    },
  };
}
