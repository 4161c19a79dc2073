import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import { createSlack, type SlackOptions, type SlackSandbox } from '../../../sandbox/slack/create-slack.ts';
import { until } from '../../support/until.ts';

export const botToken = 'xoxb-1000000000-0123456789abcdef';
export const appToken = 'xapp-1-A0SANDBOX-0123456789abcdef';
export const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';

/** Every scope that some method of the workspace asks for. */
export const allScopes = [
  'chat:write',
  'commands',
  'users:read',
  'usergroups:read',
  'files:read',
  'files:write',
  'im:write',
  ...['channels', 'groups', 'im'].flatMap((kind) => [`${kind}:read`, `${kind}:history`]),
];

/** The app's own manifest with other scopes. */
export function manifestWith(scopes: string[] = allScopes, settings: object = {}): unknown {
  const manifest = parse(readFileSync(join(import.meta.dirname, '../../../manifest.yml'), 'utf8'));
  manifest.oauth_config.scopes.bot = scopes;
  delete manifest.oauth_config.scopes.bot_optional;
  Object.assign(manifest.settings, settings);
  return manifest;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & {
    ok?: boolean;
    error?: string;
    ts?: string;
    response_metadata?: { messages?: string[]; next_cursor?: string; warnings?: string[] };
  };
}

export interface Envelope {
  type: string;
  envelope_id: string;
  reason?: string;
  num_connections?: number;
  accepts_response_payload?: boolean;
  payload: Record<string, unknown> & { command?: string; response_url?: string; trigger_id?: string };
}

/** A client of Socket Mode that does only what it is told. */
export interface RawClient {
  ws: WebSocket;
  /** Everything that came, oldest first. */
  got: Envelope[];
  /** The next envelope that was not taken yet, `hello` and `disconnect` included. */
  next(): Promise<Envelope>;
  ack(envelope: Envelope, payload?: object): void;
}

export interface Rig {
  slack: SlackSandbox;
  clock: { ahead: number };
  /** Calls a method with a form, as @slack/web-api does: objects as JSON texts. */
  call(method: string, args?: Record<string, unknown>, token?: string): Promise<Answer>;
  /** A request of any shape to /api/<method>. */
  request(method: string, init: RequestInit, query?: string): Promise<Answer>;
  /** Posts to C0CLASSES and gives the ts. */
  post(text: string, more?: Record<string, unknown>): Promise<string>;
  /** Opens a connection, and takes its hello. */
  connect(): Promise<RawClient>;
  close(): Promise<void>;
}

export async function createRig(options: Partial<SlackOptions> = {}): Promise<Rig> {
  const clock = { ahead: 0 };
  const slack = await createSlack({
    port: 0,
    manifest: manifestWith(),
    botToken,
    appToken,
    signingSecret,
    rateLimits: false,
    now: () => Date.now() + clock.ahead,
    ...options,
  });
  const clients: WebSocket[] = [];

  const request: Rig['request'] = async (method, init, query = '') => {
    const response = await fetch(`${slack.apiUrl}${method}${query}`, init);
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : {} };
  };
  const call: Rig['call'] = (method, args = {}, token = botToken) => {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(args))
      if (value !== undefined) body.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value));
    // The exact header of @slack/web-api, which has no charset.
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' };
    return request(method, { method: 'POST', headers, body: body.toString() });
  };

  return {
    slack,
    clock,
    call,
    request,
    async post(text, more = {}) {
      const answer = await call('chat.postMessage', { channel: 'C0CLASSES', text, ...more });
      if (!answer.body.ts) throw new Error(`chat.postMessage: ${JSON.stringify(answer.body)}`);
      return answer.body.ts;
    },
    async connect() {
      const { body } = await call('apps.connections.open', {}, appToken);
      const ws = new WebSocket(String(body.url));
      clients.push(ws);
      const got: Envelope[] = [];
      let taken = 0;
      ws.on('message', (data) => got.push(JSON.parse(String(data))));
      ws.on('error', () => undefined);
      const client: RawClient = {
        ws,
        got,
        next: async () => {
          const envelope = await until('an envelope', () => got[taken]);
          taken += 1;
          return envelope;
        },
        ack: ({ envelope_id }, payload) => ws.send(JSON.stringify({ envelope_id, ...(payload ? { payload } : {}) })),
      };
      await client.next();
      return client;
    },
    async close() {
      for (const ws of clients) ws.terminate();
      await slack.close();
    },
  };
}
