import { createHmac, randomUUID } from 'node:crypto';

export interface Notifier {
  /** Sends one notification; it may be delivered late, again, or never, as Agora's may. */
  send(eventType: number, payload: object): void;
  /** Sends a body of the caller's making, signed or not, once, and answers the HTTP status; 0 when nobody answered. */
  deliver(body: string, headers?: Record<string, string>): Promise<number>;
  counts(): { delivered: number; failed: number };
  setPaused(paused: boolean): void;
  close(): void;
}

/** Waits before the retries of a notification that was not taken, ms; Agora makes three, at growing intervals. */
const retries = [200, 1_000, 4_000];

/**
 * Agora's notification service for Cloud Recording (productId 3): JSON over POST with both signatures over the raw body. HTTP 200 with JSON
 * within 10 s is success (Agora docs, notification center). Plain http is used here, because the receiver is on this machine.
 */
export function createNotifier(
  options: { url: string; secret: string } | undefined,
  now: () => number,
  changed: () => void,
): Notifier {
  let delivered = 0;
  let failed = 0;
  let paused = false;
  let closed = false;
  const timers = new Set<NodeJS.Timeout>();

  async function post(body: string, headers: Record<string, string>): Promise<number> {
    if (!options) return 0;
    try {
      const response = await fetch(options.url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
        signal: AbortSignal.timeout(10_000),
      });
      JSON.parse(await response.text());
      return response.status;
    } catch {
      return 0;
    }
  }

  const sign = (body: string) => ({
    'agora-signature': createHmac('sha1', options?.secret ?? '')
      .update(body)
      .digest('hex'),
    'agora-signature-v2': createHmac('sha256', options?.secret ?? '')
      .update(body)
      .digest('hex'),
  });

  async function attempt(notice: object, tries: number): Promise<void> {
    if (closed) return;
    // notifyMs is made anew for every delivery, so the signature is too.
    const body = JSON.stringify({ ...notice, notifyMs: Math.round(now()) });
    if ((await post(body, sign(body))) === 200) {
      delivered += 1;
      changed();
      return;
    }
    const wait = retries[tries];
    if (wait === undefined) {
      failed += 1;
      changed();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      attempt(notice, tries + 1);
    }, wait);
    timers.add(timer);
  }

  return {
    send(eventType, payload) {
      if (!options || paused || closed) return;
      attempt({ noticeId: randomUUID(), productId: 3, eventType, payload }, 0);
    },
    deliver: (body, headers) => post(body, headers ?? sign(body)),
    counts: () => ({ delivered, failed }),
    setPaused(value) {
      paused = value;
    },
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
