import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Snapshot, UiEvent, UiMessage } from '../ui-protocol.ts';
import { type ApiFailure, createFaults } from './faults.ts';
import { createFileRoutes } from './file-routes.ts';
import { createHttpDelivery, type HttpDelivery } from './http-delivery.ts';
import { type Click, createInteractions, type Outcome } from './interactions.ts';
import { readManifest } from './manifest.ts';
import { createResponseUrls } from './response-urls.ts';
import { createSocketMode, type DisconnectReason } from './socket-mode.ts';
import { createUiStreams, handleUi } from './ui-routes.ts';
import { createViews } from './views.ts';
import { type ApiCall, createWebApi } from './web-api.ts';
import { app, createWorld, type Message, team } from './world.ts';

export interface SlackOptions {
  /** 0: any free port. */
  port: number;
  host?: string;
  /** As parsed from manifest.yml; Slack would refuse some. */
  manifest: unknown;
  botToken: string;
  appToken: string;
  signingSecret: string;
  now?: () => number;
  /** HTTP mode: where payloads are posted. Absent: Socket Mode. */
  requestUrl?: () => string;
  pageDir?: string;
  extraRoutes?: (req: IncomingMessage, res: ServerResponse, url: URL) => Promise<boolean>;
  rateLimits?: boolean;
  /** So many more public channels with the app in them: C0MORE0, C0MORE1 and so on. */
  moreChannels?: number;
}

export interface SlackSandbox {
  url: string;
  /** For SLACK_API_URL. */
  apiUrl: string;
  /** Answers a request of whoever has one, without a socket. */
  listener: RequestListener;
  team: typeof team;
  app: typeof app;
  calls: ApiCall[];
  readonly connections: number;
  /** A person types into the message box: a slash command, or a message. */
  type(r: { user: string; channel: string; text: string }): Promise<Outcome>;
  /** A person clicks a button that is there. */
  click(r: Click): Promise<Outcome>;
  submitView(r: { user: string; view_id: string; values: Record<string, Record<string, unknown>> }): Promise<Outcome>;
  /** What a person sees in a channel, private messages included. */
  messages(channel: string, user: string): UiMessage[];
  /** Every message as Slack stores it, with what apps can read of it; oldest first. */
  stored(): readonly Message[];
  /** Events as pages get them. */
  publish(event: UiEvent): void;
  /** Lets the next calls fail, be late or lose their answers; see {@link ApiFailure}. */
  failNext(failure: ApiFailure): void;
  /** Ends every fault of {@link SlackSandbox.failNext}. */
  clearFailures(): void;
  /** While down, every call answers HTTP 503. */
  setDown(down: boolean): void;
  /** The token is refused from now on: `account_inactive` for the bot token, `invalid_auth` for the app-level one. */
  revokeToken(token: 'bot' | 'app'): void;
  /** Takes {@link SlackSandbox.revokeToken} back. */
  restoreToken(token: 'bot' | 'app'): void;
  /** Socket Mode: asks clients to connect anew, all of them or so many. */
  refreshConnections(reason?: DisconnectReason, howMany?: number): void;
  /** Socket Mode: cuts the connections, all of them or so many. */
  dropConnections(howMany?: number): void;
  /** HTTP mode: the signed requests that were sent, oldest first. */
  sent: HttpDelivery['sent'];
  /** HTTP mode: sends one of them again, as it was or changed, e.g. with an older timestamp. */
  resend: HttpDelivery['resend'];
  /** What was uploaded and completed, by file id. */
  fileContent(id: string): Buffer | undefined;
  archive(channel: string): void;
  setMember(channel: string, user: string, isMember: boolean): void;
  removeMessage(channel: string, ts: string): void;
  close(): Promise<void>;
}

/** A trigger_id is good for one use within three seconds (docs.slack.dev/interactivity/handling-user-interaction). */
const triggerLife = 3_000;

/** A local Slack workspace with one app in it. It listens on loopback only. */
export async function createSlack(options: SlackOptions): Promise<SlackSandbox> {
  const { now = Date.now, host = '127.0.0.1' } = options;
  const manifest = readManifest(options.manifest);
  const streams = createUiStreams();
  const faults = createFaults();
  const newId = () => randomBytes(3).toString('base64url');
  const world = createWorld(manifest.name, now, streams.tell);
  let base = '';
  for (let n = 0; n < (options.moreChannels ?? 0); n++) world.addChannel(`C0MORE${n}`, `more-${n}`);
  const responseUrls = createResponseUrls({ world, base: () => base, now, newId, faults });
  const triggers = new Map<string, { user: string; at: number; used: boolean }>();

  function newTrigger(user: string): string {
    const id = `${Math.round(now())}.${randomBytes(4).readUInt32BE(0)}.${randomBytes(16).toString('hex')}`;
    triggers.set(id, { user, at: now(), used: false });
    return id;
  }
  const views = createViews({
    now,
    newId,
    tell: streams.tell,
    useTrigger(id) {
      const trigger = triggers.get(id);
      if (!trigger) return { error: 'invalid_trigger_id' };
      if (trigger.used) return { error: 'exchanged_trigger_id' };
      if (now() - trigger.at > triggerLife) return { error: 'expired_trigger_id' };
      trigger.used = true;
      return { user: trigger.user };
    },
  });

  const listener = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    try {
      const url = new URL(req.url ?? '/', 'http://sandbox');
      if (url.pathname.startsWith('/api/')) return await api.handle(req, res, url);
      if (/^\/(commands|actions)\//.test(url.pathname)) return await responseUrls.handle(req, res, url);
      if (await files(req, res, url)) return;
      if (await options.extraRoutes?.(req, res, url)) return;
      await handleUi(req, res, url, { actions, streams, pageDir: options.pageDir });
    } catch (error) {
      if (!res.headersSent) res.writeHead(500);
      res.end(String(error));
    }
  };
  const server = createServer(listener);
  const sockets = createSocketMode(server, () => base.replace(/^http/, 'ws'));
  const scopes = manifest.botScopes;
  const api = createWebApi({
    botToken: options.botToken,
    appToken: options.appToken,
    faults,
    now,
    rateLimits: options.rateLimits ?? true,
    context: {
      world,
      get url() {
        return base;
      },
      scopes,
      newId,
      openView: views.open,
      updateView: views.update,
      openConnection: () =>
        manifest.socketMode && !options.requestUrl
          ? { ok: true, url: sockets.open() }
          : { ok: false, error: 'forbidden_team' },
    },
  });
  const files = createFileRoutes({
    world,
    faults,
    mayRead: (authorization) => api.knows(authorization) && scopes.includes('files:read'),
  });
  const { requestUrl, signingSecret } = options;
  const http = createHttpDelivery({ url: () => requestUrl?.() ?? '', signingSecret, now });
  const { type, click, submitView, closeView } = createInteractions({
    world,
    manifest,
    responseUrls,
    views,
    url: () => base,
    newTrigger,
    deliver: requestUrl ? http.send : sockets.send,
    notice: (user, channel, text) => streams.tell({ type: 'notice', channel, text }, user),
  });

  function setDown(down: boolean): void {
    api.setDown(down);
    streams.tell({ type: 'slack_status', down, connections: sockets.count() });
  }

  const actions = {
    snapshot: (user: string): Snapshot => ({
      team: { ...team },
      users: [...world.users.values()].map(({ team: _, ...u }) => u),
      channels: world.channelsOf(user).map((c) => ({
        id: c.id,
        name: c.name,
        kind: c.kind,
        is_member: c.members.has(user),
        is_archived: c.archived,
        topic: c.topic,
      })),
      commands: manifest.commands.map(({ command, description, usage_hint }) => ({ command, description, usage_hint })),
      app: { id: app.id, name: manifest.name },
      slackDown: api.isDown(),
    }),
    messages: (user: string, channel: string) => (world.canSee(user, channel) ? world.visible(channel, user) : []),
    message: (b: Record<string, unknown>) =>
      type({
        user: String(b.user),
        channel: String(b.channel),
        text: String(b.text ?? ''),
        ...(b.thread_ts ? { thread_ts: String(b.thread_ts) } : {}),
      }),
    action: (b: Record<string, unknown>) =>
      click({
        user: String(b.user),
        channel: String(b.channel),
        message_ts: String(b.message_ts),
        action_id: String(b.action_id),
        ...(typeof b.block_id === 'string' ? { block_id: b.block_id } : {}),
        ...(typeof b.selected === 'object' && b.selected !== null
          ? { selected: b.selected as Record<string, unknown> }
          : {}),
      }),
    viewSubmission: (b: Record<string, unknown>) =>
      submitView({
        user: String(b.user),
        view_id: String(b.view_id),
        values: (b.values ?? {}) as Record<string, Record<string, unknown>>,
      }),
    viewClosed: (b: Record<string, unknown>) => closeView({ user: String(b.user), view_id: String(b.view_id) }),
    setDown,
  };

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, resolve);
  });
  base = `http://${host}:${(server.address() as AddressInfo).port}`;
  sockets.onCount((connections) => streams.tell({ type: 'slack_status', down: api.isDown(), connections }));

  return {
    url: base,
    apiUrl: `${base}/api/`,
    listener,
    team,
    app,
    calls: api.calls,
    get connections() {
      return sockets.count();
    },
    type,
    click,
    submitView,
    messages: (channel, user) => world.visible(channel, user),
    stored: () => world.messages,
    publish: (event) => streams.tell(event),
    failNext: faults.failNext,
    clearFailures: faults.clear,
    setDown,
    revokeToken: (token) => api.setRevoked(token, true),
    restoreToken: (token) => api.setRevoked(token, false),
    refreshConnections: (reason = 'refresh_requested', howMany) => sockets.refresh(reason, howMany),
    dropConnections: (howMany) => sockets.drop(howMany),
    sent: http.sent,
    resend: http.resend,
    fileContent: (id) => world.files.get(id)?.content,
    archive(id) {
      const channel = world.channels.get(id);
      if (channel) channel.archived = true;
      streams.tell({ type: 'channels_changed' });
    },
    setMember(id, user, isMember) {
      const members = world.channels.get(id)?.members;
      if (isMember) members?.add(user);
      else members?.delete(user);
      streams.tell({ type: 'channels_changed' });
    },
    removeMessage(channel, ts) {
      const message = world.find(channel, ts);
      if (message) world.remove(message);
    },
    close: () =>
      new Promise((resolve) => {
        streams.close();
        sockets.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
