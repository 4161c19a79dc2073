import { createHmac } from 'node:crypto';

/** What became of a delivery to the app. */
export type Delivered = { acked: true; payload: unknown } | { acked: false; why: 'no_connection' | 'timeout' };

/**
 * HTTP mode: posts to the app's request URL, signed (docs.slack.dev/authentication/verifying-requests-from-slack). A command's fields are the
 * form itself; interactions come as JSON in the field `payload`.
 */
export async function deliverByHttp(
  r: { url: string; signingSecret: string; now: () => number },
  type: 'slash_commands' | 'interactive',
  payload: object,
): Promise<Delivered> {
  const form =
    type === 'slash_commands'
      ? new URLSearchParams(Object.entries(payload).map(([k, v]): [string, string] => [k, String(v)]))
      : new URLSearchParams({ payload: JSON.stringify(payload) });
  const body = form.toString();
  const timestamp = String(Math.floor(r.now() / 1000));
  const signature = `v0=${createHmac('sha256', r.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  try {
    const response = await fetch(r.url, {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': signature,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      },
      signal: AbortSignal.timeout(3_000),
    });
    const text = await response.text();
    if (response.status !== 200) return { acked: false, why: 'no_connection' };
    if (text === '') return { acked: true, payload: {} };
    const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
    return { acked: true, payload: isJson ? JSON.parse(text) : { text } };
  } catch (error) {
    return { acked: false, why: error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'no_connection' };
  }
}
