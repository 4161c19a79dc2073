import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

export interface Notifier {
  /** Sends one notification; it may be delivered late, again, or never, as Agora's may. */
  send(eventType: number, payload: object): void;
  /** Sends a body of the caller's making once, signed unless other headers are given, and answers the HTTP status; 0 when nobody answered. */
  deliver(body: string, headers?: Record<string, string>): Promise<number>;
  counts(): { delivered: number; failed: number };
  /** Resolves when everything that was sent has been taken, or given up. */
  idle(): Promise<void>;
  /** While true notifications are lost, not kept. */
  setPaused(paused: boolean): void;
  close(): void;
}

/** Waits before the retries of a notification that was not taken, ms. Agora makes three at growing intervals, the first at once. */
const retries = [0, 1_000, 4_000];

/** Both signatures over the raw body: lower-case hex, the secret as UTF-8 (Agora docs, notification center). */
export function signatures(body: string, secret: string): Record<string, string> {
  const sign = (algorithm: string) => createHmac(algorithm, secret).update(body).digest('hex');
  return { 'agora-signature': sign('sha1'), 'agora-signature-v2': sign('sha256') };
}

/**
 * Agora's notification service for Cloud Recording (productId 3): JSON over POST. HTTP 200 with JSON within 10 s is success (Agora docs,
 * notification center). Agora itself wants https; plain http is used here, because the receiver is on this machine.
 */
export function createNotifier(
  options: { url: string; secret: string; fetch?: typeof fetch } | undefined,
  now: () => number,
  changed: () => void,
  how: { retryWaits?: readonly number[]; sleep?: (ms: number) => Promise<unknown> } = {},
): Notifier {
  const { retryWaits = retries, sleep = (ms) => delay(ms, undefined, { ref: false }) } = how;
  let delivered = 0;
  let failed = 0;
  let paused = false;
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();

  async function post(body: string, headers?: Record<string, string>): Promise<{ status: number; taken: boolean }> {
    if (!options) return { status: 0, taken: false };
    try {
      const response = await (options.fetch ?? fetch)(options.url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...(headers ?? signatures(body, options.secret)) },
        // A redirect is not followed.
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(10_000), closing.signal]),
      });
      const text = await response.text();
      return { status: response.status, taken: response.status === 200 && isJson(text) };
    } catch {
      return { status: 0, taken: false };
    }
  }

  async function deliverWithRetries(notice: object): Promise<void> {
    for (const wait of [undefined, ...retryWaits]) {
      if (wait !== undefined && !(await pause(sleep(wait), closing.signal))) return;
      // notifyMs is made anew for every delivery, so the signature is too.
      const { taken } = await post(JSON.stringify({ ...notice, notifyMs: Math.round(now()) }));
      if (closing.signal.aborted) return;
      if (taken) {
        delivered += 1;
        changed();
        return;
      }
    }
    failed += 1;
    changed();
  }

  return {
    send(eventType, payload) {
      if (!options || paused || closing.signal.aborted) return;
      const delivery = deliverWithRetries({ noticeId: randomUUID(), productId: 3, eventType, payload });
      underWay.add(delivery);
      void delivery.finally(() => underWay.delete(delivery));
    },
    deliver: async (body, headers) => (await post(body, headers)).status,
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    counts: () => ({ delivered, failed }),
    setPaused(value) {
      paused = value;
    },
    close: () => closing.abort(),
  };
}

/** Waits; false when it was closed meanwhile. */
function pause(waited: Promise<unknown>, closing: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const done = () => {
      closing.removeEventListener('abort', done);
      resolve(!closing.aborted);
    };
    closing.addEventListener('abort', done);
    waited.then(done, done);
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
