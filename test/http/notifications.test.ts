import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { parseNotification, verifyNotification } from '../../src/agora/notification.ts';
import { createHttpServer, type HttpServer } from '../../src/http/create-http-server.ts';
import { createHealthRoutes } from '../../src/http/health-routes.ts';
import { createNotificationsRoute } from '../../src/http/notifications-route.ts';
import { captureLog } from '../support/quiet-log.ts';

const secret = 'secret';
/** The body and digest that Agora publishes. */
const published =
  '{"eventMs":1560408533119,"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f","notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}';
const publishedV2 = '6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99';

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function listen(options: { enabled?: boolean; accept?: (raw: Buffer) => Promise<{ invalid?: string }> } = {}) {
  const captured = captureLog();
  const accepted: Buffer[] = [];
  const route = createNotificationsRoute(
    {
      enabled: options.enabled ?? true,
      verify: (raw, signature) => verifyNotification({ secret, raw, signature }),
      accept:
        options.accept ??
        (async (raw) => {
          accepted.push(raw);
          const parsed = parseNotification(raw);
          return parsed.kind === 'invalid' ? { invalid: parsed.why } : {};
        }),
    },
    captured.log,
  );
  const routes = createHealthRoutes(async () => ({ problems: [], warnings: [], details: {} }));
  routes.set('POST /agora/notifications', route);
  server = await createHttpServer({ host: '127.0.0.1', port: 0, routes, log: captured.log });
  const url = `${server.url}/agora/notifications`;
  const post = (body: string | Buffer<ArrayBuffer>, signature?: string) =>
    fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...(signature ? { 'agora-signature-v2': signature } : {}) },
    });
  return { url, post, accepted, captured };
}

const sign = (body: string | Buffer, key = secret) => createHmac('sha256', key).update(body).digest('hex');
const notice = (more: object = {}) =>
  JSON.stringify({
    noticeId: 'n1',
    productId: 3,
    eventType: 31,
    notifyMs: 1,
    payload: { sid: 's', cname: 'c', uid: '7', details: {} },
    ...more,
  });

describe('POST /agora/notifications', () => {
  test('takes what Agora signed, down to the published vector', async () => {
    const { post, accepted } = await listen();
    expect((await post(published, publishedV2)).status).toBe(200);
    const answer = await post(notice(), sign(notice()));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({});
    expect(accepted).toHaveLength(2);
  });

  test.each([
    ['no signature', notice(), undefined],
    ['a wrong secret', notice(), sign(notice(), 'other')],
    ['one changed byte', `${notice()} `, sign(notice())],
    ['a truncated signature', notice(), sign(notice()).slice(0, 40)],
    ['upper-case hex', notice(), sign(notice()).toUpperCase()],
    ['the older SHA-1', notice(), createHmac('sha1', secret).update(notice()).digest('hex')],
    ['a signature of something else', notice(), sign('{}')],
  ])('refuses %s, and saves nothing', async (_what, body, signature) => {
    const { post, accepted } = await listen();
    expect((await post(body, signature)).status).toBe(401);
    expect(accepted).toEqual([]);
  });

  test.each([
    ['not JSON', 'hello'],
    ['not UTF-8', Buffer.from([0xff, 0xfe, 0x7b])],
    ['no noticeId', JSON.stringify({ productId: 3, eventType: 1 })],
  ])('answers 400 to a signed body that is %s', async (_what, body) => {
    const { post } = await listen();
    expect((await post(body, sign(body))).status).toBe(400);
  });

  test('does not read more than it should', async () => {
    const { post, accepted } = await listen();
    const big = 'x'.repeat(300 * 1024);
    expect((await post(big, sign(big))).status).toBe(413);
    expect(accepted).toEqual([]);
  });

  test('answers 500 when it could not be saved, so that Agora sends it again', async () => {
    const { post } = await listen({
      accept: async () => {
        throw new Error('no store');
      },
    });
    expect((await post(notice(), sign(notice()))).status).toBe(500);
  });

  test('answers 503 without a secret, and says why once', async () => {
    const { post, captured } = await listen({ enabled: false });
    expect((await post(notice(), sign(notice()))).status).toBe(503);
    expect((await post(notice(), sign(notice()))).status).toBe(503);
    expect(captured.entries.filter((e) => e.msg.includes('AGORA_NOTIFICATION_SECRET'))).toHaveLength(1);
  });

  test('other methods and paths', async () => {
    const { url } = await listen();
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(`${url}/x`)).status).toBe(404);
    expect((await fetch(url.replace('/agora/notifications', '/healthz'))).status).toBe(200);
  });
});

describe('what a notification says', () => {
  const read = (body: object) => parseNotification(Buffer.from(JSON.stringify(body)));

  test('events in full', () => {
    const details = {
      msgName: 'uploaded',
      status: 0,
      fileList: [{ fileName: 'p/a.m3u8', trackType: 'audio_and_video', uid: '0', sliceStartTime: 1_700_000_000_000 }],
    };
    expect(
      read({
        noticeId: 'n',
        productId: 3,
        eventType: 31,
        payload: { cname: 'c', uid: '7', sid: 's', sequence: 2, details },
      }),
    ).toEqual({
      kind: 'notice',
      notice: {
        noticeId: 'n',
        eventType: 31,
        sid: 's',
        channelName: 'c',
        uid: '7',
        sequence: 2,
        details: {
          files: [{ name: 'p/a.m3u8', trackType: 'audio_and_video', uid: '0', sliceStartTime: 1_700_000_000_000 }],
        },
      },
    });
    expect(
      read({ noticeId: 'n', productId: 3, eventType: 12, payload: { sid: 's', details: { newUid: 42 } } }),
    ).toMatchObject({ notice: { details: { newUid: '42' } } });
  });

  test('test events, other products and new fields do no harm', () => {
    expect(read({ noticeId: 'n', productId: 3, eventType: 11 })).toEqual({
      kind: 'notice',
      notice: { noticeId: 'n', eventType: 11, details: {} },
    });
    expect(read({ noticeId: 'n', productId: 1, eventType: 101, payload: {} })).toEqual({ kind: 'ignored' });
    expect(
      read({ noticeId: 'n', productId: 3, eventType: 999, brandNew: 1, payload: { details: 'odd' } }),
    ).toMatchObject({ kind: 'notice' });
  });
});
