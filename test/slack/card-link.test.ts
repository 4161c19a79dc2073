import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBoltLogger } from '../../src/slack/bolt-logger.ts';
import { cardLink } from '../../src/slack/services.ts';
import { captureLog } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { sessionIn } from './support/sessions.ts';

/** A Slack that takes the question and never answers. */
const sockets: Socket[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

test('a link that Slack does not give in time is done without', async () => {
  const client = new WebClient('xoxb-1', {
    slackApiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    retryConfig: { retries: 0 },
    logger: createBoltLogger(captureLog().log),
  });
  const s = sessionIn('recording', { card: { channel: 'C1', ts: '1.000001' } });
  expect(await cardLink(client, s, 50)).toBeUndefined();
  await until('Slack was asked', () => sockets.length === 1);
  expect(await cardLink(client, sessionIn('recording'))).toBeUndefined();
  expect(sockets).toHaveLength(1);
});
