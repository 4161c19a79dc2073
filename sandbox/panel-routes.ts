import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { AgoraPanel, FaultRequest } from './ui-protocol.ts';

/** How long a slow upload takes that the page asks for, virtual seconds: longer than a stop waits. */
const slowUpload = 45;

/** What the page asks for that is not Slack's: the Agora panel, and the video player's library. */
export function createPanelRoutes(parts: {
  agora: { panel(): AgoraPanel; fault(request: FaultRequest): { ok: boolean; error?: string } };
  storage: { setTrouble(trouble: 'refuses' | undefined): void; trouble(): string | undefined };
  /** Tells pages how things are, when it is not Agora that has changed. */
  onChange(): void;
  vendorDir: string;
}): (req: IncomingMessage, res: ServerResponse, url: URL) => Promise<boolean> {
  return async (req, res, url) => {
    if (req.method === 'GET' && url.pathname === '/ui/agora') {
      json(res, 200, panelOf(parts));
      return true;
    }
    if (req.method === 'POST' && url.pathname === '/ui/agora/fault') {
      const request = parseFault(await body(req));
      if (request?.kind === 'bucket_refuses_on' || request?.kind === 'bucket_refuses_off') {
        parts.storage.setTrouble(request.kind === 'bucket_refuses_on' ? 'refuses' : undefined);
        json(res, 200, { ok: true });
        parts.onChange();
        return true;
      }
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

/** Agora's side, and the bucket's. */
export function panelOf(parts: {
  agora: { panel(): AgoraPanel };
  storage: { trouble(): string | undefined };
}): AgoraPanel {
  return { ...parts.agora.panel(), bucketRefuses: parts.storage.trouble() === 'refuses' };
}

function parseFault(text: string): FaultRequest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('kind' in value)) return undefined;
    const sid = 'sid' in value && typeof value.sid === 'string' ? value.sid : undefined;
    switch (value.kind) {
      case 'http_500_on':
      case 'http_500_off':
      case 'capacity_full_on':
      case 'capacity_full_off':
      case 'bucket_refuses_on':
      case 'bucket_refuses_off':
        return { kind: value.kind };
      case 'lose_start_reply':
        return { kind: 'drop', endpoint: 'start', after: true };
      case 'http_500_thrice':
        return { kind: 'answer', endpoint: '*', status: 500, body: { code: 500, reason: 'internal_error' }, times: 3 };
      case 'slow_upload':
        return sid === undefined ? undefined : { kind: value.kind, sid, seconds: slowUpload };
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
