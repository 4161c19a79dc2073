import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type StoredObject, sendError, sendObject } from './respond.ts';
import { verifyPresigned } from './verify-presigned.ts';

export interface StorageSandbox {
  /** `http://127.0.0.1:port`; objects are at `/{bucket}/{key}`. */
  url: string;
  /** Writes an object, as the holder of these keys. The bytes are kept, not copied: whoever hands them over leaves them alone. */
  put(r: { bucket: string; accessKey: string; secretKey: string; key: string; body: Buffer | string }): PutResult;
  /** Keys that begin with the prefix, in order. */
  list(prefix: string): string[];
  get(key: string): Buffer | undefined;
  /** Takes an object away, as somebody with the right to might; false when there was none. */
  remove(key: string): boolean;
  /** While true every request from outside is refused with 403, as for a key that may only write. */
  setPrivate(isPrivate: boolean): void;
  close(): Promise<void>;
}

export type PutResult =
  | { ok: true }
  | { ok: false; code: 'InvalidAccessKeyId' | 'SignatureDoesNotMatch' | 'NoSuchBucket' };

export interface StorageOptions {
  /** 0: any free port. */
  port?: number;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** Milliseconds since the epoch; for Last-Modified and the life of signed addresses. */
  now?: () => number;
  /** Past this many bytes the oldest media slices are dropped, because a sandbox must not fill a machine. */
  capacity?: number;
}

interface Refusal {
  status: number;
  code: string;
  about: Record<string, string>;
}

const refuse = (status: number, code: string, about: Record<string, string> = {}): Refusal => ({ status, code, about });

/**
 * One bucket over HTTP on loopback, in memory: path style, readable by anybody on this machine, GET and HEAD with ranges, S3's XML errors.
 * A request that carries a signature must carry a right one, as at S3. It is written from inside only, by whoever has the keys.
 */
export async function createStorage(options: StorageOptions): Promise<StorageSandbox> {
  const { bucket, accessKey, secretKey, now = Date.now, capacity = 300 * 1024 * 1024 } = options;
  const objects = new Map<string, StoredObject>();
  /** How many objects share a body: the same film slices are written again and again, and take memory once. */
  const sharers = new Map<Buffer, number>();
  let used = 0;
  let closed = false;

  function share(body: Buffer, change: 1 | -1): void {
    const before = sharers.get(body) ?? 0;
    if (before === 0) used += body.length;
    if (before + change > 0) sharers.set(body, before + change);
    else {
      sharers.delete(body);
      used -= body.length;
    }
  }

  function drop(key: string): boolean {
    const object = objects.get(key);
    if (object) share(object.body, -1);
    return objects.delete(key);
  }

  function makeRoom(): void {
    for (const key of objects.keys()) {
      if (used <= capacity) return;
      if (key.endsWith('.ts')) drop(key);
    }
  }

  /** The object that is asked for, or S3's refusal. */
  function find(req: IncomingMessage): (StoredObject & { key: string }) | Refusal {
    const method = req.method ?? '';
    if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'MethodNotAllowed', { Method: method });
    if (closed) return refuse(403, 'AccessDenied');
    const [path = '/', query = ''] = (req.url ?? '/').split('?', 2);
    if (/(^|&)X-Amz-/i.test(query)) {
      const request = { method, path, query, host: req.headers.host ?? '' };
      const refusal = verifyPresigned(request, { accessKey, secretKey }, now());
      if (refusal) return refuse(refusal.status, refusal.code);
    }
    const [, name = '', ...rest] = decode(path).split('/');
    const key = rest.join('/');
    if (name !== bucket) return refuse(404, 'NoSuchBucket', { BucketName: name });
    // Reading objects is open to all; listing the bucket is not.
    if (key === '') return refuse(403, 'AccessDenied');
    const object = objects.get(key);
    return object ? { ...object, key } : refuse(404, 'NoSuchKey', { Key: key });
  }

  function serve(req: IncomingMessage, res: ServerResponse): void {
    res.setHeader('access-control-allow-origin', '*');
    res.setHeader('access-control-allow-headers', 'range');
    res.setHeader('access-control-allow-methods', 'GET, HEAD');
    res.setHeader('access-control-expose-headers', 'content-length, content-range, etag');
    if (req.method === 'OPTIONS') {
      res.writeHead(204).end();
      return;
    }
    const found = find(req);
    if ('code' in found) sendError(req, res, found.status, found.code, found.about);
    else sendObject(req, res, found.key, found);
  }

  const server = createServer(serve);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    put(r) {
      if (r.accessKey !== accessKey) return { ok: false, code: 'InvalidAccessKeyId' };
      if (r.secretKey !== secretKey) return { ok: false, code: 'SignatureDoesNotMatch' };
      if (r.bucket !== bucket) return { ok: false, code: 'NoSuchBucket' };
      const body = typeof r.body === 'string' ? Buffer.from(r.body) : r.body;
      drop(r.key);
      share(body, 1);
      const etag = `"${createHash('md5').update(body).digest('hex')}"`;
      objects.set(r.key, { body, etag, modified: new Date(now()) });
      makeRoom();
      return { ok: true };
    },
    list: (prefix) => [...objects.keys()].filter((k) => k.startsWith(prefix)).sort(),
    get: (key) => objects.get(key)?.body,
    remove: drop,
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

/** The path with its percent-encoding undone; as it is when that is broken, which no key can equal. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
