import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StorageSandbox {
  /** `http://127.0.0.1:port`; objects are at `/{bucket}/{key}`. */
  url: string;
  /** Writes an object, as the holder of these keys. */
  put(r: { bucket: string; accessKey: string; secretKey: string; key: string; body: Buffer | string }): PutResult;
  /** Keys that begin with the prefix, in order. */
  list(prefix: string): string[];
  get(key: string): Buffer | undefined;
  /** While true every request from outside is refused with 403, as for a key that may only write. */
  setPrivate(isPrivate: boolean): void;
  close(): Promise<void>;
}

export type PutResult =
  | { ok: true }
  | { ok: false; code: 'InvalidAccessKeyId' | 'SignatureDoesNotMatch' | 'NoSuchBucket' };

interface StoredObject {
  body: Buffer;
  etag: string;
  modified: Date;
}

const types: Record<string, string> = {
  m3u8: 'application/vnd.apple.mpegurl',
  ts: 'video/mp2t',
  mp4: 'video/mp4',
  jpg: 'image/jpeg',
};

/** All of it lives in memory; past this the oldest media slices are dropped, because a sandbox must not fill a machine. Bytes. */
const capacity = 400 * 1024 * 1024;

/**
 * One bucket over HTTP, addressed path style, readable by anybody on this machine: GET and HEAD with ranges, S3's XML errors. It is written
 * from inside only, by whoever has the keys.
 */
export async function createStorage(options: {
  port?: number;
  bucket: string;
  accessKey: string;
  secretKey: string;
  now?: () => number;
}): Promise<StorageSandbox> {
  const { bucket, accessKey, secretKey, now = Date.now } = options;
  const objects = new Map<string, StoredObject>();
  let used = 0;
  let closed = false;

  const server = createServer((req, res) => {
    res.setHeader('access-control-allow-origin', '*');
    res.setHeader('access-control-allow-headers', 'range');
    res.setHeader('access-control-expose-headers', 'content-length, content-range, etag');
    if (req.method === 'OPTIONS') {
      res.writeHead(204).end();
      return;
    }
    if (req.method !== 'GET' && req.method !== 'HEAD') return fail(req, res, 405, 'MethodNotAllowed');
    if (closed) return fail(req, res, 403, 'AccessDenied');
    const path = decode((req.url ?? '/').split('?')[0] ?? '/');
    const [, name = '', ...rest] = path.split('/');
    if (name !== bucket) return fail(req, res, 404, 'NoSuchBucket');
    const key = rest.join('/');
    const object = objects.get(key);
    if (!object) return fail(req, res, 404, 'NoSuchKey');
    send(req, res, key, object);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  function makeRoom(): void {
    for (const [key, object] of objects) {
      if (used <= capacity) return;
      if (!key.endsWith('.ts')) continue;
      objects.delete(key);
      used -= object.body.length;
    }
  }

  return {
    url: `http://127.0.0.1:${port}`,
    put(r) {
      if (r.accessKey !== accessKey) return { ok: false, code: 'InvalidAccessKeyId' };
      if (r.secretKey !== secretKey) return { ok: false, code: 'SignatureDoesNotMatch' };
      if (r.bucket !== bucket) return { ok: false, code: 'NoSuchBucket' };
      const body = Buffer.from(r.body);
      used += body.length - (objects.get(r.key)?.body.length ?? 0);
      objects.set(r.key, {
        body,
        etag: `"${createHash('md5').update(body).digest('hex')}"`,
        modified: new Date(now()),
      });
      makeRoom();
      return { ok: true };
    },
    list: (prefix) => [...objects.keys()].filter((k) => k.startsWith(prefix)).sort(),
    get: (key) => objects.get(key)?.body,
    setPrivate(isPrivate) {
      closed = isPrivate;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(req: IncomingMessage, res: ServerResponse, key: string, object: StoredObject): void {
  const { body, etag, modified } = object;
  const type = types[key.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
  const headers = {
    'content-type': type,
    etag,
    'last-modified': modified.toUTCString(),
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
  };
  const range = /^bytes=(\d*)-(\d*)$/.exec(req.headers.range ?? '');
  if (range && (range[1] || range[2])) {
    const from = range[1] ? Number(range[1]) : Math.max(0, body.length - Number(range[2]));
    const to = range[1] && range[2] ? Math.min(Number(range[2]), body.length - 1) : body.length - 1;
    if (from > to) {
      fail(req, res, 416, 'InvalidRange');
      return;
    }
    const part = body.subarray(from, to + 1);
    res.writeHead(206, {
      ...headers,
      'content-length': part.length,
      'content-range': `bytes ${from}-${to}/${body.length}`,
    });
    res.end(req.method === 'HEAD' ? undefined : part);
    return;
  }
  res.writeHead(200, { ...headers, 'content-length': body.length });
  res.end(req.method === 'HEAD' ? undefined : body);
}

function fail(req: IncomingMessage, res: ServerResponse, status: number, code: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  res.writeHead(status, { 'content-type': 'application/xml' });
  res.end(req.method === 'HEAD' ? undefined : xml);
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
