import { type App, SocketModeReceiver } from '@slack/bolt';
import type { Log } from '../recording/ports.ts';

/** The part of Slack's client that is needed to keep a connection. */
export type SocketClient = SocketModeReceiver['client'];

/** Slack's client for one connection, whose commands and clicks the app hears. What is wrong in a message harms nobody else. */
export function createSocketClient(
  app: App,
  options: ConstructorParameters<typeof SocketModeReceiver>[0],
  log: Log,
): SocketClient {
  // Whoever keeps the connection opens the next one.
  const receiver = new SocketModeReceiver({ ...options, autoReconnectEnabled: false });
  receiver.init(app);
  const { client } = receiver;
  // The client reads messages in a function whose failures nobody catches, and that would end the process.
  const readers = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  client.on('ws_message', async (...message: unknown[]) => {
    for (const read of readers) {
      try {
        await read.apply(client, message as never);
      } catch (error) {
        log.warn({ err: error }, 'A message on a connection to Slack makes no sense, and is left out');
      }
    }
  });
  return client;
}

/** Tells why Slack is about to end the connection: `warning`, `refresh_requested`, `link_disabled`, `too_many_websockets` (docs.slack.dev/apis/events-api/using-socket-mode). */
export function onReason(client: SocketClient, tell: (reason: string) => void): void {
  client.on('ws_message', (data: unknown) => {
    if (typeof data !== 'string' || !data.includes('"disconnect"')) return;
    try {
      const message: unknown = JSON.parse(data);
      const isEnd =
        typeof message === 'object' && message !== null && 'type' in message && message.type === 'disconnect';
      if (isEnd && 'reason' in message && typeof message.reason === 'string') tell(message.reason);
    } catch {
      // The client says what it thinks of it.
    }
  });
}
