import type { Route } from './create-http-server.ts';

/** GET /metrics: the Prometheus exposition. */
export function createMetricsRoute(scrape: () => Promise<{ contentType: string; text: string }>): Route {
  return async (_req, res) => {
    const { contentType, text } = await scrape();
    res.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' });
    res.end(text);
  };
}
