import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { checkBlocks, fillIds } from './block-kit.ts';
import { isObject } from './composition-objects.ts';
import type { Faults } from './faults.ts';
import { readMetadata } from './metadata.ts';
import { readBody } from './read-arguments.ts';
import { app, team, type World } from './world.ts';

/** Five uses within half an hour (docs.slack.dev/interactivity/handling-user-interaction). */
const maxUses = 5;
const maxAge = 30 * 60_000;

/** Where an answer goes. */
interface Target {
  channel: string;
  user: string;
  /** The message with the button. */
  message?: { ts: string };
}

const isText = (v: unknown) => typeof v === 'string';
const isFlag = (v: unknown) => [true, false, 'true', 'false'].includes(v as string);
/** What an answer may hold; anything else is refused. */
const properties: Record<string, (v: unknown) => boolean> = {
  text: isText,
  blocks: Array.isArray,
  response_type: (v) => v === 'ephemeral' || v === 'in_channel',
  replace_original: isFlag,
  delete_original: isFlag,
  thread_ts: isText,
  mrkdwn: isFlag,
  unfurl_links: isFlag,
  unfurl_media: isFlag,
  metadata: isObject,
};

export interface ResponseUrls {
  make(kind: 'commands' | 'actions', target: Target): string;
  handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void>;
  /** Applies a message as an acknowledgement or a response_url would; the problem if Slack would not take it. */
  apply(target: Target, body: unknown): string | undefined;
}

/** The addresses in payloads under which an app may answer for a while, whether it is in the channel or not. */
export function createResponseUrls(options: {
  world: World;
  base: () => string;
  now: () => number;
  newId: () => string;
  faults: Faults;
}): ResponseUrls {
  const { world, now, newId, faults } = options;
  const given = new Map<string, { target: Target; at: number; uses: number }>();

  function apply(target: Target, body: unknown): string | undefined {
    if (!isObject(body)) return 'invalid_payload';
    for (const [name, value] of Object.entries(body)) {
      if (name === 'blocks' && !Array.isArray(value)) return 'invalid_blocks';
      if (!properties[name]?.(value)) return 'invalid_payload';
    }
    const blocks = body.blocks as Record<string, unknown>[] | undefined;
    if (blocks && checkBlocks(blocks, 50).length > 0) return 'invalid_blocks';
    const meta = readMetadata(body.metadata);
    if ('ok' in meta) return 'invalid_payload';
    const original = target.message ? world.find(target.channel, target.message.ts) : undefined;
    const text = typeof body.text === 'string' ? body.text : '';
    const isOn = (v: unknown) => v === true || v === 'true';
    const isEmpty = text === '' && !blocks?.length;
    if (isOn(body.delete_original)) {
      if (original) world.remove(original);
      if (isEmpty) return undefined;
    }
    if (isEmpty) return 'no_text';
    if (isOn(body.replace_original) && original) {
      original.text = text;
      if (blocks) original.blocks = fillIds(blocks, newId);
      else delete original.blocks;
      world.change(original);
      return undefined;
    }
    // A new message for all is no use in a channel that is closed; a private one still reaches its person.
    const isForAll = body.response_type === 'in_channel';
    if (isForAll && world.channels.get(target.channel)?.archived) return 'channel_is_archived';
    world.add({
      channel: target.channel,
      user: app.botUser,
      isApp: true,
      text,
      ...(blocks ? { blocks: fillIds(blocks, newId) } : {}),
      ...(meta.metadata && meta.metadata !== 'none' ? { metadata: meta.metadata } : {}),
      ...(isForAll ? {} : { ephemeralFor: target.user }),
      ...(typeof body.thread_ts === 'string' && isForAll ? { thread_ts: body.thread_ts } : {}),
    });
    return undefined;
  }

  return {
    make(kind, target) {
      const path = `/${kind}/${team.id}/${randomBytes(6).readUIntBE(0, 6)}/${randomBytes(12).toString('hex')}`;
      given.set(path, { target, at: now(), uses: 0 });
      return `${options.base()}${path}`;
    },
    apply,
    async handle(req, res, url) {
      const content = (await readBody(req)).toString('utf8');
      const refuse = (status: number, error: string) => {
        res.writeHead(status, { 'content-type': 'application/json' });
        res.end(JSON.stringify({ ok: false, error }));
      };
      const fault = faults.take('response_url');
      if (fault?.delay) await delay(fault.delay);
      if (fault?.dropRequest) return void req.socket.destroy();
      if (fault?.status || fault?.error) return refuse(fault.status ?? 400, fault.error ?? 'error');
      const entry = given.get(url.pathname);
      if (!entry || req.method !== 'POST') return refuse(404, 'no_service');
      if (now() - entry.at > maxAge) return refuse(404, 'expired_url');
      if (entry.uses >= maxUses) return refuse(404, 'used_url');
      let body: unknown;
      try {
        body = JSON.parse(content);
      } catch {
        return refuse(400, 'invalid_payload');
      }
      const problem = apply(entry.target, body);
      if (problem) return refuse(problem === 'channel_is_archived' ? 410 : 400, problem);
      entry.uses += 1;
      if (fault?.delayReply) await delay(fault.delayReply);
      if (fault?.dropReplyAfterEffect) return void req.socket.destroy();
      res.writeHead(200, { 'content-type': 'text/plain' });
      res.end('ok');
    },
  };
}
