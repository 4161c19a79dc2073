import type { IncomingMessage, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { type Route, sendJson } from './create-http-server.ts';
import { readBody } from './read-body.ts';

/** Slack's window for a request's age (docs.slack.dev/authentication/verifying-requests-from-slack). Seconds. */
const window = 300;
/** Far larger than any payload. Bytes. */
const maxBody = 4 * 1024 * 1024;

/**
 * Slack's requests in HTTP mode. Bolt refuses what is too old and takes what is dated in the future, so a signed request could be kept for years;
 * here both are refused. A request that comes twice within the window is recognised by its trigger, further in. A body that is no object would
 * end the process within Bolt, so it does not get there.
 */
export function createSlackRoute(
  listener: (req: IncomingMessage, res: ServerResponse) => void,
  now: () => number,
): Route {
  return async (req, res) => {
    const dated = Number(req.headers['x-slack-request-timestamp']);
    if (!(Math.abs(now() / 1000 - dated) <= window)) {
      req.resume();
      sendJson(res, 401, { error: 'the request is not from now' });
      return;
    }
    const rawBody = await readBody(req, maxBody);
    if (!rawBody) {
      res.setHeader('connection', 'close');
      sendJson(res, 413, { error: 'body too large' });
      return;
    }
    if (!isObject(payloadOf(rawBody.toString(), req.headers['content-type']))) {
      sendJson(res, 400, { error: 'the body is not a payload' });
      return;
    }
    // Bolt takes the bytes from here, for the signature and for itself.
    listener(Object.assign(req, { rawBody }), res);
  };
}

/** What Bolt makes of a body; undefined for what it cannot read. */
function payloadOf(text: string, type: string | undefined): unknown {
  const form = type === 'application/x-www-form-urlencoded' ? parse(text) : undefined;
  if (form && typeof form.payload !== 'string') return form;
  try {
    return JSON.parse(form ? String(form.payload) : text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
