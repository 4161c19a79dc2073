import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../recording/ports.ts';

/** Answers one request, or throws: then the caller gets a 500. */
export type Route = (req: IncomingMessage, res: ServerResponse) => Promise<void> | void;

export interface HttpServer {
  /** `http://host:port`, as bound. */
  url: string;
  /** Takes no new connection, and ends once what was asked is answered, or after a moment. */
  close(): Promise<void>;
}

/** Slack waits for an answer for three seconds; who waits for longer has given up. Milliseconds. */
const lastAnswers = 3_000;

/**
 * The bot's own HTTP server: Agora's notifications, health, the player page, and in HTTP mode Slack's requests. Routes are `METHOD /path`, or
 * `METHOD /path/*` for all that is below. A route that throws answers 500 and harms nobody else.
 */
export async function createHttpServer(parts: {
  host: string;
  port: number;
  routes: ReadonlyMap<string, Route>;
  log: Log;
  /** Told of each request once it is answered. `route`: the pattern; `none` where there is no such route. `seconds`: until the end of the answer. */
  onAnswer?: (r: { method: string; route: string; status: number; seconds: number }) => void;
}): Promise<HttpServer> {
  const { routes, log, onAnswer } = parts;
  const underWay = new Set<ServerResponse>();
  let closing = false;
  /** Whoever asks again takes a connection to somebody who answers. */
  const isLast = (res: ServerResponse) => !res.headersSent && res.setHeader('connection', 'close');
  const server = createServer(async (req, res) => {
    const started = performance.now();
    underWay.add(res);
    if (closing) isLast(res);
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    const [pattern, ...wider] = patternsOf(routes).filter((p) => fits(p, path));
    const route =
      routes.get(`${req.method} ${pattern}`) ?? wider.map((p) => routes.get(`${req.method} ${p}`)).find(Boolean);
    res.on('close', () => {
      underWay.delete(res);
      const known = ['GET', 'POST', 'HEAD'].includes(req.method ?? '');
      const method = known ? (req.method ?? '') : '_OTHER';
      onAnswer?.({
        method,
        route: pattern ?? 'none',
        status: res.statusCode,
        seconds: (performance.now() - started) / 1000,
      });
    });
    try {
      if (route) await route(req, res);
      else if (pattern) sendJson(res, 405, { error: 'method not allowed' });
      else sendJson(res, 404, { error: 'not found' });
    } catch (error) {
      // The pattern and not the path, which may hold somebody's link.
      log.error({ err: error, path: pattern }, 'A request failed');
      if (!res.headersSent) sendJson(res, 500, { error: 'internal error' });
      else res.destroy();
    }
  });
  // A slow sender must not hold a connection for good.
  server.requestTimeout = 15_000;
  server.headersTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(parts.port, parts.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  server.on('error', (error) => log.error({ err: error }, 'The HTTP server had an error'));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${parts.host.includes(':') ? `[${parts.host}]` : parts.host}:${port}`,
    async close() {
      closing = true;
      for (const res of underWay) isLast(res);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // What is carried out must be answered too, also what comes meanwhile: else Slack says that a command failed which did not.
      const over = delay(lastAnswers, true, { ref: false });
      let isOver = false;
      while (underWay.size > 0 && !isOver) {
        const answered = [...underWay].map((res) => new Promise((resolve) => res.once('close', resolve)));
        isOver = await Promise.race([Promise.all(answered).then(() => false), over]);
      }
      // Kept-alive connections would hold the process for minutes.
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The paths of all routes, the exact ones first. */
const patternsOf = (routes: ReadonlyMap<string, Route>): string[] =>
  [...routes.keys()]
    .map((r) => r.slice(r.indexOf(' ') + 1))
    .sort((a, b) => Number(a.endsWith('/*')) - Number(b.endsWith('/*')));

/** `/path` is itself, `/path/*` is all that is below. */
const fits = (pattern: string, path: string) =>
  pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;

export function sendJson(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  res.end(JSON.stringify(body));
}
