import { setTimeout as delay } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import type { Log } from '../recording/ports.ts';
import { slackErrorCode } from './error-code.ts';

/** The part of Slack's client that is needed here. Made with `autoReconnectEnabled: false`: two that reconnect would hold two sockets. */
export type SocketClient = SocketModeReceiver['client'];

export interface KeptSocket {
  /** Resolves once the socket stands for the first time, or is ended. Never rejects. */
  opened: Promise<void>;
  /** Whether Slack can be heard on it now. */
  stands(): boolean;
  /** Slack's code, while it does not want the app-level token. */
  refused(): string | undefined;
  end(): Promise<void>;
}

/** Waits between tries: the first, and the longest, since whoever types a command while Slack is back hears nothing. Milliseconds. */
const firstWait = 1_000;
const longestWait = 10_000;
/** A socket that stood for so long was a good one, and the next is opened soon. Milliseconds. */
const steady = 10_000;
/** A socket that does not say hello by then is given up; asking for its address alone may take ten seconds. Milliseconds. */
const patience = 20_000;

/** Refusals that pass by themselves. */
const passing = new Set(['fatal_error', 'internal_error', 'ratelimited', 'request_timeout', 'service_unavailable']);

/**
 * Opens a Socket Mode connection and keeps it, until it is ended: whatever ends it, it is opened anew. Slack's client would do so by itself,
 * but lets its failures go uncaught, which ends the process, and waits for longer and longer.
 */
export function keepSocket(client: SocketClient, log: Log): KeptSocket {
  const ending = new AbortController();
  const first = Promise.withResolvers<void>();
  let gone = Promise.withResolvers<void>();
  let refused: string | undefined;
  client.on('disconnected', () => gone.resolve());
  void keep();

  async function keep(): Promise<void> {
    let failures = 0;
    while (!ending.signal.aborted) {
      let wait = 0;
      gone = Promise.withResolvers<void>();
      try {
        await open();
        const since = performance.now();
        refused = undefined;
        first.resolve();
        // Ended while it was being opened: nobody else closes it.
        if (ending.signal.aborted) await client.disconnect();
        await gone.promise;
        if (performance.now() - since > steady) failures = 0;
      } catch (error) {
        // Slack's client says so with nothing at all when it was told to disconnect.
        if (ending.signal.aborted) break;
        wait = retryAfter(error);
        tell(error);
        await clear();
      }
      await delay(Math.max(wait, waitAfter(failures)), undefined, { signal: ending.signal }).catch(() => undefined);
      failures += 1;
    }
    first.resolve();
  }

  async function open(): Promise<void> {
    const late = setTimeout(() => void client.disconnect(), patience);
    try {
      await client.start();
    } finally {
      clearTimeout(late);
    }
  }

  /** Never two sockets of one client: the older one would be heard, and nobody could end it. */
  async function clear(): Promise<void> {
    if (client.websocket?.readyState !== undefined) await client.disconnect();
  }

  function tell(error: unknown): void {
    const code = slackErrorCode(error);
    const before = refused;
    refused = code && !passing.has(code) ? code : undefined;
    if (refused === undefined) log.warn({ err: error }, 'A connection to Slack cannot be opened; it is tried again');
    else if (refused !== before) {
      log.error(
        { code },
        `Slack refuses SLACK_APP_TOKEN (${code}); recordings are still looked after. Make a new app-level token and start the bot with it.`,
      );
    }
  }

  return {
    opened: first.promise,
    stands: () => client.websocket?.isActive() ?? false,
    refused: () => refused,
    async end() {
      ending.abort();
      await client.disconnect();
    },
  };
}

/** Milliseconds until the next try, after so many that failed one after another. */
export function waitAfter(failures: number): number {
  return Math.min(longestWait, firstWait * 2 ** failures);
}

/** How long Slack asks to wait, in milliseconds. */
function retryAfter(error: unknown): number {
  if (!(error instanceof Error) || !('retryAfter' in error)) return 0;
  return typeof error.retryAfter === 'number' ? error.retryAfter * 1000 : 0;
}
