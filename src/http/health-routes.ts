import { type Route, sendJson } from './create-http-server.ts';

/** GET /healthz: the process answers. GET /readyz: it can do its work; says what is missing if not. */
export function createHealthRoutes(problems: () => Promise<string[]>): Map<string, Route> {
  return new Map<string, Route>([
    ['GET /healthz', (_req, res) => sendJson(res, 200, { status: 'ok' })],
    [
      'GET /readyz',
      async (_req, res) => {
        const found = await problems();
        sendJson(
          res,
          found.length === 0 ? 200 : 503,
          found.length === 0 ? { status: 'ready' } : { status: 'not ready', problems: found },
        );
      },
    ],
  ]);
}
