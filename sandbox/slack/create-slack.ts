import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Snapshot, UiEvent, UiMessage } from '../ui-protocol.ts';
import { deliverByHttp } from './http-delivery.ts';
import { readManifest } from './manifest.ts';
import { blockActionsPayload, commandPayload, viewSubmissionPayload } from './payloads.ts';
import { createResponseUrls } from './response-urls.ts';
import { createSocketMode } from './socket-mode.ts';
import { createUiStreams, handleUi } from './ui-routes.ts';
import { createViews } from './views.ts';
import { type ApiCall, type ApiFailure, createWebApi } from './web-api.ts';
import { app, createWorld, team } from './world.ts';

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
}

export interface Outcome {
  ok: boolean;
  error?: string;
  /** What the app acknowledged with. */
  ack?: unknown;
}

export interface SlackSandbox {
  url: string;
  /** For SLACK_API_URL. */
  apiUrl: string;
  team: typeof team;
  app: typeof app;
  calls: ApiCall[];
  readonly connections: number;
  /** A person types into the message box: a slash command, or a message. */
  type(r: { user: string; channel: string; text: string }): Promise<Outcome>;
  /** A person clicks a button that is there. */
  click(r: {
    user: string;
    channel: string;
    message_ts: string;
    action_id: string;
    selected?: Record<string, unknown>;
  }): Promise<Outcome>;
  submitView(r: { user: string; view_id: string; values: Record<string, Record<string, unknown>> }): Promise<Outcome>;
  /** What a person sees in a channel, private messages included. */
  messages(channel: string, user: string): UiMessage[];
  /** Events as pages get them. */
  publish(event: UiEvent): void;
  failNext(failure: ApiFailure): void;
  setDown(down: boolean): void;
  refreshConnections(reason?: 'warning' | 'refresh_requested'): void;
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
  const newId = () => randomBytes(3).toString('base64url');
  const world = createWorld(manifest.name, now, streams.tell);
  let base = '';
  const responseUrls = createResponseUrls(world, () => base, now, newId);
  const triggers = new Map<string, { user: string; at: number; used: boolean }>();

  function newTrigger(user: string): string {
    const id = `${Math.round(now())}.${randomBytes(4).readUInt32BE(0)}.${randomBytes(16).toString('hex')}`;
    triggers.set(id, { user, at: now(), used: false });
    return id;
  }
  const views = createViews({
    now,
    newId,
    tell: (event, only) => streams.tell(event, only),
    useTrigger(id) {
      const trigger = triggers.get(id);
      if (!trigger) return { error: 'invalid_trigger_id' };
      if (trigger.used) return { error: 'exchanged_trigger_id' };
      if (now() - trigger.at > triggerLife) return { error: 'expired_trigger_id' };
      trigger.used = true;
      return { user: trigger.user };
    },
  });

  const server = createServer(async (req, res) => {
    try {
      const url = new URL(req.url ?? '/', 'http://sandbox');
      if (url.pathname.startsWith('/api/')) return await api.handle(req, res, url);
      if (/^\/(commands|actions)\//.test(url.pathname)) return await responseUrls.handle(req, res, url);
      if (await options.extraRoutes?.(req, res, url)) return;
      await handleUi(req, res, url, { actions, streams, pageDir: options.pageDir });
    } catch (error) {
      if (!res.headersSent) res.writeHead(500);
      res.end(String(error));
    }
  });
  const sockets = createSocketMode(server, () => base.replace(/^http/, 'ws'));
  const api = createWebApi({
    manifest,
    botToken: options.botToken,
    appToken: options.appToken,
    now,
    rateLimits: options.rateLimits ?? true,
    context: {
      world,
      get url() {
        return base;
      },
      newId,
      openView: views.open,
      updateView: views.update,
      openConnection: () =>
        manifest.socketMode && !options.requestUrl
          ? { ok: true, url: sockets.open() }
          : { ok: false, error: 'forbidden_team' },
    },
  });

  const deliver = (type: 'slash_commands' | 'interactive', payload: object) =>
    options.requestUrl
      ? deliverByHttp({ url: options.requestUrl(), signingSecret: options.signingSecret, now }, type, payload)
      : sockets.send(type, payload);

  async function runCommand(user: string, channelId: string, text: string): Promise<Outcome> {
    const person = world.users.get(user);
    const channel = world.channels.get(channelId);
    if (!person || !channel) return { ok: false, error: 'channel_not_found' };
    const [command = '', ...rest] = text.trim().split(/(?<=^\S+)\s/);
    const notice = (words: string) => streams.tell({ type: 'notice', channel: channelId, text: words }, user);
    // People of other workspaces cannot use this workspace's commands.
    if (!manifest.commands.some((c) => c.command === command) || person.role === 'stranger') {
      notice(`${command} is not a valid command.`);
      return { ok: false, error: 'unknown_command' };
    }
    const target = { channel: channelId, user };
    const result = await deliver(
      'slash_commands',
      commandPayload({
        person,
        channel,
        command,
        text: rest.join(' ').trim(),
        responseUrl: responseUrls.make('commands', target),
        triggerId: newTrigger(user),
      }),
    );
    if (!result.acked) {
      const code = result.why === 'timeout' ? 'operation_timeout' : 'dispatch_failed';
      notice(`${command} failed with the error "${code}"`);
      return { ok: false, error: code };
    }
    const { payload } = result;
    if (typeof payload === 'object' && payload !== null && Object.keys(payload).length > 0) {
      const problem = responseUrls.apply(target, payload);
      if (problem) notice(`${command} failed with the error "${problem}"`);
    }
    return { ok: true, ack: payload };
  }

  async function click(r: {
    user: string;
    channel: string;
    message_ts: string;
    action_id: string;
    block_id?: string;
    selected?: Record<string, unknown>;
  }): Promise<Outcome> {
    const person = world.users.get(r.user);
    const channel = world.channels.get(r.channel);
    const message = world.visible(r.channel, r.user).find((m) => m.ts === r.message_ts);
    if (!person || !channel || !message) return { ok: false, error: 'message_not_found' };
    const found = findElement(message.blocks ?? [], r.action_id);
    if (!found) return { ok: false, error: 'action_not_found' };
    const { element, blockId } = found;
    const action = {
      type: element.type,
      block_id: blockId,
      action_id: element.action_id,
      action_ts: world.nextTs(),
      ...(element.text === undefined ? {} : { text: element.text }),
      ...(element.value === undefined ? {} : { value: element.value }),
      ...(element.style === undefined ? {} : { style: element.style }),
      ...(element.confirm === undefined ? {} : { confirm: element.confirm }),
      ...r.selected,
    };
    const responseUrl = responseUrls.make('actions', { channel: r.channel, user: r.user, message: { ts: message.ts } });
    const result = await deliver(
      'interactive',
      blockActionsPayload({ person, channel, message, action, responseUrl, triggerId: newTrigger(r.user) }),
    );
    if (result.acked) return { ok: true, ack: result.payload };
    return { ok: false, error: result.why === 'timeout' ? 'operation_timeout' : 'dispatch_failed' };
  }

  async function submitView(r: {
    user: string;
    view_id: string;
    values: Record<string, Record<string, unknown>>;
  }): Promise<Outcome & { errors?: Record<string, string> }> {
    const person = world.users.get(r.user);
    const entry = views.get(r.view_id);
    if (!person || !entry) return { ok: false, error: 'not_found' };
    const result = await deliver(
      'interactive',
      viewSubmissionPayload({ person, view: entry.view, values: r.values, triggerId: newTrigger(r.user) }),
    );
    if (!result.acked) return { ok: false, error: result.why === 'timeout' ? 'operation_timeout' : 'dispatch_failed' };
    const answer = (result.payload ?? {}) as {
      response_action?: string;
      errors?: Record<string, string>;
      view?: Record<string, unknown>;
    };
    if (answer.response_action === 'errors') return { ok: false, error: 'errors', errors: answer.errors ?? {} };
    if (answer.response_action === 'update' && answer.view) {
      views.update({ view_id: r.view_id, view: answer.view });
      return { ok: true };
    }
    views.close(r.view_id);
    return { ok: true };
  }

  async function type(r: { user: string; channel: string; text: string; thread_ts?: string }): Promise<Outcome> {
    if (r.text.startsWith('/')) {
      if (r.thread_ts) return { ok: false, error: 'Slash commands do not work in threads.' };
      return runCommand(r.user, r.channel, r.text);
    }
    if (!world.users.has(r.user) || !world.channels.get(r.channel)?.members.has(r.user))
      return { ok: false, error: 'not_in_channel' };
    const text = r.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    world.add({
      channel: r.channel,
      user: r.user,
      isApp: false,
      text,
      ...(r.thread_ts ? { thread_ts: r.thread_ts } : {}),
    });
    return { ok: true };
  }

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
    messages: (user: string, channel: string) =>
      world.channelsOf(user).some((c) => c.id === channel) ? world.visible(channel, user) : [],
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
    viewClosed(b: Record<string, unknown>) {
      views.close(String(b.view_id));
      return { ok: true };
    },
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
    publish: (event) => streams.tell(event),
    failNext: api.failNext,
    setDown,
    refreshConnections: (reason = 'refresh_requested') => sockets.refresh(reason),
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

type Element = Record<string, unknown>;

/** The element with this action_id, which must be in the message as it is now. */
function findElement(blocks: Element[], actionId: string): { element: Element; blockId: unknown } | undefined {
  for (const block of blocks) {
    const candidates = [
      ...(Array.isArray(block.elements) ? (block.elements as Element[]) : []),
      ...(block.accessory ? [block.accessory as Element] : []),
    ];
    const element = candidates.find((e) => e.action_id === actionId);
    if (element) return { element, blockId: block.block_id };
  }
  return undefined;
}
