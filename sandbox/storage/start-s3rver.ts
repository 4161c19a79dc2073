import { Agent } from 'node:http';
import type { MemoryStore } from './memory-store.ts';
import type { Keys } from './verify-presigned.ts';

/** An S3 server on loopback that others wrote, with one bucket. */
export interface S3Server {
  port: number;
  /** Connections to it are kept open. */
  agent: Agent;
  /** From now on requests may be signed with these. */
  admit(keys: Keys): void;
  close(): Promise<void>;
}

/** What a bucket's owner allows a player page (AWS docs, CORS configuration). */
const cors = `<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>
<AllowedMethod>HEAD</AllowedMethod><AllowedHeader>*</AllowedHeader><ExposeHeader>Content-Length</ExposeHeader>
<ExposeHeader>Content-Range</ExposeHeader><ExposeHeader>ETag</ExposeHeader></CORSRule></CORSConfiguration>`;

/** s3rver's own writes each request out, which takes longer than the request. */
const noLog = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  exceptions: { unhandle: () => undefined },
  close: () => undefined,
};

/**
 * s3rver, which speaks S3, checks signatures, and lets in whoever shows none. Its objects are kept in memory instead of on the disk. It takes a
 * quarter of a second to load, so nobody waits for it who does not need it.
 */
export async function startS3rver(
  bucket: string,
  { store, allowsPages }: { store: MemoryStore; allowsPages: boolean },
): Promise<S3Server> {
  const [{ default: S3rver }, { default: accounts }] = await Promise.all([
    import('@20minutes/s3rver'),
    import('@20minutes/s3rver/lib/models/account.js'),
  ]);
  const server = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory: '',
    vhostBuckets: false,
    configureBuckets: [{ name: bucket, configs: allowsPages ? [cors] : [] }],
  });
  for (const where of [server, server.context]) Object.assign(where, { store, logger: noLog });
  const { port } = await server.run();
  const agent = new Agent({ keepAlive: true });
  return {
    port,
    agent,
    // All servers of a process share one list of keys.
    admit: ({ accessKey, secretKey }) => accounts.DUMMY_ACCOUNT.createKeyPair(accessKey, secretKey),
    async close() {
      agent.destroy();
      await server.close();
    },
  };
}
