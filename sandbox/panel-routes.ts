import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { AgoraPanel, FaultRequest } from './ui-protocol.ts';

/** What the page asks for that is not Slack's: the Agora panel, and the video player's library. */
export function createPanelRoutes(parts: {
  agora: { panel(): AgoraPanel; fault(request: FaultRequest): { ok: boolean; error?: string } };
  vendorDir: string;
}): (req: IncomingMessage, res: ServerResponse, url: URL) => Promise<boolean> {
  return async (req, res, url) => {
    if (req.method === 'GET' && url.pathname === '/ui/agora') {
      json(res, 200, parts.agora.panel());
      return true;
    }
    if (req.method === 'POST' && url.pathname === '/ui/agora/fault') {
      const request = parseFault(await body(req));
      json(res, 200, request ? parts.agora.fault(request) : { ok: false, error: 'That is not a fault.' });
      return true;
    }
    if (req.method === 'GET' && url.pathname === '/vendor/hls.mjs') {
      res.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'max-age=3600' });
      createReadStream(join(parts.vendorDir, 'hls.light.mjs')).pipe(res);
      return true;
    }
    return false;
  };
}

function parseFault(text: string): FaultRequest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
    const sid = 'sid' in value && typeof value.sid === 'string' ? value.sid : undefined;
    switch (value.kind) {
      case 'http_500_on':
      case 'http_500_off':
        return { kind: value.kind };
      case 'recorder_dies':
      case 'failover':
      case 'upload_to_backup':
        return sid === undefined ? undefined : { kind: value.kind, sid };
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

async function body(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req) {
    size += chunk.length;
    if (size > 64 * 1024) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function json(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  res.end(JSON.stringify(value));
}
