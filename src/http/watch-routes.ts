import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import type { Log } from '../recording/ports.ts';
import type { Route } from './create-http-server.ts';
import { sentencePage, watchPage } from './watch-page.ts';
import { verifyWatchToken, type WatchGrant } from './watch-token.ts';

/** One recording that can be watched. */
export interface WatchedRecording {
  title: string;
  kind: 'list' | 'file';
  /** Where slices and film come from: scheme, host and port; `''` when nothing comes from there. */
  origin: string;
  list(part?: number): Promise<{ kind: 'list'; text: string } | { kind: 'absent' | 'unplayable'; why: string }>;
  link(): Promise<{ ok: true; url: string } | { ok: false; why: string }>;
}

export interface WatchParts {
  /** Signs the tokens: the bot's own, of 32 bytes or more. */
  secret: string | Uint8Array;
  now(): number;
  /** What a grant opens; undefined when the session is gone or the object is none of its own. Throws when it cannot be found out. */
  open(grant: WatchGrant): Promise<WatchedRecording | undefined>;
  log: Log;
}

/** Files that go with the page, by the last part of their address. */
const assets: Readonly<Record<string, { path: () => string; type: string; cache: string }>> = {
  'player.js': {
    path: () => join(import.meta.dirname, 'watch-player.js'),
    type: 'text/javascript; charset=utf-8',
    cache: 'no-cache',
  },
  'player.css': {
    path: () => join(import.meta.dirname, 'watch-player.css'),
    type: 'text/css; charset=utf-8',
    cache: 'no-cache',
  },
  'hls.js': {
    path: () => fileURLToPath(import.meta.resolve('hls.js/dist/hls.min.mjs')),
    type: 'text/javascript; charset=utf-8',
    cache: 'public, max-age=2592000',
  },
};

const gone = 'This link has expired. Ask for a new one in Slack, where the recording was announced.';
const unknown =
  'There is no recording at this address. Check that the link was copied whole, or ask for a new one in Slack.';
const failed = 'The recording cannot be looked up just now. Try again in a minute.';

/**
 * The player: `GET /watch/<token>` is the page, `/watch/<token>/list.m3u8` its list with signed slices, `/watch/<token>/file` leads to a film that
 * browsers play by themselves. A token opens one object of one session; nothing can be listed or guessed from here.
 */
export function createWatchRoutes(parts: WatchParts): Map<string, Route> {
  const { secret, now, open, log } = parts;

  const route: Route = async (req, res) => {
    const url = new URL(req.url ?? '/', 'http://bot');
    const [first = '', what = '', ...rest] = url.pathname.slice('/watch/'.length).split('/');
    const asset = Object.hasOwn(assets, first) && what === '' && rest.length === 0 ? assets[first] : undefined;
    if (asset) return sendAsset(res, asset, /\bgzip\b/.test(String(req.headers['accept-encoding'])));
    const isPage = what === '' && rest.length === 0;
    const say = (status: number, sentence: string) => sendSentence(res, status, sentence, isPage);
    const token = verifyWatchToken(first, secret, now());
    if (!token.ok) return token.why === 'expired' ? say(410, gone) : say(404, unknown);
    let recording: WatchedRecording | undefined;
    try {
      recording = await open(token.grant);
    } catch (error) {
      log.error({ err: error, session: token.grant.sessionId }, 'A recording to be watched could not be looked up');
      return say(503, failed);
    }
    if (!recording || rest.length > 0) return say(404, unknown);
    if (isPage) {
      const html = watchPage({ title: recording.title, kind: recording.kind, token: first });
      return send(res, 200, 'text/html; charset=utf-8', html, recording.origin);
    }
    if (what === 'list.m3u8' && recording.kind === 'list') {
      const part = url.searchParams.get('part');
      const list = await recording.list(part === null ? undefined : Number(part));
      if (list.kind === 'list') return send(res, 200, 'application/vnd.apple.mpegurl', list.text);
      return say(list.kind === 'absent' ? 404 : 502, list.why);
    }
    if (what === 'file' && recording.kind === 'file') {
      const link = await recording.link();
      if (!link.ok) return say(502, link.why);
      res.setHeader('location', link.url);
      return send(res, 302, 'text/plain; charset=utf-8', '');
    }
    return say(404, unknown);
  };
  return new Map([
    ['GET /watch/*', route],
    ['HEAD /watch/*', route],
  ]);
}

function send(res: ServerResponse, status: number, type: string, body: string, origin = ''): void {
  res.writeHead(status, { ...headers(origin), 'content-type': type, 'cache-control': 'no-store' });
  res.end(body);
}

function sendSentence(res: ServerResponse, status: number, sentence: string, isPage: boolean): void {
  if (isPage) send(res, status, 'text/html; charset=utf-8', sentencePage('Recording', sentence));
  else send(res, status, 'text/plain; charset=utf-8', sentence);
}

/** Nothing but the bot's own files and the bucket's films; never inside another page; the address, which is a key, goes nowhere. */
function headers(origin: string): Record<string, string> {
  const bucket = origin === '' ? '' : ` ${origin}`;
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      // hls.js hands the film to the browser as a blob.
      `media-src 'self' blob:${bucket}`,
      `connect-src 'self'${bucket}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'x-robots-tag': 'noindex',
  };
}

async function sendAsset(
  res: ServerResponse,
  asset: { path: () => string; type: string; cache: string },
  gzip: boolean,
): Promise<void> {
  const path = asset.path();
  // Before the head is sent: a file that is not there is a 500.
  await stat(path);
  res.writeHead(200, {
    ...headers(''),
    'content-type': asset.type,
    'cache-control': asset.cache,
    vary: 'accept-encoding',
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  });
  const file = createReadStream(path);
  // A browser that goes away in the middle is no failure of the bot's.
  await (gzip ? pipeline(file, createGzip(), res) : pipeline(file, res)).catch(() => undefined);
}
