import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { AgoraPanel, Snapshot, UiEvent, UiMessage } from '../../../sandbox/ui-protocol.ts';

/** What the page asked to be done. */
export interface Post {
  path: string;
  body: Record<string, unknown>;
}

export interface CannedWorkspace {
  url: string;
  /** In the order of arrival. */
  posts: Post[];
  /** Sends an event to every open page; those for messages are kept, so that a reload shows the same. */
  tell(event: UiEvent): void;
  /** Keeps a message without telling anybody, as one that arrived while a page was cut off. */
  keep(message: UiMessage): void;
  snapshot: Snapshot;
  agora: AgoraPanel;
  /** What a POST to this path answers from now on; without it `{ok:true}`. */
  answer(path: string, body: object): void;
  /** The next GET of this path is answered with what is true when it arrives, but only when released. */
  hold(path: string): { arrived: Promise<void>; release: () => void };
  /** Pages that listen right now. */
  streams(): number;
  /** How often a stream was asked for, refused ones included. */
  readonly streamRequests: number;
  /** Cuts every stream; while `refusing`, new ones get HTTP 503. */
  cutStreams(refusing?: boolean): void;
  acceptStreams(): void;
  close(): Promise<void>;
}

const root = join(import.meta.dirname, '../../..');
const types: Record<string, string> = {
  html: 'text/html',
  css: 'text/css',
  js: 'text/javascript',
  svg: 'image/svg+xml',
};

/** The page's files and the server half of sandbox/ui-protocol.ts, with data that a test chooses. */
export async function startCannedWorkspace(): Promise<CannedWorkspace> {
  const posts: Post[] = [];
  const messages: UiMessage[] = [];
  const answers = new Map<string, object>();
  const held = new Map<string, { arrived: () => void; released: Promise<void> }>();
  const streams = new Set<ServerResponse>();
  let refusing = false;
  let streamRequests = 0;
  const snapshot: Snapshot = {
    team: { id: 'T1', name: 'Northfield School', domain: 'northfield' },
    users: [
      { id: 'U1', name: 'ana', real_name: 'Ana Alves', color: '2f6f4f', role: 'member' },
      { id: 'U2', name: 'ben', real_name: 'Ben Bauer', color: '7a3e9d', role: 'member' },
      { id: 'U9', name: 'bot', real_name: 'Agora Recording Bot', color: '1d3b53', role: 'bot' },
    ],
    channels: [
      { id: 'C1', name: 'classes', kind: 'public', is_member: true, is_archived: false, topic: 'Maths and physics' },
      { id: 'C2', name: 'ops', kind: 'public', is_member: true, is_archived: false, topic: 'Alerts' },
      { id: 'C3', name: 'staff', kind: 'private', is_member: true, is_archived: false, topic: '' },
      { id: 'D1', name: 'Agora Recording Bot', kind: 'im', is_member: true, is_archived: false, topic: '' },
    ],
    commands: [
      { command: '/record', description: 'Record an Agora channel', usage_hint: 'start <channel> [--for 45m]' },
      { command: '/remind', description: 'Set a reminder', usage_hint: '[what] [when]' },
    ],
    app: { id: 'A1', name: 'Agora Recording Bot' },
    slackDown: false,
  };
  const agora: AgoraPanel = {
    now: 1_790_000_000_000,
    speed: 1,
    tasks: [],
    billedSecondsTotal: 0,
    restFault: 'none',
    notifications: { delivered: 0, failed: 0 },
  };

  function keep(message: UiMessage): void {
    const i = messages.findIndex((m) => m.ts === message.ts);
    if (i >= 0) messages[i] = message;
    else messages.push(message);
  }

  const server = createServer(async (req, res) => {
    const url = new URL(req.url ?? '/', 'http://page');
    const json = async (value: object) => {
      const body = JSON.stringify(value);
      const hold = held.get(url.pathname);
      held.delete(url.pathname);
      hold?.arrived();
      await hold?.released;
      res.writeHead(200, { 'content-type': 'application/json' });
      res.end(body);
    };
    if (req.method === 'POST') {
      posts.push({ path: url.pathname, body: JSON.parse(await text(req)) });
      return json(answers.get(url.pathname) ?? { ok: true });
    }
    switch (url.pathname) {
      case '/ui/snapshot':
        return json(snapshot);
      case '/ui/messages':
        return json(messages.filter((m) => m.channel === url.searchParams.get('channel')));
      case '/ui/agora':
        return json(agora);
      case '/ui/stream':
        streamRequests++;
        if (refusing) return res.writeHead(503).end();
        res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
        res.write(': hello\n\n');
        streams.add(res);
        res.on('close', () => streams.delete(res));
        return;
      case '/vendor/hls.mjs':
        return sendFile(res, join(root, 'node_modules/hls.js/dist/hls.light.mjs'), 'text/javascript');
      default: {
        const path = url.pathname === '/' || url.pathname.startsWith('/archives/') ? '/index.html' : url.pathname;
        return sendFile(res, join(root, 'sandbox/page', path), types[path.split('.').at(-1) ?? ''] ?? 'text/plain');
      }
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    posts,
    snapshot,
    agora,
    keep,
    tell(event) {
      if (event.type === 'message' || event.type === 'message_changed') keep(event.message);
      if (event.type === 'message_deleted') {
        const i = messages.findIndex((m) => m.ts === event.ts);
        if (i >= 0) messages.splice(i, 1);
      }
      if (event.type === 'agora') Object.assign(agora, event.panel);
      if (event.type === 'slack_status') snapshot.slackDown = event.down;
      for (const res of streams) res.write(`data: ${JSON.stringify(event)}\n\n`);
    },
    answer: (path, body) => void answers.set(path, body),
    hold(path) {
      const arrived = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      held.set(path, { arrived: arrived.resolve, released: released.promise });
      return { arrived: arrived.promise, release: released.resolve };
    },
    streams: () => streams.size,
    get streamRequests() {
      return streamRequests;
    },
    cutStreams(alsoRefuse = false) {
      refusing = alsoRefuse;
      for (const res of streams) res.destroy();
    },
    acceptStreams() {
      refusing = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function sendFile(res: ServerResponse, path: string, type: string): Promise<void> {
  try {
    const body = await readFile(path);
    res.writeHead(200, { 'content-type': type }).end(body);
  } catch {
    res.writeHead(404).end();
  }
}

async function text(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
