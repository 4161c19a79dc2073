import { readable } from './conversation-access.ts';
import { messageObject } from './message-object.ts';
import { type Args, failure, isOn, type Method, type MethodContext, missingScope, type Result } from './method.ts';
import { pageOf } from './pages.ts';
import { app, type Channel, type Message, team } from './world.ts';

function channelObject(c: MethodContext, channel: Channel, args: Args = {}) {
  if (channel.kind === 'im') {
    const user = [...channel.members].find((m) => m !== app.botUser);
    return { id: channel.id, is_im: true, user, is_org_shared: false, created: 0, is_archived: false, is_open: true };
  }
  const teams = new Set([...channel.members].map((m) => c.world.users.get(m)?.team ?? team.id));
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: channel.kind === 'private',
    is_archived: channel.archived,
    is_general: channel.name === 'general',
    is_member: channel.members.has(app.botUser),
    is_shared: teams.size > 1,
    is_ext_shared: teams.size > 1,
    is_org_shared: false,
    created: 0,
    creator: 'U0ANA',
    context_team_id: team.id,
    shared_team_ids: [...teams],
    topic: { value: channel.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    previous_names: [],
    ...(isOn(args.include_num_members) ? { num_members: channel.members.size } : {}),
  };
}

/** conversations.open: the direct conversation with one person. Group conversations are not in the sandbox. */
function open(c: MethodContext, args: Args): Result {
  const answer = (dm: Channel, wasOpen: boolean): Result => ({
    ok: true,
    ...(wasOpen ? { no_op: true, already_open: true } : {}),
    channel: isOn(args.return_im) ? channelObject(c, dm) : { id: dm.id },
  });
  if (args.channel !== undefined) {
    const dm = c.world.channels.get(String(args.channel));
    return dm?.kind === 'im' ? answer(dm, true) : failure('channel_not_found');
  }
  const ids = String(args.users ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (ids.length === 0) return failure('users_list_not_supplied');
  if (ids.length > 8) return failure('too_many_users');
  const people = ids.map((id) => c.world.users.get(id));
  if (people.includes(undefined)) return failure('user_not_found');
  if (people.some((p) => p?.role === 'stranger')) return failure('user_not_visible');
  if (ids.length > 1 && !c.scopes.includes('mpim:write')) return missingScope('mpim:write', c.scopes);
  const [id] = ids;
  if (!id || ids.length > 1 || id === app.botUser) return failure('invalid_user_combination');
  const known = c.world.dmWith(id);
  if (!known && isOn(args.prevent_creation)) return failure('channel_not_found');
  return answer(known ?? c.world.openDm(id), known !== undefined);
}

function members(c: MethodContext, args: Args): Result {
  const where = readable(c, args.channel, 'read');
  if ('ok' in where) return where;
  const page = pageOf([...where.members], args, { limit: 100, max: 1000, key: (id) => id, prefix: 'user' });
  if ('ok' in page) return page;
  return { ok: true, members: page.items, response_metadata: { next_cursor: page.next ?? '' } };
}

/** A time as conversations.history takes it; undefined if it is none. */
const readTs = (v: unknown): number | undefined =>
  typeof v === 'string' && /^\d{1,12}(\.\d{1,6})?$/.test(v) ? Number(v) : undefined;

/** The messages between `oldest` and `latest`, without them unless `inclusive`; or what is wrong with these. */
function between(messages: Message[], args: Args): Message[] | Result {
  const oldest = args.oldest === undefined ? 0 : readTs(args.oldest);
  const latest = args.latest === undefined ? Number.POSITIVE_INFINITY : readTs(args.latest);
  if (oldest === undefined) return failure('invalid_ts_oldest');
  if (latest === undefined) return failure('invalid_ts_latest');
  const inclusive = isOn(args.inclusive);
  return messages.filter((m) => {
    const at = Number(m.ts);
    return (at > oldest || (inclusive && at === oldest)) && (at < latest || (inclusive && at === latest));
  });
}

/** One page of messages, newest or oldest first as given. */
function answerWith(c: MethodContext, messages: Message[], args: Args, max: number, fallback: number): Result {
  const key = (m: Message) => m.ts.replace('.', '');
  const page = pageOf(messages, args, { limit: fallback, max, key, prefix: 'next_ts' });
  if ('ok' in page) return page;
  const metadata = isOn(args.include_all_metadata) ? 'all' : 'type';
  return {
    ok: true,
    messages: page.items.map((m) => messageObject(c.world, c.url, m, metadata)),
    has_more: page.next !== undefined,
    ...(page.next === undefined ? {} : { response_metadata: { next_cursor: page.next } }),
  };
}

function history(c: MethodContext, args: Args): Result {
  const where = readable(c, args.channel, 'history');
  if ('ok' in where) return where;
  const all = c.world.said(where.id).filter((m) => !m.thread_ts || m.thread_ts === m.ts || m.broadcast);
  const found = between(all.reverse(), args);
  if ('ok' in found) return found;
  const answer = answerWith(c, found, args, 999, 100);
  return answer.ok ? { ...answer, pin_count: 0, channel_actions_ts: null, channel_actions_count: 0 } : answer;
}

function replies(c: MethodContext, args: Args): Result {
  const where = readable(c, args.channel, 'history');
  if ('ok' in where) return where;
  const given = c.world.find(where.id, String(args.ts));
  if (!given || given.ephemeralFor) return failure('thread_not_found');
  const root = given.thread_ts ?? given.ts;
  const found = between(
    c.world.said(where.id).filter((m) => m.thread_ts === root && m.ts !== root),
    args,
  );
  if ('ok' in found) return found;
  // The parent comes first, whatever the times are.
  const parent = c.world.find(where.id, root);
  return answerWith(c, parent ? [parent, ...found] : found, args, 1000, 1000);
}

const historyArgs = {
  channel: 'text!',
  latest: 'text',
  oldest: 'text',
  inclusive: 'flag',
  limit: 'whole',
  cursor: 'text',
  include_all_metadata: 'flag',
} as const;

/** conversations.* (docs.slack.dev/reference/methods). */
export const conversationMethods: Record<string, Method> = {
  'conversations.open': {
    token: 'bot',
    scope: 'im:write',
    tier: 3,
    json: true,
    args: { users: 'text', channel: 'text', return_im: 'flag', prevent_creation: 'flag' },
    run: open,
  },
  'conversations.info': {
    token: 'bot',
    scopesByKind: 'read',
    tier: 3,
    json: false,
    args: { channel: 'text!', include_locale: 'flag', include_num_members: 'flag' },
    run(c, args) {
      const where = readable(c, args.channel, 'read');
      return 'ok' in where ? where : { ok: true, channel: channelObject(c, where, args) };
    },
  },
  'conversations.members': {
    token: 'bot',
    scopesByKind: 'read',
    tier: 4,
    json: false,
    args: { channel: 'text!', limit: 'whole', cursor: 'text' },
    run: members,
  },
  'conversations.history': {
    token: 'bot',
    scopesByKind: 'history',
    tier: 3,
    json: true,
    args: historyArgs,
    run: history,
  },
  'conversations.replies': {
    token: 'bot',
    scopesByKind: 'history',
    tier: 3,
    json: false,
    args: { ...historyArgs, ts: 'text!' },
    run: replies,
  },
};
