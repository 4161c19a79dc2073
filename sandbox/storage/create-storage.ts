import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listObjects } from './list-objects.ts';
import { type StoredObject, sendError, sendObject } from './respond.ts';
import { createKeyRing, type TemporaryKeys } from './temporary-keys.ts';
import { type SignatureRefusal, verifyPresigned, verifySignedHeaders } from './verify-presigned.ts';

export interface StorageSandbox {
  /** `http://127.0.0.1:port`; objects are at `/{bucket}/{key}`. */
  url: string;
  /** Writes an object from inside, as the holder of these keys; everybody else sends a signed PUT. */
  put(r: { bucket: string; accessKey: string; secretKey: string; key: string; body: Buffer | string }): PutResult;
  /** Keys that begin with the prefix, in order. */
  list(prefix: string): string[];
  get(key: string): Buffer | undefined;
  /** Takes an object away, as somebody with the right to might; false when there was none. */
  remove(key: string): boolean;
  /** While true every request from outside is refused with 403, as for a key that may only write. */
  setPrivate(isPrivate: boolean): void;
  /** False: its keys may read objects, and not list them, as many a policy has it. */
  setListing(mayList: boolean): void;
  /** What becomes of every PUT: it is refused, as with wrong keys, or the bucket is out of order. */
  setTrouble(trouble: 'refuses' | 'down' | undefined): void;
  trouble(): 'refuses' | 'down' | undefined;
  /** Temporary keys for this bucket that run out after so many seconds. */
  issue(seconds: number): TemporaryKeys;
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
  /** The clock that temporary keys run out by, if it is another one. */
  tokenNow?: () => number;
  /** Past this many bytes the oldest media files are dropped, because a sandbox must not fill a machine. */
  capacity?: number;
}

/** Past so many objects the oldest media files are dropped too: names take memory as well. */
const mostObjects = 50_000;
/** Larger than any file of a recording here. Bytes. */
const largestObject = 64 * 1024 * 1024;

interface Refusal {
  status: number;
  code: string;
  about: Record<string, string>;
}

const refuse = (status: number, code: string, about: Record<string, string> = {}): Refusal => ({ status, code, about });

/**
 * One bucket over HTTP on loopback, in memory: path style, readable by anybody on this machine, GET and HEAD with ranges, S3's XML errors.
 * A request that carries a signature must carry a right one, as at S3, and a PUT must carry one in its headers or its address.
 */
export async function createStorage(options: StorageOptions): Promise<StorageSandbox> {
  const { bucket, accessKey, secretKey, now = Date.now, capacity = 300 * 1024 * 1024 } = options;
  const ring = createKeyRing({ accessKey, secretKey }, options.tokenNow ?? now);
  const objects = new Map<string, StoredObject>();
  /** Bodies by their ETag, and how many objects share each: the same film is written again and again, and takes memory once. */
  const bodies = new Map<string, { body: Buffer; sharers: number }>();
  let used = 0;
  let closed = false;
  let mayList = true;
  let trouble: 'refuses' | 'down' | undefined;

  function keep(key: string, content: Buffer): string {
    const etag = `"${createHash('md5').update(content).digest('hex')}"`;
    const known = bodies.get(etag) ?? { body: content, sharers: 0 };
    if (known.sharers === 0) used += content.length;
    known.sharers += 1;
    bodies.set(etag, known);
    // What is written again is the newest.
    drop(key);
    objects.set(key, { body: known.body, etag, modified: new Date(now()) });
    makeRoom();
    return etag;
  }

  function drop(key: string): boolean {
    const object = objects.get(key);
    const shared = object && bodies.get(object.etag);
    if (object && shared) {
      shared.sharers -= 1;
      if (shared.sharers === 0) {
        bodies.delete(object.etag);
        used -= shared.body.length;
      }
    }
    return objects.delete(key);
  }

  function makeRoom(): void {
    for (const key of objects.keys()) {
      if (used <= capacity && objects.size <= mostObjects) return;
      if (/\.(ts|mp4|jpg)$/.test(key)) drop(key);
    }
  }

  /** Takes a PUT: an ETag, or S3's refusal. */
  async function take(req: IncomingMessage): Promise<string | Refusal> {
    const [path = '/', query = ''] = (req.url ?? '/').split('?', 2);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of req) {
      size += chunk.length;
      if (size <= largestObject) chunks.push(chunk);
    }
    if (size > largestObject) return refuse(400, 'EntityTooLarge');
    const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    const refusal = verifyPut(req, path, query, body);
    if (refusal) return refuse(refusal.status, refusal.code);
    if (trouble === 'refuses') return refuse(403, 'AccessDenied');
    if (trouble === 'down') return refuse(503, 'SlowDown');
    const [name, key] = place(path);
    if (name !== bucket) return refuse(404, 'NoSuchBucket', { BucketName: name });
    return key === '' ? refuse(405, 'MethodNotAllowed') : keep(key, body);
  }

  function verifyPut(
    req: IncomingMessage,
    path: string,
    query: string,
    body: Buffer,
  ): SignatureRefusal | { status: 400; code: 'ExpiredToken' | 'InvalidToken' } | undefined {
    const { headers } = req;
    if (headers.authorization !== undefined) {
      const keys = ring.keysFor(headers['x-amz-security-token']?.toString());
      if (typeof keys === 'string') return { status: 400, code: keys };
      return verifySignedHeaders({ method: 'PUT', path, headers, body }, keys, now());
    }
    return query === '' ? { status: 403, code: 'AccessDenied' } : verifyAddress(req, 'PUT', path, query);
  }

  function verifyAddress(req: IncomingMessage, method: string, path: string, query: string) {
    const keys = ring.keysFor(new URLSearchParams(query).get('X-Amz-Security-Token'));
    if (typeof keys === 'string') return { status: 400 as const, code: keys };
    return verifyPresigned({ method, path, query, host: req.headers.host ?? '' }, keys, now());
  }

  /** The object or the list of objects that is asked for, or S3's refusal. */
  function find(req: IncomingMessage): (StoredObject & { key: string }) | { list: string } | Refusal {
    const method = req.method ?? '';
    if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'MethodNotAllowed', { Method: method });
    if (closed) return refuse(403, 'AccessDenied');
    const [path = '/', query = ''] = (req.url ?? '/').split('?', 2);
    const isSigned = /(^|&)X-Amz-/i.test(query);
    const refusal = isSigned ? verifyAddress(req, method, path, query) : undefined;
    if (refusal) return refuse(refusal.status, refusal.code);
    const [name, key] = place(path);
    if (name !== bucket) return refuse(404, 'NoSuchBucket', { BucketName: name });
    // Reading objects is open to all; listing the bucket is not.
    if (key === '') {
      const asked = new URLSearchParams(query);
      if (!isSigned || !mayList || method !== 'GET' || asked.get('list-type') !== '2')
        return refuse(403, 'AccessDenied');
      const all = [...objects].map(([name, o]) => ({ key: name, size: o.body.length, modified: o.modified }));
      const list = listObjects(bucket, asked, all);
      return list === undefined ? refuse(400, 'InvalidArgument') : { list };
    }
    const object = objects.get(key);
    return object ? { ...object, key } : refuse(404, 'NoSuchKey', { Key: key });
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    res.setHeader('access-control-allow-origin', '*');
    res.setHeader('access-control-allow-headers', 'range');
    res.setHeader('access-control-allow-methods', 'GET, HEAD');
    res.setHeader('access-control-expose-headers', 'content-length, content-range, etag');
    if (req.method === 'OPTIONS') {
      res.writeHead(204).end();
      return;
    }
    if (req.method === 'PUT') {
      const taken = await take(req);
      if (typeof taken !== 'string') sendError(req, res, taken.status, taken.code, taken.about);
      else res.writeHead(200, { etag: taken, 'content-length': 0 }).end();
      return;
    }
    const found = find(req);
    if ('list' in found) res.writeHead(200, { 'content-type': 'application/xml' }).end(found.list);
    else if ('code' in found) sendError(req, res, found.status, found.code, found.about);
    else sendObject(req, res, found.key, found);
  }

  const server = createServer((req, res) => {
    // A client that goes away in the middle of an upload leaves nothing behind.
    serve(req, res).catch(() => res.destroy());
  });
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
      keep(r.key, typeof r.body === 'string' ? Buffer.from(r.body) : r.body);
      return { ok: true };
    },
    list: (prefix) => [...objects.keys()].filter((k) => k.startsWith(prefix)).sort(),
    get: (key) => objects.get(key)?.body,
    remove: drop,
    setPrivate(isPrivate) {
      closed = isPrivate;
    },
    setListing(value) {
      mayList = value;
    },
    setTrouble(value) {
      trouble = value;
    },
    trouble: () => trouble,
    issue: ring.issue,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Bucket and key of a path. */
function place(path: string): [bucket: string, key: string] {
  const [, name = '', ...rest] = decode(path).split('/');
  return [name, rest.join('/')];
}

/** The path with its percent-encoding undone; as it is when that is broken, which no key can equal. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
