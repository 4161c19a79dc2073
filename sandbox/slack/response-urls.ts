import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkBlocks, fillIds } from './block-kit.ts';
import { app, team, type World } from './world.ts';

/** Five uses within half an hour (docs.slack.dev/interactivity/handling-user-interaction). */
const maxUses = 5;
const maxAge = 30 * 60_000;
const known = new Set([
  'text',
  'blocks',
  'response_type',
  'replace_original',
  'delete_original',
  'thread_ts',
  'mrkdwn',
  'unfurl_links',
  'unfurl_media',
  'metadata',
]);

interface Target {
  channel: string;
  user: string;
  /** The message with the button. */
  message?: { ts: string };
  /** Posts that leave replace_original out: Slack's own pages disagree on what it means then. */
  at: number;
  uses: number;
}

export interface ResponseUrls {
  make(kind: 'commands' | 'actions', target: { channel: string; user: string; message?: { ts: string } }): string;
  handle(req: IncomingMessage, res: ServerResponse, url: URL): Promise<void>;
  /** Applies a message as an acknowledgement or a response_url would; the problem if Slack would not take it. */
  apply(target: { channel: string; user: string; message?: { ts: string } }, body: unknown): string | undefined;
}

/** The addresses in payloads under which an app may answer for a while, whether it is in the channel or not. */
export function createResponseUrls(
  world: World,
  base: () => string,
  now: () => number,
  newId: () => string,
): ResponseUrls {
  const targets = new Map<string, Target>();

  function apply(
    target: { channel: string; user: string; message?: { ts: string } },
    value: unknown,
  ): string | undefined {
    if (typeof value !== 'object' || value === null) return 'invalid_payload';
    const body = value as Record<string, unknown>;
    if (Object.keys(body).some((k) => !known.has(k))) return 'invalid_payload';
    const blocks = Array.isArray(body.blocks) ? (body.blocks as Record<string, unknown>[]) : undefined;
    if (blocks && checkBlocks(blocks, 50).length > 0) return 'invalid_blocks';
    const original = target.message ? world.find(target.channel, target.message.ts) : undefined;
    const text = typeof body.text === 'string' ? body.text : '';
    const isOn = (v: unknown) => v === true || v === 'true';
    if (isOn(body.delete_original)) {
      if (original) world.remove(original);
      if (text === '' && !blocks) return undefined;
    }
    if (text === '' && !blocks?.length) return 'no_text';
    if (isOn(body.replace_original) && original) {
      original.text = text;
      if (blocks) original.blocks = fillIds(blocks, newId);
      else delete original.blocks;
      world.change(original);
      return undefined;
    }
    world.add({
      channel: target.channel,
      user: app.botUser,
      isApp: true,
      text,
      ...(blocks ? { blocks: fillIds(blocks, newId) } : {}),
      ...(body.response_type === 'in_channel' ? {} : { ephemeralFor: target.user }),
      ...(typeof body.thread_ts === 'string' && body.response_type === 'in_channel'
        ? { thread_ts: body.thread_ts }
        : {}),
    });
    return undefined;
  }

  return {
    make(kind, target) {
      const path = `/${kind}/${team.id}/${randomBytes(6).readUIntBE(0, 6)}/${randomBytes(12).toString('hex')}`;
      targets.set(path, { ...target, at: now(), uses: 0 });
      return `${base()}${path}`;
    },
    apply,
    async handle(req, res, url) {
      const chunks: Buffer[] = [];
      for await (const chunk of req) chunks.push(chunk);
      const refuse = (status: number, error: string) => {
        res.writeHead(status, { 'content-type': 'application/json' });
        res.end(JSON.stringify({ ok: false, error }));
      };
      const target = targets.get(url.pathname);
      if (!target || req.method !== 'POST') return refuse(404, 'no_service');
      if (now() - target.at > maxAge) return refuse(404, 'expired_url');
      if (target.uses >= maxUses) return refuse(404, 'used_url');
      let body: unknown;
      try {
        body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      } catch {
        return refuse(400, 'invalid_payload');
      }
      const problem = apply(target, body);
      if (problem) return refuse(400, problem);
      target.uses += 1;
      res.writeHead(200, { 'content-type': 'text/plain' });
      res.end('ok');
    },
  };
}
