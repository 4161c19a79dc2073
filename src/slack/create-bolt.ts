import type { RequestListener } from 'node:http';
import { App, HTTPReceiver } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Log } from '../recording/ports.ts';
import { createBoltLogger } from './bolt-logger.ts';
import { slackErrorCode } from './error-code.ts';
import { type KeptSocket, keepSocket } from './keep-socket.ts';
import { watchAcks } from './owed-acks.ts';
import { createSocketClient } from './socket-client.ts';

export interface SlackConfig {
  botToken: string;
  /** Socket Mode, if there is one; it wins over the signing secret. */
  appToken?: string | undefined;
  /** HTTP mode. */
  signingSecret?: string | undefined;
  /** Ends with a slash. */
  apiUrl: string;
  /** Told of each call of the Web API. `status`: undefined when there was no answer. */
  onCall?: (r: { method: string; status: number | undefined; seconds: number }) => void;
}

/** Who the bot is in Slack, from auth.test. */
export interface Identity {
  team: string;
  botUser: string;
  botId: string;
}

export interface Bolt {
  app: App;
  client: WebClient;
  /** Asks Slack who we are. Throws {@link SlackRefused} when the token is of no use, and Slack's own error when Slack cannot be reached. */
  identify(): Promise<Identity>;
  /** HTTP mode only: takes POST /slack/events. */
  listener?: RequestListener;
  /** Socket Mode: opens the connections and keeps them; resolves once one of them has stood, or they are ended. HTTP mode: nothing to do. */
  connect(): Promise<void>;
  /** Whether Slack can be heard, and what it refuses, with its code; see {@link KeptSocket.refused}. */
  way(): { open: boolean; refused: string | undefined };
  /** Closes the connections once what came over them is acknowledged, or after a moment. HTTP mode: nothing to do. */
  disconnect(): Promise<void>;
}

/** Slack knows the token and does not want it: trying again is of no use. */
export class SlackRefused extends Error {}

const hopeless = new Set(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired']);

/**
 * Socket Mode connections held at once. When Slack refreshes one, the client is deaf on it for about a second; a second one hears what is
 * sent meanwhile (Slack allows ten; docs.slack.dev/apis/events-api/using-socket-mode).
 */
const connections = 2;

/** The Bolt App with its way in: two Socket Mode connections, or a request listener for HTTP mode. */
export function createBolt(config: SlackConfig, log: Log): Bolt {
  const logger = createBoltLogger(log);
  // Our own retries know which message it was and do not post it twice, so the client must not retry by itself.
  const clientOptions = {
    slackApiUrl: config.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 10_000,
    fetch: timedFetch(config.onCall),
  };
  const client = new WebClient(config.botToken, { ...clientOptions, logger });
  let identity: Identity | undefined;

  const http = config.appToken
    ? undefined
    : new HTTPReceiver({ signingSecret: config.signingSecret ?? '', logger, endpoints: '/slack/events' });
  const app = new App({
    // Connections come and go, and each brings a receiver of its own.
    receiver: http ?? { init: () => undefined, start: async () => undefined, stop: async () => undefined },
    logger,
    clientOptions,
    extendedErrorHandler: true,
    // Known from the start, so that no command waits for an auth.test of its own.
    authorize: async () => ({
      botToken: config.botToken,
      ...(identity ? { botId: identity.botId, botUserId: identity.botUser } : {}),
    }),
  });
  const makeSocket = (appToken: string) => () => {
    // Each gets options of its own: the socket client writes into the object that it is given. Tried again by whoever keeps the socket: by itself the
    // client would wait for a third of an outage after it.
    const { slackApiUrl, retryConfig, rejectRateLimitedCalls, timeout } = clientOptions;
    const installerOptions = { clientOptions: { slackApiUrl, retryConfig, rejectRateLimitedCalls, timeout } };
    return createSocketClient(app, { appToken, logger, installerOptions }, log);
  };
  const acks = watchAcks(app);
  let kept: KeptSocket[] = [];
  let ended = false;

  return {
    app,
    client,
    async identify() {
      try {
        const me = await client.auth.test();
        identity = { team: me.team_id ?? '', botUser: me.user_id ?? '', botId: me.bot_id ?? '' };
        return identity;
      } catch (error) {
        const code = slackErrorCode(error);
        if (code && hopeless.has(code)) {
          throw new SlackRefused(
            `Slack refused SLACK_BOT_TOKEN (${code}). Install the app again and copy its bot token.`,
          );
        }
        throw error;
      }
    },
    ...(http ? { listener: http.requestListener } : {}),
    async connect() {
      // Nobody would end what is opened after the end.
      if (!config.appToken || ended) return;
      const make = makeSocket(config.appToken);
      if (kept.length === 0) kept = Array.from({ length: connections }, () => keepSocket(make, () => kept, log));
      // Slack may have none for the second one: an app has ten.
      await Promise.race(kept.map((s) => s.opened));
    },
    way: () => ({
      open: http !== undefined || kept.some((s) => s.stands()),
      refused: kept.map((s) => s.refused()).find(Boolean),
    }),
    async disconnect() {
      ended = true;
      if (kept.some((s) => s.stands())) await acks.settled();
      // Not waited for: a Slack that does not answer would hold the end of the process.
      for (const s of kept) void s.end();
    },
  };
}

function timedFetch(onCall: SlackConfig['onCall']): typeof fetch {
  return async (input, init) => {
    const started = performance.now();
    let status: number | undefined;
    try {
      const response = await fetch(input, init);
      ({ status } = response);
      return response;
    } finally {
      // The Web API's methods only: other addresses are files' and have ids in them.
      const method = /\/api\/([a-zA-Z.]+)$/.exec(String(input))?.[1] ?? 'other';
      onCall?.({ method, status, seconds: (performance.now() - started) / 1000 });
    }
  };
}
