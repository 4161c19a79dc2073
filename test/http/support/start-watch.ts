import type { Bucket } from '../../../src/files/bucket.ts';
import { createWatchable } from '../../../src/files/watchable.ts';
import { createHttpServer, type HttpServer } from '../../../src/http/create-http-server.ts';
import { createWatchRoutes, type WatchParts } from '../../../src/http/watch-routes.ts';
import { signWatchToken, type WatchGrant } from '../../../src/http/watch-token.ts';
import { captureLog } from '../../support/quiet-log.ts';

export const secret = Buffer.alloc(32, 7);

export interface WatchServer extends HttpServer {
  /** The address of a player page. */
  link(grant: Partial<WatchGrant>): string;
  captured: ReturnType<typeof captureLog>;
}

/** The player over a real bucket, as the bot puts it together. The session `s1` has the objects below `acme/`. */
export async function startWatch(bucket: Bucket, more: Partial<WatchParts> = {}): Promise<WatchServer> {
  const captured = captureLog();
  const routes = createWatchRoutes({
    secret,
    now: Date.now,
    async open({ sessionId, key }) {
      if (sessionId !== 's1' || !key.startsWith('acme/')) return undefined;
      const watchable = createWatchable(bucket, key);
      return watchable && { title: 'math-101 <b>&', ...watchable };
    },
    log: captured.log,
    ...more,
  });
  const server = await createHttpServer({ host: '127.0.0.1', port: 0, routes, log: captured.log });
  const link = (grant: Partial<WatchGrant>) =>
    `${server.url}/watch/${signWatchToken({ sessionId: 's1', key: 'acme/film.m3u8', expiresAt: Date.now() + 3_600_000, ...grant }, secret)}`;
  return { ...server, link, captured };
}
