import { checkBlocks, fillIds, textLength } from './block-kit.ts';
import { conversation, postProblem } from './conversation-access.ts';
import { messageObject } from './message-object.ts';
import { readMetadata } from './metadata.ts';
import { type Args, failure, invalidArguments, isOn, type Method, type MethodContext, type Result } from './method.ts';
import { app, type Channel } from './world.ts';

/** Slack keeps at most 40,000 characters of a text, and takes 4,000 in chat.update. */
const maxText = 40_000;
const maxUpdate = 4_000;

/** Reads blocks as given; refuses what Slack would refuse. */
export function readBlocks(c: MethodContext, v: unknown): { blocks: Record<string, unknown>[] | undefined } | Result {
  if (v === undefined) return { blocks: undefined };
  if (!Array.isArray(v)) return failure('invalid_blocks_format');
  const problems = checkBlocks(v, 50);
  if (problems.length > 0)
    return failure('invalid_blocks', {
      errors: problems,
      response_metadata: { messages: problems.map((p) => `[ERROR] ${p}`) },
    });
  if (textLength(v) > 13_000) return failure('msg_blocks_too_long');
  return { blocks: fillIds(v, c.newId) };
}

const readText = (v: unknown) => (typeof v === 'string' ? v : '');

/**
 * May a message go into this thread? What Slack does with a thread that does not exist, and with a reply's ts in place of its parent's, is not
 * documented; here both are refused, so that nobody relies on it.
 */
export function threadProblem(c: MethodContext, where: Channel, thread: unknown): string | undefined {
  if (typeof thread !== 'string') return undefined;
  const parent = c.world.find(where.id, thread);
  if (!parent) return 'thread_not_found';
  const isReply = parent.thread_ts !== undefined && parent.thread_ts !== parent.ts;
  return isReply || parent.ephemeralFor ? 'cannot_reply_to_message' : undefined;
}

function postMessage(c: MethodContext, args: Args): Result {
  const where = conversation(c.world, args.channel);
  const problem = postProblem(c, where);
  if (problem || !where) return failure(problem ?? 'channel_not_found');
  const read = readBlocks(c, args.blocks);
  if ('ok' in read) return read;
  const meta = readMetadata(args.metadata);
  if ('ok' in meta) return meta;
  if (meta.metadata === 'none') return failure('invalid_metadata_format');
  const text = readText(args.text).slice(0, maxText);
  if (text === '' && !read.blocks?.length) return failure('no_text');
  if (isOn(args.reply_broadcast) && !args.thread_ts) return invalidArguments('reply_broadcast needs thread_ts');
  const wrongThread = threadProblem(c, where, args.thread_ts);
  if (wrongThread) return failure(wrongThread);
  const m = c.world.add({
    channel: where.id,
    user: app.botUser,
    isApp: true,
    text,
    ...(read.blocks ? { blocks: read.blocks } : {}),
    ...(typeof args.thread_ts === 'string' ? { thread_ts: args.thread_ts } : {}),
    ...(meta.metadata ? { metadata: meta.metadata } : {}),
    ...(isOn(args.reply_broadcast) ? { broadcast: true } : {}),
  });
  return { ok: true, channel: where.id, ts: m.ts, message: messageObject(c.world, c.url, m) };
}

function update(c: MethodContext, args: Args): Result {
  // A person's id is good for posting only.
  const where = c.world.channels.get(String(args.channel));
  const problem = postProblem(c, where);
  if (problem || !where) return failure(problem === 'is_archived' ? 'is_inactive' : (problem ?? 'channel_not_found'));
  const m = c.world.find(where.id, String(args.ts));
  if (!m || m.ephemeralFor) return failure('message_not_found');
  if (m.user !== app.botUser) return failure('cant_update_message');
  const read = readBlocks(c, args.blocks);
  if ('ok' in read) return read;
  const meta = readMetadata(args.metadata);
  if ('ok' in meta) return meta;
  if (args.text === undefined && args.blocks === undefined) return failure('no_text');
  if (readText(args.text).length > maxUpdate) return failure('msg_too_long');
  // A text without blocks drops the old blocks, and only such an edit wears the mark.
  const text = args.text === undefined ? m.text : readText(args.text);
  if (text === '' && !read.blocks?.length) return failure('no_text');
  m.text = text;
  if (read.blocks?.length) m.blocks = read.blocks;
  else delete m.blocks;
  if (!read.blocks) m.edited = true;
  if (meta.metadata === 'none') delete m.metadata;
  else if (meta.metadata) m.metadata = meta.metadata;
  c.world.change(m);
  return { ok: true, channel: where.id, ts: m.ts, text: m.text, message: messageObject(c.world, c.url, m) };
}

function postEphemeral(c: MethodContext, args: Args): Result {
  const where = conversation(c.world, args.channel);
  const problem = postProblem(c, where);
  if (problem || !where) return failure(problem ?? 'channel_not_found');
  if (!where.members.has(String(args.user))) return failure('user_not_in_channel');
  const read = readBlocks(c, args.blocks);
  if ('ok' in read) return read;
  const text = readText(args.text);
  if (text.length > maxText) return failure('msg_too_long');
  if (text === '' && !read.blocks?.length) return failure('no_text');
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
  const where = c.world.channels.get(String(args.channel));
  const problem = postProblem(c, where);
  if (!where || problem === 'channel_not_found') return failure('channel_not_found');
  const m = c.world.find(where.id, String(args.ts));
  if (!m || m.ephemeralFor) return failure('message_not_found');
  if (m.user !== app.botUser) return failure('cant_delete_message');
  c.world.remove(m);
  return { ok: true, channel: m.channel, ts: m.ts };
}

function permalink(c: MethodContext, args: Args): Result {
  const where = c.world.channels.get(String(args.channel));
  if (!where || (where.kind !== 'public' && !where.members.has(app.botUser))) return failure('channel_not_found');
  const m = c.world.find(where.id, String(args.message_ts));
  if (!m || m.ephemeralFor) return failure('message_not_found');
  const thread = m.thread_ts && m.thread_ts !== m.ts ? `?thread_ts=${m.thread_ts}&cid=${where.id}` : '';
  return { ok: true, channel: where.id, permalink: `${c.url}/archives/${where.id}/p${m.ts.replace('.', '')}${thread}` };
}

const shared = { text: 'text', blocks: 'json', parse: 'text', link_names: 'flag' } as const;

/** chat.* (docs.slack.dev/reference/methods). */
export const chatMethods: Record<string, Method> = {
  'chat.postMessage': {
    token: 'bot',
    scope: 'chat:write',
    tier: 'post',
    json: true,
    args: {
      channel: 'text!',
      ...shared,
      metadata: 'json',
      mrkdwn: 'flag',
      unfurl_links: 'flag',
      unfurl_media: 'flag',
      thread_ts: 'text',
      reply_broadcast: 'flag',
    },
    run: postMessage,
  },
  'chat.update': {
    token: 'bot',
    scope: 'chat:write',
    tier: 3,
    json: true,
    args: { channel: 'text!', ts: 'text!', ...shared, metadata: 'json', reply_broadcast: 'flag' },
    run: update,
  },
  'chat.postEphemeral': {
    token: 'bot',
    scope: 'chat:write',
    tier: 4,
    json: true,
    args: { channel: 'text!', user: 'text!', ...shared, thread_ts: 'text' },
    run: postEphemeral,
  },
  'chat.delete': {
    token: 'bot',
    scope: 'chat:write',
    tier: 3,
    json: true,
    args: { channel: 'text!', ts: 'text!' },
    run: remove,
  },
  'chat.getPermalink': {
    token: 'bot',
    tier: 'special',
    json: false,
    args: { channel: 'text!', message_ts: 'text!' },
    run: permalink,
  },
};
