import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join, normalize } from 'node:path';
import type { UiEvent } from '../ui-protocol.ts';
import type { Audience } from './world.ts';

/** What a person can do, as the page asks for it. */
export interface UiActions {
  snapshot(user: string): object;
  messages(user: string, channel: string): object;
  message(body: Record<string, unknown>): Promise<object>;
  action(body: Record<string, unknown>): Promise<object>;
  viewSubmission(body: Record<string, unknown>): Promise<object>;
  viewClosed(body: Record<string, unknown>): Promise<object>;
  setDown(down: boolean): void;
}

export interface UiStreams {
  tell(event: UiEvent, to?: Audience): void;
  add(user: string, res: ServerResponse): void;
  close(): void;
}

/** Open pages, by who looks. */
export function createUiStreams(): UiStreams {
  const pages = new Map<ServerResponse, string>();
  return {
    tell(event, to) {
      const line = `data: ${JSON.stringify(event)}\n\n`;
      const isMeant = (user: string) => (typeof to === 'function' ? to(user) : to === undefined || to === user);
      for (const [res, user] of pages) if (isMeant(user)) res.write(line);
    },
    add(user, res) {
      res.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        connection: 'keep-alive',
      });
      res.write(': hello\n\n');
      pages.set(res, user);
      const beat = setInterval(() => res.write(': beat\n\n'), 15_000);
      res.on('close', () => {
        clearInterval(beat);
        pages.delete(res);
      });
    },
    close() {
      for (const res of pages.keys()) res.end();
    },
  };
}

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  ico: 'image/x-icon',
};

/** The page and what it talks to (sandbox/ui-protocol.ts). */
export async function handleUi(
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
  parts: { actions: UiActions; streams: UiStreams; pageDir: string | undefined },
): Promise<void> {
  const { actions, streams } = parts;
  const user = url.searchParams.get('user') ?? '';
  const json = (value: object, status = 200) => {
    res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    res.end(JSON.stringify(value));
  };
  // A page from elsewhere must not be able to act here.
  const origin = req.headers.origin;
  if (origin !== undefined && origin !== `http://${req.headers.host}`)
    return json({ ok: false, error: 'foreign_origin' }, 403);
  if (req.method === 'GET') {
    if (url.pathname === '/ui/snapshot') return json(actions.snapshot(user));
    if (url.pathname === '/ui/messages') return json(actions.messages(user, url.searchParams.get('channel') ?? ''));
    if (url.pathname === '/ui/stream') return streams.add(user, res);
    return sendFile(res, parts.pageDir, url.pathname);
  }
  if (req.method !== 'POST') return json({ ok: false, error: 'method_not_allowed' }, 405);
  const body = await readObject(req);
  if (!body) return json({ ok: false, error: 'invalid_json' }, 400);
  switch (url.pathname) {
    case '/ui/message':
      return json(await actions.message(body));
    case '/ui/action':
      return json(await actions.action(body));
    case '/ui/view-submission':
      return json(await actions.viewSubmission(body));
    case '/ui/view-closed':
      return json(await actions.viewClosed(body));
    case '/ui/slack/fault':
      actions.setDown(body.down === true);
      if (body.down === true && typeof body.seconds === 'number' && body.seconds > 0 && body.seconds <= 3_600)
        setTimeout(() => actions.setDown(false), body.seconds * 1_000).unref();
      return json({ ok: true });
    default:
      return json({ ok: false, error: 'not_found' }, 404);
  }
}

async function sendFile(res: ServerResponse, dir: string | undefined, path: string): Promise<void> {
  const file = normalize(path === '/' || path.startsWith('/archives/') ? '/index.html' : path);
  try {
    if (!dir || file.includes('..')) throw new Error('no file');
    const body = await readFile(join(dir, file));
    res.writeHead(200, {
      'content-type': types[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
      'cache-control': 'no-cache',
    });
    res.end(body);
  } catch {
    res.writeHead(404, { 'content-type': 'text/plain' }).end('Not found');
  }
}

async function readObject(req: IncomingMessage): Promise<Record<string, unknown> | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
