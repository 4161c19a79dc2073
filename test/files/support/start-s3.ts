import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createMemoryStore } from '../../../sandbox/storage/memory-store.ts';
import { startS3rver } from '../../../sandbox/storage/start-s3rver.ts';
import { verifyPresigned } from '../../../sandbox/storage/verify-presigned.ts';
import type { Bucket } from '../../../src/files/bucket.ts';

export interface S3Server {
  url: string;
  /** The bucket with a key that may read it and list it. */
  bucket: Bucket;
  /** The same with another key: one that may only write, or read without listing, or one of which the bucket knows nothing. */
  as(key: 'writer' | 'reader' | 'stranger'): Bucket;
  put(key: string, body: string | Buffer): void;
  remove(key: string): boolean;
  /** `METHOD /path` of what was let in, newest last. */
  served: string[];
  close(): Promise<void>;
}

const keys = {
  owner: { accessKey: 'OWNERKEY', secretKey: 'owner/secret+1' },
  reader: { accessKey: 'READERKEY', secretKey: 'reader/secret+2' },
  writer: { accessKey: 'WRITERKEY', secretKey: 'writer/secret+3' },
};

/**
 * A private bucket on loopback: s3rver keeps the objects and checks keys, expiry and signatures (5.0 does; 3.7 took any signature of version 4). A
 * gate before it checks what s3rver does not: that there is a signature, that it names the right region, and what each key may do.
 */
export async function startS3({ allowsPages = true } = {}): Promise<S3Server> {
  const name = 'films';
  const store = createMemoryStore(name, 100 * 1024 * 1024);
  const inner = await startS3rver(name, { store, allowsPages });
  for (const k of Object.values(keys)) inner.admit(k);
  const served: string[] = [];

  const gate = createServer((req, res) => {
    const [path = '/', query = ''] = (req.url ?? '/').split('?', 2);
    const method = req.method ?? '';
    const refuse = (code: string, status = 403) =>
      res
        .writeHead(status, {
          'content-type': 'application/xml',
          ...(allowsPages ? { 'access-control-allow-origin': '*' } : {}),
        })
        .end(method === 'HEAD' ? undefined : `<Error><Code>${code}</Code></Error>`);
    const accessKey = new URLSearchParams(query).get('X-Amz-Credential')?.split('/')[0];
    const [who, key] = Object.entries(keys).find(([, k]) => k.accessKey === accessKey) ?? [];
    if (method !== 'OPTIONS') {
      if (!accessKey) return refuse('AccessDenied');
      if (!key) return refuse('InvalidAccessKeyId');
      const refusal = verifyPresigned({ method, path, query, host: req.headers.host ?? '' }, key, Date.now());
      // A wrong signature is left to the server.
      if (refusal && refusal.code !== 'SignatureDoesNotMatch') return refuse(refusal.code, refusal.status);
      if (who === 'writer' && method !== 'PUT') return refuse('AccessDenied');
    }
    const forwarded = request(
      {
        host: '127.0.0.1',
        port: inner.port,
        agent: inner.agent,
        method,
        path: req.url,
        // The host is signed too, so it stays as it came.
        headers: req.headers,
      },
      (answer) => {
        // As Amazon does it: who may not list the bucket does not learn that an object is absent.
        if (answer.statusCode === 404 && who === 'reader') {
          answer.resume();
          return refuse('AccessDenied');
        }
        served.push(`${method} ${decodeURIComponent(path)}`);
        res.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(res);
      },
    );
    forwarded.on('error', () => res.destroy());
    req.pipe(forwarded);
  });
  await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(gate.address() as AddressInfo).port}`;
  const bucket: Bucket = { vendor: 11, region: '', bucket: name, endpoint: url, ...keys.owner };
  return {
    url,
    bucket,
    as: (who) => ({ ...bucket, ...(who === 'stranger' ? { accessKey: 'NOBODY', secretKey: 'nothing' } : keys[who]) }),
    put: (key, body) => store.put(key, Buffer.from(body)),
    remove: store.remove,
    served,
    async close() {
      await new Promise<void>((resolve) => {
        gate.close(() => resolve());
        gate.closeAllConnections();
      });
      await inner.close();
    },
  };
}
