import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { app } from './world.ts';

export interface SocketMode {
  /** An address with a single-use ticket. */
  open(): string;
  /** Sends a payload over one of the connections; resolves with the acknowledgement, or says why there was none. */
  send(
    type: 'slash_commands' | 'interactive',
    payload: object,
  ): Promise<{ acked: true; payload: unknown } | { acked: false; why: 'no_connection' | 'timeout' }>;
  count(): number;
  /** What Slack does every few hours: asks each client to connect anew. */
  refresh(reason: 'warning' | 'refresh_requested'): void;
  onCount(listener: (count: number) => void): void;
  close(): void;
}

const maxConnections = 10;
/** Slack's patience with an acknowledgement, ms. */
const ackTime = 3_000;
const pingEvery = 8_000;

/** Socket Mode (docs.slack.dev/apis/events-api/using-socket-mode): tickets, hello, envelopes to any one connection, acknowledgements, pings. */
export function createSocketMode(server: Server, wsBase: () => string): SocketMode {
  const wss = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const sockets: WebSocket[] = [];
  const waiting = new Map<string, (payload: unknown) => void>();
  let turn = 0;
  let counted: (count: number) => void = () => undefined;

  server.on('upgrade', (req: IncomingMessage, socket, head) => {
    const ticket = new URL(req.url ?? '/', 'http://sandbox').searchParams.get('ticket') ?? '';
    if (!tickets.delete(ticket)) {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    wss.handleUpgrade(req, socket, head, (ws) => welcome(ws));
  });

  function welcome(ws: WebSocket): void {
    if (sockets.length >= maxConnections) {
      ws.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', debug_info: { host: 'sandbox' } }));
      ws.close();
      return;
    }
    sockets.push(ws);
    counted(sockets.length);
    ws.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.length,
        debug_info: { host: 'sandbox', build_number: 1, approximate_connection_time: 18060 },
        connection_info: { app_id: app.id },
      }),
    );
    const pings = setInterval(() => ws.ping(), pingEvery);
    ws.on('message', (data) => {
      try {
        const ack: unknown = JSON.parse(String(data));
        if (typeof ack !== 'object' || ack === null || !('envelope_id' in ack)) return;
        const id = String(ack.envelope_id);
        waiting.get(id)?.('payload' in ack ? ack.payload : undefined);
        waiting.delete(id);
      } catch {
        ws.close();
      }
    });
    ws.on('close', () => {
      clearInterval(pings);
      const i = sockets.indexOf(ws);
      if (i >= 0) sockets.splice(i, 1);
      counted(sockets.length);
    });
    ws.on('error', () => ws.close());
  }

  return {
    open() {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `${wsBase()}/link/?ticket=${ticket}&app_id=${app.id}`;
    },
    send(type, payload) {
      const open = sockets.filter((s) => s.readyState === s.OPEN);
      const ws = open[turn++ % Math.max(open.length, 1)];
      if (!ws) return Promise.resolve({ acked: false, why: 'no_connection' });
      const envelope_id = randomUUID();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          waiting.delete(envelope_id);
          resolve({ acked: false, why: 'timeout' });
        }, ackTime);
        waiting.set(envelope_id, (answer) => {
          clearTimeout(timer);
          resolve({ acked: true, payload: answer });
        });
        ws.send(JSON.stringify({ envelope_id, type, accepts_response_payload: true, payload }));
      });
    },
    count: () => sockets.length,
    refresh(reason) {
      // One at a time in real life; the client closes and comes back by itself.
      for (const ws of [...sockets])
        ws.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }));
    },
    onCount(listener) {
      counted = listener;
    },
    close() {
      for (const ws of sockets) ws.terminate();
      wss.close();
    },
  };
}
