import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listObjects } from './list-objects.ts';
import { createMemoryStore } from './memory-store.ts';
import { plainRange } from './plain-range.ts';
import { sendError } from './send-error.ts';
import { type S3Server, startS3rver } from './start-s3rver.ts';
import { createKeyRing, type TemporaryKeys } from './temporary-keys.ts';
import { type SignatureRefusal, verifyPresigned, verifySignedHeaders } from './verify-presigned.ts';

export interface StorageSandbox {
  /** `http://127.0.0.1:port`; objects are at `/{bucket}/{key}`. */
  url: string;
  /** Writes an object from inside; everybody else sends a signed PUT. */
  put(key: string, body: Buffer | string): void;
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

export interface StorageOptions {
  /** 0: any free port. */
  port?: number;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** The clock that temporary keys run out by, if it is another one than the machine's. Milliseconds since the epoch. */
  tokenNow?: () => number;
  /** Past this many bytes the oldest media files are dropped, because a sandbox must not fill a machine. */
  capacity?: number;
}

/** Larger than any file of a recording here. Bytes. */
const largestObject = 64 * 1024 * 1024;

interface Refusal {
  status: number;
  code: string;
}

const refuse = (status: number, code: string): Refusal => ({ status, code });

/**
 * One bucket over HTTP on loopback, path style: s3rver behind a gate. The gate knows what s3rver does not: whose keys may do what, keys that run out,
 * what S3 besides wants of a signature, lists, and troubles. Whether the signature itself is right is left to s3rver. Reading objects is open to all on
 * this machine; writing and listing take a signature.
 */
export async function createStorage(options: StorageOptions): Promise<StorageSandbox> {
  const { bucket, accessKey, secretKey, capacity = 300 * 1024 * 1024 } = options;
  const ring = createKeyRing({ accessKey, secretKey }, options.tokenNow ?? Date.now);
  const store = createMemoryStore(bucket, capacity);
  let closed = false;
  let mayList = true;
  let trouble: 'refuses' | 'down' | undefined;

  let running: S3Server | undefined;
  let starting: Promise<S3Server> | undefined;
  const s3rver = () => {
    starting ??= startS3rver(bucket, { store, allowsPages: true }).then((server) => {
      for (const keys of ring.all()) server.admit(keys);
      running = server;
      return server;
    });
    return starting;
  };

  /** Takes a PUT. */
  async function take(req: IncomingMessage, res: ServerResponse): Promise<Refusal | undefined> {
    const [path, query] = pathAndQuery(req);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of req) {
      size += chunk.length;
      if (size <= largestObject) chunks.push(chunk);
    }
    if (size > largestObject) return refuse(400, 'EntityTooLarge');
    const body = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
    const refusal = verifyPut(req, path, query, body);
    if (refusal) return refusal;
    if (place(path)[1] === '') return refuse(405, 'MethodNotAllowed');
    if (trouble === 'refuses') return refuse(403, 'AccessDenied');
    if (trouble === 'down') return refuse(503, 'SlowDown');
    await pass(req, res, body);
    return undefined;
  }

  function verifyPut(req: IncomingMessage, path: string, query: string, body: Buffer): Refusal | undefined {
    const { headers } = req;
    if (headers.authorization !== undefined) {
      const keys = ring.keysFor(headers['x-amz-security-token']?.toString());
      if (typeof keys === 'string') return refuse(400, keys);
      return but(
        'SignatureDoesNotMatch',
        verifySignedHeaders({ method: 'PUT', path, headers, body }, keys, Date.now()),
      );
    }
    if (query === '') return refuse(403, 'AccessDenied');
    return but('SignatureDoesNotMatch', verifyAddress(req, 'PUT', path, query));
  }

  function verifyAddress(req: IncomingMessage, method: string, path: string, query: string): Refusal | undefined {
    const keys = ring.keysFor(new URLSearchParams(query).get('X-Amz-Security-Token'));
    if (typeof keys === 'string') return refuse(400, keys);
    const host = req.headers.host ?? '';
    return verifyPresigned({ method, path, query, host }, keys, Date.now());
  }

  /** Why a GET or HEAD is not let in; or the list of objects that is asked for. */
  function judge(req: IncomingMessage): Refusal | { list: string } | undefined {
    const { method = '' } = req;
    if (method !== 'GET' && method !== 'HEAD') return refuse(405, 'MethodNotAllowed');
    if (closed) return refuse(403, 'AccessDenied');
    const [path, query] = pathAndQuery(req);
    const isSigned = /(^|&)X-Amz-/i.test(query);
    const refusal = isSigned ? verifyAddress(req, method, path, query) : undefined;
    const [name, key] = place(path);
    if (refusal || (name !== '' && (name !== bucket || key !== ''))) return but('SignatureDoesNotMatch', refusal);
    const asked = new URLSearchParams(query);
    if (!isSigned || !mayList || method !== 'GET' || asked.get('list-type') !== '2') return refuse(403, 'AccessDenied');
    // s3rver cannot: past a thousand keys it wants DES, which OpenSSL 3 has no more.
    const list = listObjects(bucket, asked, store.all());
    return list === undefined ? refuse(400, 'InvalidArgument') : { list };
  }

  /** Lets a request through. */
  async function pass(req: IncomingMessage, res: ServerResponse, body?: Buffer): Promise<void> {
    const { port, agent } = await s3rver();
    await new Promise<void>((resolve, reject) => {
      // The host is signed too, so it stays as it came.
      const { method, url: path } = req;
      const size = store.get(place(pathAndQuery(req)[0])[1])?.length ?? 0;
      const { range: asked, ...others } = req.headers;
      const range = plainRange(asked, size);
      const headers = range === undefined ? others : { ...others, range };
      const forwarded = request({ host: '127.0.0.1', port, agent, method, path, headers }, (answer) => {
        if (answer.statusCode === 416) res.setHeader('content-range', `bytes */${size}`);
        // The list of a running recording is overwritten all the time.
        res.writeHead(answer.statusCode ?? 500, { ...answer.headers, 'cache-control': 'no-store' });
        answer.pipe(res);
        answer.on('end', resolve).on('error', reject);
      });
      forwarded.on('error', reject).end(body);
      res.on('close', () => {
        if (!res.writableFinished) forwarded.destroy();
      });
    });
  }

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method } = req;
    const judged = method === 'PUT' ? await take(req, res) : method === 'OPTIONS' ? undefined : judge(req);
    if (judged && 'list' in judged) res.writeHead(200, { 'content-type': 'application/xml' }).end(judged.list);
    else if (judged) sendError(req, res, judged.status, judged.code);
    else if (method !== 'PUT') await pass(req, res);
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
    put: (key, body) => store.put(key, Buffer.from(body)),
    list: (prefix) =>
      store
        .all()
        .map((o) => o.key)
        .filter((key) => key.startsWith(prefix))
        .sort(),
    get: store.get,
    remove: store.remove,
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
    issue(seconds) {
      const keys = ring.issue(seconds);
      running?.admit(keys);
      return keys;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await (await starting)?.close();
    },
  };
}

/** A refusal, unless it is for a reason that somebody else judges. */
function but(code: SignatureRefusal['code'], refusal: Refusal | undefined): Refusal | undefined {
  return refusal?.code === code ? undefined : refusal;
}

function pathAndQuery(req: IncomingMessage): [path: string, query: string] {
  const [path = '/', query = ''] = (req.url ?? '/').split('?', 2);
  return [path, query];
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
