import type { IncomingMessage } from 'node:http';
import type { Args } from './method.ts';

export interface GivenArguments {
  args: Args;
  /** A token given as a form field. */
  token?: string;
  /** Why Slack would not read them. */
  problem?: string;
  warning?: 'missing_charset' | 'superfluous_charset';
}

/**
 * Arguments from one source: the query, a form, or JSON where the method takes it; a JSON body elsewhere is not read
 * (docs.slack.dev/apis/web-api). A token counts in a form body only, never in an address or in JSON.
 */
export async function readArguments(req: IncomingMessage, url: URL, takesJson: boolean): Promise<GivenArguments> {
  const body = await readBody(req);
  const { type, charset } = contentType(req.headers['content-type']);
  const refuse = (problem: string): GivenArguments => ({ args: {}, problem });
  if (body.length > 0 && type === '') return refuse('missing_post_type');
  if (charset !== undefined && !['utf-8', 'iso-8859-1'].includes(charset)) return refuse('invalid_charset');
  switch (type) {
    case '':
      return fields([...url.searchParams].filter(([name]) => name !== 'token'));
    case 'application/json':
      return { ...(takesJson ? readJson(body) : { args: {} }), ...(charset ? {} : { warning: 'missing_charset' }) };
    case 'application/x-www-form-urlencoded': {
      const entries =
        body.length > 0
          ? [...new URLSearchParams(body.toString('utf8'))]
          : [...url.searchParams].filter(([name]) => name !== 'token');
      return { ...fields(entries), ...(charset ? { warning: 'superfluous_charset' } : {}) };
    }
    case 'multipart/form-data':
      try {
        const form = await new Response(new Uint8Array(body), {
          headers: { 'content-type': req.headers['content-type'] ?? '' },
        }).formData();
        return fields([...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
      } catch {
        return refuse('invalid_form_data');
      }
    case 'text/plain':
      return { args: {} };
    default:
      return refuse('invalid_post_type');
  }
}

/** The whole body of a request. */
export async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function contentType(header = ''): { type: string; charset?: string } {
  const [type = '', ...parameters] = header.split(';').map((p) => p.trim().toLowerCase());
  const charset = parameters.find((p) => p.startsWith('charset='))?.slice('charset='.length);
  return { type, ...(charset === undefined ? {} : { charset }) };
}

function readJson(body: Buffer): GivenArguments {
  try {
    const value: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { args: {}, problem: 'json_not_object' };
    // JSON null means the default.
    return { args: Object.fromEntries(Object.entries(value).filter(([, v]) => v !== null)) };
  } catch {
    return { args: {}, problem: 'invalid_json' };
  }
}

function fields(entries: [string, string][]): GivenArguments {
  const args: Args = {};
  for (const [name, value] of entries) {
    if (/^\w+\[\w*\]$/.test(name)) return { args: {}, problem: 'invalid_array_arg' };
    if (!/^\w{1,255}$/.test(name)) return { args: {}, problem: 'invalid_arg_name' };
    args[name] = value;
  }
  const { token, ...others } = args;
  return { args: others, ...(typeof token === 'string' ? { token } : {}) };
}
