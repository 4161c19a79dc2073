import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Faults } from './faults.ts';
import { mimetypeOf } from './file-object.ts';
import { readBody } from './read-arguments.ts';
import type { SlackFile, World } from './world.ts';

/**
 * Where file contents go to and come from: the one-time address of files.getUploadURLExternal, `url_private` for apps, and `/ui/file` for the
 * page, which shows what its person may see. True if the request was one of these.
 */
export function createFileRoutes(options: {
  world: World;
  faults: Faults;
  /** Is this the bot's token, and may it read files? */
  mayRead: (authorization: string | undefined) => boolean;
}): (req: IncomingMessage, res: ServerResponse, url: URL) => Promise<boolean> {
  const { world, faults } = options;

  async function upload(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
    const content = await contentOf(req);
    const fault = faults.take('files.upload');
    if (fault?.delay) await delay(fault.delay);
    if (fault?.dropRequest) return void req.socket.destroy();
    if (fault?.status) return void res.writeHead(fault.status).end('error');
    const file = [...world.files.values()].find((f) => f.uploadPath === path);
    if (!file || file.content || req.method !== 'POST') return void res.writeHead(404).end('not found');
    // What Slack does with another length than the announced one is not documented; here it is refused.
    if (!content || content.length !== file.size) return void res.writeHead(400).end('wrong length');
    file.content = content;
    if (fault?.dropReplyAfterEffect) return void req.socket.destroy();
    res.writeHead(200, { 'content-type': 'text/plain' }).end(`OK - ${content.length}`);
  }

  function send(res: ServerResponse, file: SlackFile | undefined): void {
    if (!file?.content) return void res.writeHead(404).end('Not found');
    const type = mimetypeOf(file.name);
    res.writeHead(200, {
      // Nothing that was uploaded may run as a page of the sandbox.
      'content-type': type.startsWith('text/') ? 'text/plain; charset=utf-8' : type,
      'content-disposition': `inline; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'content-security-policy': 'sandbox',
      'x-content-type-options': 'nosniff',
    });
    res.end(file.content);
  }

  return async (req, res, url) => {
    if (url.pathname.startsWith('/upload/')) await upload(req, res, url.pathname);
    else if (url.pathname.startsWith('/files-pri/')) {
      const id = /^\/files-pri\/T\w+-(F\w+)\//.exec(url.pathname)?.[1] ?? '';
      send(res, options.mayRead(req.headers.authorization) ? world.files.get(id) : undefined);
    } else if (url.pathname === '/ui/file') {
      const [id, user] = [url.searchParams.get('id') ?? '', url.searchParams.get('user') ?? ''];
      const mine = world.messages.some((m) => m.files?.some((f) => f.id === id) && world.canSee(user, m.channel));
      send(res, mine ? world.files.get(id) : undefined);
    } else return false;
    return true;
  };
}

/** The bytes of a raw body, or of the only part of a form. */
async function contentOf(req: IncomingMessage): Promise<Buffer | undefined> {
  const body = await readBody(req);
  const type = req.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return body;
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    const [part] = [...form.values()];
    if (part === undefined) return undefined;
    return typeof part === 'string' ? Buffer.from(part) : Buffer.from(await part.arrayBuffer());
  } catch {
    return undefined;
  }
}
