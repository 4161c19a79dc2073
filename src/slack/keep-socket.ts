import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../recording/ports.ts';
import { slackErrorCode } from './error-code.ts';
import { onReason, type SocketClient } from './socket-client.ts';

export interface KeptSocket {
  /** Resolves once a socket stands for the first time, or this is ended. Never rejects. */
  opened: Promise<void>;
  /** Whether Slack can be heard on it now. */
  stands(): boolean;
  /** What Slack does not want, while that is so, and its code: `SLACK_APP_TOKEN (invalid_auth)`, `Socket Mode (link_disabled)`. */
  refused(): string | undefined;
  end(): Promise<void>;
}

/** Waits between tries: the first, and the longest, since whoever types a command while Slack is back hears nothing. Milliseconds. */
const firstWait = 1_000;
const longestWait = 10_000;
/** A socket that stood for so long was a good one, and Slack only wants it replaced: the next is opened at once. Milliseconds. */
const steady = 10_000;
/** A socket that does not say hello by then is given up; asking for its address alone may take ten seconds. Milliseconds. */
const patience = 20_000;

const newToken = 'Make a new app-level token and start the bot with it.';
/** What passes by no waiting, and what to do about it (docs.slack.dev/reference/methods/apps.connections.open, and the reasons of `disconnect`). */
const refusals: ReadonlyMap<string, string> = new Map([
  ...[
    ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'not_allowed_token_type'],
    ...['missing_scope', 'no_permission', 'access_denied', 'team_access_not_granted', 'enterprise_is_restricted'],
    ...['user_removed_from_team', 'team_disabled'],
  ].map((code) => [code, newToken] as const),
  ['link_disabled', 'Switch Socket Mode on in the settings of the app, or use HTTP mode (SLACK_SIGNING_SECRET).'],
]);

/**
 * Keeps one Socket Mode connection, until it is ended: whatever ends it, another one is opened. Slack's client would do so by itself, but lets its
 * failures go uncaught, which ends the process, waits for longer and longer, and may come to hold two sockets. So each connection has a client of its
 * own, which is made by `make` and is never used again. `all`: those that are kept side by side, so that a refusal is told once.
 */
export function keepSocket(make: () => SocketClient, all: () => readonly KeptSocket[], log: Log): KeptSocket {
  const ending = new AbortController();
  const first = Promise.withResolvers<void>();
  let client: SocketClient | undefined;
  let heard = false;
  let refused: string | undefined;
  void keep();

  async function keep(): Promise<void> {
    let failures = 0;
    while (!ending.signal.aborted) {
      let wait = 0;
      let stood = 0;
      let reason: string | undefined;
      let trouble: unknown;
      const own = make();
      client = own;
      own.on('error', (error: unknown) => {
        trouble = error;
      });
      onReason(own, (said) => {
        reason = said;
      });
      const gone = new Promise<void>((resolve) => own.on('disconnected', () => resolve()));
      try {
        await open(own);
        const since = performance.now();
        heard = true;
        refused = undefined;
        first.resolve();
        await gone;
        stood = performance.now() - since;
        if (reason && refusals.has(reason)) tell(reason, undefined);
        else if (!ending.signal.aborted)
          log.info(
            { reason, err: trouble, seconds: Math.round(stood / 1000) },
            'A connection to Slack has ended; another one is opened',
          );
      } catch (error) {
        if (ending.signal.aborted) break;
        wait = retryAfter(error);
        // Its client says so of a failed connection in an event alone.
        const why =
          error ?? new Error('The WebSocket failed, or Slack closed it, before it said hello', { cause: trouble });
        tell(slackErrorCode(error) ?? reason, why);
      } finally {
        heard = false;
        if (own.websocket?.readyState !== undefined) void own.disconnect();
      }
      failures = stood > steady ? 0 : failures + 1;
      const pause = failures === 0 ? 0 : waitAfter(failures - 1);
      await delay(Math.max(wait, pause), undefined, { signal: ending.signal }).catch(() => undefined);
    }
    first.resolve();
  }

  /** Rejects, too, when it takes too long or is to end; one that stands after that is closed. */
  async function open(own: SocketClient): Promise<void> {
    const started = own.start();
    const over = new AbortController();
    const given = AbortSignal.any([over.signal, ending.signal]);
    const late = delay(patience, undefined, { signal: given, ref: false }).then(() => {
      throw new Error(`It did not say hello in ${patience / 1000} seconds`);
    });
    late.catch(() => undefined);
    try {
      await Promise.race([started, late]);
    } catch (error) {
      started.then(
        () => own.disconnect(),
        () => undefined,
      );
      throw error;
    } finally {
      over.abort();
    }
  }

  function tell(code: string | undefined, error: unknown): void {
    const next = code === undefined ? undefined : refusals.get(code);
    if (code === undefined || next === undefined) {
      refused = undefined;
      log.warn({ err: error, ...(code && { code }) }, 'A connection to Slack cannot be opened; it is tried again');
      return;
    }
    const what = `${code === 'link_disabled' ? 'Socket Mode' : 'SLACK_APP_TOKEN'} (${code})`;
    const isTold = all().some((s) => s.refused() === what);
    refused = what;
    if (!isTold) log.error({ code }, `Slack refuses ${what}; recordings are still looked after. ${next}`);
  }

  return {
    opened: first.promise,
    stands: () => heard && (client?.websocket?.isActive() ?? false),
    refused: () => refused,
    async end() {
      ending.abort();
      await client?.disconnect();
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
