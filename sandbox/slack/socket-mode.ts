import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Delivered } from './http-delivery.ts';
import { app } from './world.ts';

/** Why Slack asks a client to go; `warning` comes some seconds before it does. */
export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled';

export interface SocketMode {
  /** An address with a single-use ticket. */
  open(): string;
  /** Sends a payload over one of the connections; resolves with the acknowledgement, or says why there was none. */
  send(type: 'slash_commands' | 'interactive', payload: object): Promise<Delivered>;
  count(): number;
  /** What Slack does every few hours: asks clients to connect anew, the oldest connections first. Of so many connections, or of all. */
  refresh(reason: DisconnectReason, howMany?: number): void;
  /** Cuts so many connections, or all, as a broken network does. */
  drop(howMany?: number): void;
  onCount(listener: (count: number) => void): void;
  close(): void;
}

const maxConnections = 10;
/** Slack's patience with an acknowledgement, ms. */
const ackTime = 3_000;
const pingEvery = 8_000;
/** How long a client may stay that was asked to go, ms. */
const grace = 10_000;
/** How long a ticket is good, ms. Slack says that it is short, and no number. */
const ticketTime = 30_000;

/** Socket Mode (docs.slack.dev/apis/events-api/using-socket-mode): tickets, hello, envelopes to any one connection, acknowledgements, pings. */
export function createSocketMode(server: Server, wsBase: () => string): SocketMode {
  const wss = new WebSocketServer({ noServer: true });
  const tickets = new Map<string, number>();
  const sockets: WebSocket[] = [];
  /** Asked to go: nothing is sent over these any more. */
  const leaving = new Map<WebSocket, NodeJS.Timeout>();
  const waiting = new Map<string, (payload: unknown) => void>();
  let turn = 0;
  let counted: (count: number) => void = () => undefined;

  server.on('upgrade', (req: IncomingMessage, socket, head) => {
    const url = new URL(req.url ?? '/', 'http://sandbox');
    const ticket = url.searchParams.get('ticket') ?? '';
    const madeAt = tickets.get(ticket);
    tickets.delete(ticket);
    if (url.pathname !== '/link/' || madeAt === undefined || performance.now() - madeAt > ticketTime) {
      socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
      return;
    }
    wss.handleUpgrade(req, socket, head, (ws) => welcome(ws));
  });

  function welcome(ws: WebSocket): void {
    if (sockets.length >= maxConnections) {
      disconnect(ws, 'too_many_websockets');
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
      clearTimeout(leaving.get(ws));
      leaving.delete(ws);
      const i = sockets.indexOf(ws);
      if (i >= 0) sockets.splice(i, 1);
      counted(sockets.length);
    });
    ws.on('error', () => ws.close());
  }

  const disconnect = (ws: WebSocket, reason: string) =>
    ws.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'sandbox' } }));

  return {
    open() {
      const ticket = randomUUID();
      tickets.set(ticket, performance.now());
      return `${wsBase()}/link/?ticket=${ticket}&app_id=${app.id}`;
    },
    send(type, payload) {
      const open = sockets.filter((s) => s.readyState === s.OPEN && !leaving.has(s));
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
    refresh(reason, howMany = sockets.length) {
      for (const ws of sockets.filter((s) => !leaving.has(s)).slice(0, howMany)) {
        disconnect(ws, reason);
        // After a mere warning the connection is still of use for a while.
        if (reason !== 'warning')
          leaving.set(
            ws,
            setTimeout(() => ws.close(), grace),
          );
      }
    },
    drop(howMany = sockets.length) {
      for (const ws of sockets.slice(0, howMany)) ws.terminate();
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
