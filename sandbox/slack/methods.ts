import { checkBlocks, fillIds, textLength } from './block-kit.ts';
import { app, type Channel, type Message, type Person, team, type World } from './world.ts';

/** Arguments of a call, JSON texts of form bodies already read. */
export type Args = Record<string, unknown>;
export type Result = { ok: true; [key: string]: unknown } | { ok: false; error: string; [key: string]: unknown };

export interface MethodContext {
  world: World;
  url: string;
  newId(): string;
  openView(args: Args): Result;
  updateView(args: Args): Result;
  openConnection(): Result;
}

export interface Method {
  /** `app`: an app-level token; `bot`: a bot token. */
  token: 'app' | 'bot';
  scope?: string;
  /** Slack reads JSON bodies for this method. */
  json: boolean;
  required: string[];
  optional: string[];
  run(c: MethodContext, args: Args): Result;
}

const error = (code: string, more: object = {}): Result => ({ ok: false, error: code, ...more });
const blockError = (problems: string[], code = 'invalid_blocks') =>
  error(code, { errors: problems, response_metadata: { messages: problems.map((p) => `[ERROR] ${p}`) } });
const messageArgs = [
  'text',
  'blocks',
  'metadata',
  'parse',
  'link_names',
  'mrkdwn',
  'unfurl_links',
  'unfurl_media',
  'thread_ts',
];

/** The conversation an id means; a person's id means the direct conversation with the app. */
function conversation(w: World, id: unknown): Channel | undefined {
  if (typeof id !== 'string') return undefined;
  const person = w.users.get(id);
  if (person) return person.team === team.id && person.role !== 'bot' ? w.openDm(id) : undefined;
  return w.channels.get(id);
}

/** May the app post there? The error if not. */
function postProblem(c: Channel | undefined): string | undefined {
  if (!c) return 'channel_not_found';
  if (!c.members.has(app.botUser)) return c.kind === 'public' ? 'not_in_channel' : 'channel_not_found';
  return c.archived ? 'is_archived' : undefined;
}

/** Reads blocks as given; refuses what Slack would refuse. */
function readBlocks(c: MethodContext, v: unknown): { blocks: Record<string, unknown>[] | undefined } | Result {
  if (v === undefined) return { blocks: undefined };
  if (!Array.isArray(v)) return error('invalid_blocks_format');
  const problems = checkBlocks(v, 50);
  if (problems.length > 0) return blockError(problems);
  if (textLength(v) > 13_000) return error('msg_blocks_too_long');
  return { blocks: fillIds(v, c.newId) };
}

function readMetadata(v: unknown): { metadata: Message['metadata'] } | Result {
  if (v === undefined) return { metadata: undefined };
  if (typeof v !== 'object' || v === null || !('event_type' in v) || !('event_payload' in v))
    return error('invalid_metadata_format');
  if (typeof v.event_type !== 'string' || typeof v.event_payload !== 'object' || v.event_payload === null)
    return error('invalid_metadata_schema');
  return { metadata: { event_type: v.event_type, event_payload: { ...v.event_payload } } };
}

/** Slack keeps at most 40,000 characters of a text. */
const readText = (v: unknown) => (typeof v === 'string' ? v.slice(0, 40_000) : '');
const truthy = (v: unknown) => v === true || v === 'true' || v === '1' || v === 1;

function stored(m: Message) {
  return {
    type: 'message',
    text: m.text,
    user: m.user,
    bot_id: app.botId,
    app_id: app.id,
    team: team.id,
    ts: m.ts,
    ...(m.blocks ? { blocks: m.blocks } : {}),
    ...(m.thread_ts ? { thread_ts: m.thread_ts } : {}),
    ...(m.metadata ? { metadata: m.metadata } : {}),
  };
}

function postMessage(c: MethodContext, args: Args): Result {
  const where = conversation(c.world, args.channel);
  const problem = postProblem(where);
  if (problem || !where) return error(problem ?? 'channel_not_found');
  const read = readBlocks(c, args.blocks);
  if ('ok' in read) return read;
  const meta = readMetadata(args.metadata);
  if ('ok' in meta) return meta;
  const text = readText(args.text);
  if (text === '' && !read.blocks?.length) return error('no_text');
  const thread = typeof args.thread_ts === 'string' ? args.thread_ts : undefined;
  if (truthy(args.reply_broadcast) && !thread)
    return error('invalid_arguments', { response_metadata: { messages: ['[ERROR] reply_broadcast needs thread_ts'] } });
  // What Slack does with a thread that does not exist is not documented; here it is refused, so that nobody relies on it.
  if (thread && !c.world.find(where.id, thread)) return error('thread_not_found');
  const m = c.world.add({
    channel: where.id,
    user: app.botUser,
    isApp: true,
    text,
    ...(read.blocks ? { blocks: read.blocks } : {}),
    ...(thread ? { thread_ts: thread } : {}),
    ...(meta.metadata ? { metadata: meta.metadata } : {}),
    ...(truthy(args.reply_broadcast) ? { broadcast: true } : {}),
  });
  return { ok: true, channel: where.id, ts: m.ts, message: stored(m) };
}

function update(c: MethodContext, args: Args): Result {
  if (typeof args.channel === 'string' && c.world.users.has(args.channel)) return error('channel_not_found');
  const where = conversation(c.world, args.channel);
  const problem = postProblem(where);
  if (problem || !where) return error(problem === 'is_archived' ? 'is_inactive' : (problem ?? 'channel_not_found'));
  const m = c.world.find(where.id, String(args.ts));
  if (!m || m.ephemeralFor) return error('message_not_found');
  if (m.user !== app.botUser) return error('cant_update_message');
  const read = readBlocks(c, args.blocks);
  if ('ok' in read) return read;
  const meta = readMetadata(args.metadata);
  if ('ok' in meta) return meta;
  if (args.text === undefined && args.blocks === undefined) return error('no_text');
  if (typeof args.text === 'string' && args.text.length > 4_000) return error('msg_too_long');
  if (typeof args.text === 'string') m.text = args.text;
  // A text without blocks drops the old blocks, and only such an edit wears the mark.
  if (read.blocks) m.blocks = read.blocks;
  else if (args.text !== undefined) {
    delete m.blocks;
    m.edited = true;
  }
  if (meta.metadata) m.metadata = meta.metadata;
  c.world.change(m);
  return { ok: true, channel: where.id, ts: m.ts, text: m.text, message: stored(m) };
}

function postEphemeral(c: MethodContext, args: Args): Result {
  const where = conversation(c.world, args.channel);
  const problem = postProblem(where);
  if (problem || !where) return error(problem ?? 'channel_not_found');
  if (!where.members.has(String(args.user))) return error('user_not_in_channel');
  const read = readBlocks(c, args.blocks);
  if ('ok' in read) return read;
  const text = readText(args.text);
  if (text === '' && !read.blocks?.length) return error('no_text');
  const m = c.world.add({
    channel: where.id,
    user: app.botUser,
    isApp: true,
    text,
    ephemeralFor: String(args.user),
    ...(read.blocks ? { blocks: read.blocks } : {}),
    ...(typeof args.thread_ts === 'string' ? { thread_ts: args.thread_ts } : {}),
  });
  return { ok: true, message_ts: m.ts };
}

function remove(c: MethodContext, args: Args): Result {
  const m = c.world.find(String(args.channel), String(args.ts));
  if (!c.world.channels.has(String(args.channel))) return error('channel_not_found');
  if (!m || m.ephemeralFor) return error('message_not_found');
  if (m.user !== app.botUser) return error('cant_delete_message');
  c.world.remove(m);
  return { ok: true, channel: m.channel, ts: m.ts };
}

function permalink(c: MethodContext, args: Args): Result {
  const where = c.world.channels.get(String(args.channel));
  if (!where) return error('channel_not_found');
  const m = c.world.find(where.id, String(args.message_ts));
  if (!m || m.ephemeralFor) return error('message_not_found');
  const thread = m.thread_ts && m.thread_ts !== m.ts ? `?thread_ts=${m.thread_ts}&cid=${where.id}` : '';
  return { ok: true, channel: where.id, permalink: `${c.url}/archives/${where.id}/p${m.ts.replace('.', '')}${thread}` };
}

function userObject(p: Person) {
  return {
    id: p.id,
    team_id: p.team,
    name: p.name,
    deleted: false,
    color: p.color,
    real_name: p.real_name,
    tz: 'Etc/UTC',
    profile: { real_name: p.real_name, display_name: p.name, team: p.team },
    is_admin: false,
    is_owner: false,
    is_restricted: p.role === 'guest',
    is_ultra_restricted: false,
    is_bot: p.role === 'bot',
    is_app_user: false,
    ...(p.role === 'stranger' ? { is_stranger: true } : {}),
  };
}

function channelObject(c: Channel) {
  return {
    id: c.id,
    name: c.name,
    is_channel: c.kind !== 'im',
    is_im: c.kind === 'im',
    is_private: c.kind !== 'public',
    is_archived: c.archived,
    is_member: c.members.has(app.botUser),
    topic: { value: c.topic, creator: '', last_set: 0 },
  };
}

function history(c: MethodContext, args: Args, messages: Message[]): Result {
  const where = c.world.channels.get(String(args.channel));
  if (!where) return error('channel_not_found');
  if (!where.members.has(app.botUser)) return error(where.kind === 'public' ? 'not_in_channel' : 'channel_not_found');
  const limit = Math.min(Number(args.limit ?? 100), 999);
  return { ok: true, messages: messages.slice(0, limit).map(stored), has_more: messages.length > limit };
}

const bot = (
  scope: string | undefined,
  required: string[],
  optional: string[],
  run: Method['run'],
  json = true,
): Method => ({
  token: 'bot',
  ...(scope ? { scope } : {}),
  json,
  required,
  optional,
  run,
});

/** The methods that this workspace has, with what Slack's reference says of each (docs.slack.dev/reference/methods). */
export const methods: Record<string, Method> = {
  'auth.test': bot(undefined, [], [], (c) => ({
    ok: true,
    url: `${c.url}/`,
    team: team.name,
    user: c.world.users.get(app.botUser)?.name,
    team_id: team.id,
    user_id: app.botUser,
    bot_id: app.botId,
    is_enterprise_install: false,
  })),
  'apps.connections.open': { token: 'app', json: true, required: [], optional: [], run: (c) => c.openConnection() },
  'chat.postMessage': bot('chat:write', ['channel'], [...messageArgs, 'reply_broadcast'], postMessage),
  'chat.update': bot(
    'chat:write',
    ['channel', 'ts'],
    ['text', 'blocks', 'metadata', 'parse', 'link_names', 'reply_broadcast'],
    update,
  ),
  'chat.postEphemeral': bot(
    'chat:write',
    ['channel', 'user'],
    ['text', 'blocks', 'thread_ts', 'parse', 'link_names'],
    postEphemeral,
  ),
  'chat.delete': bot('chat:write', ['channel', 'ts'], [], remove),
  'chat.getPermalink': bot(undefined, ['channel', 'message_ts'], [], permalink, false),
  'conversations.open': bot('im:write', ['users'], ['return_im', 'prevent_creation'], (c, args) => {
    const dm = conversation(c.world, String(args.users).split(',')[0]);
    return dm ? { ok: true, channel: { id: dm.id } } : error('user_not_found');
  }),
  'conversations.info': bot(
    'channels:read',
    ['channel'],
    ['include_locale', 'include_num_members'],
    (c, args) => {
      const where = c.world.channels.get(String(args.channel));
      return where ? { ok: true, channel: channelObject(where) } : error('channel_not_found');
    },
    false,
  ),
  'conversations.members': bot(
    'channels:read',
    ['channel'],
    ['limit', 'cursor'],
    (c, args) => {
      const where = c.world.channels.get(String(args.channel));
      return where
        ? { ok: true, members: [...where.members], response_metadata: { next_cursor: '' } }
        : error('channel_not_found');
    },
    false,
  ),
  'conversations.history': bot(
    'channels:history',
    ['channel'],
    ['latest', 'oldest', 'inclusive', 'limit', 'cursor', 'include_all_metadata'],
    (c, args) =>
      history(
        c,
        args,
        c.world.messages
          .filter((m) => m.channel === args.channel && !m.ephemeralFor && (!m.thread_ts || m.broadcast))
          .reverse(),
      ),
  ),
  'conversations.replies': bot(
    'channels:history',
    ['channel', 'ts'],
    ['latest', 'oldest', 'inclusive', 'limit', 'cursor', 'include_all_metadata'],
    (c, args) =>
      history(
        c,
        args,
        c.world.messages.filter(
          (m) => m.channel === args.channel && !m.ephemeralFor && (m.ts === args.ts || m.thread_ts === args.ts),
        ),
      ),
    false,
  ),
  'users.info': bot(
    'users:read',
    ['user'],
    ['include_locale'],
    (c, args) => {
      const person = c.world.users.get(String(args.user));
      return person ? { ok: true, user: userObject(person) } : error('user_not_found');
    },
    false,
  ),
  'usergroups.list': bot(
    'usergroups:read',
    [],
    ['include_count', 'include_disabled', 'include_users', 'team_id'],
    (c) => ({
      ok: true,
      usergroups: c.world.groups.map((g) => ({ id: g.id, team_id: team.id, name: g.name, handle: g.handle })),
    }),
    false,
  ),
  'usergroups.users.list': bot(
    'usergroups:read',
    ['usergroup'],
    ['include_disabled', 'team_id'],
    (c, args) => {
      const group = c.world.groups.find((g) => g.id === args.usergroup);
      return group ? { ok: true, users: group.users } : error('no_such_subteam');
    },
    false,
  ),
  'views.open': bot(undefined, ['view'], ['trigger_id', 'interactivity_pointer'], (c, args) => c.openView(args)),
  'views.update': bot(undefined, ['view'], ['view_id', 'external_id', 'hash'], (c, args) => c.updateView(args)),
};
