import { type Route, sendJson } from './create-http-server.ts';

export interface Health {
  /** What is not as it should be: sentences. None: ready. */
  problems: string[];
  /** What does work, and is to be looked after: sentences. */
  warnings: string[];
  /** Figures and states, for whoever looks. */
  details: Record<string, string | number | null>;
}

/** GET /healthz: the process answers. GET /readyz: it can do its work; says what is missing if not. */
export function createHealthRoutes(look: () => Promise<Health>): Map<string, Route> {
  return new Map<string, Route>([
    ['GET /healthz', (_req, res) => sendJson(res, 200, { status: 'ok' })],
    [
      'GET /readyz',
      async (_req, res) => {
        const { problems, warnings, details } = await look();
        const ready = problems.length === 0;
        sendJson(res, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready', problems, warnings, ...details });
      },
    ],
  ]);
}
