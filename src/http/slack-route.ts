import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Route, sendJson } from './create-http-server.ts';

/** Slack's window for a request's age (docs.slack.dev/authentication/verifying-requests-from-slack). Seconds. */
const window = 300;

/**
 * Slack's requests in HTTP mode. Bolt refuses what is too old and takes what is dated in the future, so a signed request could be kept for years;
 * here both are refused. A request that comes twice within the window is recognised by its trigger, further in.
 */
export function createSlackRoute(
  listener: (req: IncomingMessage, res: ServerResponse) => void,
  now: () => number,
): Route {
  return (req, res) => {
    const dated = Number(req.headers['x-slack-request-timestamp']);
    if (!(Math.abs(now() / 1000 - dated) <= window)) {
      sendJson(res, 401, { error: 'the request is not from now' });
      return;
    }
    listener(req, res);
  };
}
