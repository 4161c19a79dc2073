import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createHttpServer } from '../../src/http/create-http-server.ts';
import { type S3Server, startS3 } from '../files/support/start-s3.ts';
import { captureLog } from '../support/quiet-log.ts';
import { startWatch, type WatchServer } from './support/start-watch.ts';

let s3: S3Server;
let watch: WatchServer;
const agora = `#EXTM3U
#EXT-X-VERSION:3
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-ALLOW-CACHE:YES
#EXT-X-TARGETDURATION:18
#EXT-X-DISCONTINUITY
#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=20260102030405678
#EXTINF:15.019000
film_0.ts
#EXT-X-KEY:METHOD=AES-128,URI="https://evil.example.com/key"
#EXTINF:3.5
film 1.ts
#EXTINF:9
../../secret.ts
#EXTINF:3.5
film_2.ts
`;
beforeAll(async () => {
  s3 = await startS3();
  await s3.put('acme/film.m3u8', `${agora}#EXT-X-ENDLIST\n`);
  await s3.put('acme/live.m3u8', agora);
  await s3.put('acme/film.mp4', 'a film');
  await s3.put(
    'acme/av.m3u8',
    '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nno.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nfilm.m3u8\n',
  );
  await s3.put('acme/webm.m3u8', '#EXTM3U\n#EXTINF:1\na.webm\n');
  for (const name of ['film_0.ts', 'film 1.ts', 'film_2.ts']) await s3.put(`acme/${name}`, `slice ${name}`);
  await s3.put('secret.ts', 'secret');
}, 60_000);
afterAll(() => s3?.close());
beforeEach(async () => {
  watch = await startWatch(s3.bucket);
});
afterEach(() => watch.close());

const addresses = (text: string) => text.split('\n').filter((line) => /^https?:/.test(line));

describe('the list', () => {
  test('plays: every slice opens through its signed address, and nothing else of the file gets through', async () => {
    const answer = await fetch(`${watch.link({})}/list.m3u8`);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'application/vnd.apple.mpegurl',
      'no-store',
    ]);
    const text = await answer.text();
    expect(text.replace(/^http.*$/gm, 'URL')).toBe(`#EXTM3U
#EXT-X-VERSION:3
#EXT-X-TARGETDURATION:16
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-DISCONTINUITY
#EXTINF:15.019000,
URL
#EXTINF:3.500000,
URL
#EXT-X-DISCONTINUITY
#EXTINF:3.500000,
URL
#EXT-X-ENDLIST
`);
    const slices = await Promise.all(addresses(text).map((url) => fetch(url)));
    expect(await Promise.all(slices.map((s) => s.text()))).toEqual([
      'slice film_0.ts',
      'slice film 1.ts',
      'slice film_2.ts',
    ]);
    expect(slices.map((s) => s.headers.get('content-type'))).toEqual(['video/mp2t', 'video/mp2t', 'video/mp2t']);
  });

  test('that still grows is an event that starts at its beginning, and keeps its addresses', async () => {
    const link = `${watch.link({ key: 'acme/live.m3u8' })}/list.m3u8`;
    const text = await (await fetch(link)).text();
    expect(text).toContain('#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-START:TIME-OFFSET=0,PRECISE=YES\n');
    expect(text).not.toContain('ENDLIST');
    await delay(1_100);
    expect(await (await fetch(link)).text()).toBe(text);
  });

  test('of lists leaves out those that were never written', async () => {
    const link = `${watch.link({ key: 'acme/av.m3u8' })}/list.m3u8`;
    const text = await (await fetch(link)).text();
    expect(text.split('\n').filter((line) => line.startsWith('?'))).toEqual(['?part=1']);
    expect(addresses(await (await fetch(new URL('?part=1', link))).text())).toHaveLength(3);
    for (const part of ['0', '2', '-1', 'x', '__proto__']) {
      expect((await fetch(new URL(`?part=${part}`, link))).status).toBe(404);
    }
  });

  test.each([
    ['acme/absent.m3u8', 404, 'This recording is not in the bucket, or not yet.'],
    ['acme/webm.m3u8', 502, 'This recording is in WebM pieces, which browsers do not play in a row.'],
  ])('%s says why it does not play', async (key, status, sentence) => {
    const answer = await fetch(`${watch.link({ key })}/list.m3u8`);
    expect([answer.status, await answer.text()]).toEqual([status, sentence]);
  });

  test('of a bucket that the key may not read says so', async () => {
    const blind = await startWatch(s3.as('writer'));
    const answer = await fetch(`${blind.link({})}/list.m3u8`);
    expect([answer.status, await answer.text()]).toEqual([
      502,
      "The bot's key may not read the bucket; it needs a key that may.",
    ]);
    await blind.close();
  });
});

describe('the page', () => {
  test('is whole, and lets nothing in that is not its own', async () => {
    const answer = await fetch(watch.link({}));
    expect(answer.status).toBe(200);
    const { 'content-security-policy': policy = '', ...headers } = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'x-robots-tag': 'noindex',
    });
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `media-src 'self' blob: ${s3.url}`,
      `connect-src 'self' ${s3.url}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    const html = await answer.text();
    expect(html).toContain('<title>math-101 &lt;b&gt;&amp;</title>');
    expect(html).not.toContain('<b>');
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\bon\w+=|style=/);
    expect(html).not.toMatch(/X-Amz|OWNERKEY/);
    expect((await fetch(watch.link({}), { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(watch.link({}), { method: 'POST' })).status).toBe(405);
  });

  test('of a film leads to it, and has no list', async () => {
    const link = watch.link({ key: 'acme/film.mp4' });
    expect(await (await fetch(link)).text()).toMatch(/<video [^>]*src="[\w-]+\/file"/);
    const film = await fetch(`${link}/file`);
    expect([film.redirected, film.headers.get('content-type'), await film.text()]).toEqual([
      true,
      'video/mp4',
      'a film',
    ]);
    expect((await fetch(`${link}/list.m3u8`)).status).toBe(404);
    expect((await fetch(`${watch.link({})}/file`)).status).toBe(404);
  });

  test.each([
    ['hls.js', 'text/javascript; charset=utf-8', 'public, max-age=2592000', 'export'],
    ['player.js', 'text/javascript; charset=utf-8', 'no-cache', 'querySelector'],
    ['player.css', 'text/css; charset=utf-8', 'no-cache', 'video'],
  ])('brings %s', async (name, type, cache, text) => {
    for (const encoding of ['gzip', 'identity']) {
      const answer = await fetch(`${watch.url}/watch/${name}`, { headers: { 'accept-encoding': encoding } });
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
        200,
        type,
        cache,
      ]);
      expect(answer.headers.get('content-encoding')).toBe(encoding === 'gzip' ? 'gzip' : null);
      expect(await answer.text()).toContain(text);
    }
  });
});

describe('what opens nothing', () => {
  const look = async (url: string) => {
    const answer = await fetch(url);
    return [answer.status, answer.headers.get('content-type')?.split(';')[0], await answer.text()] as const;
  };

  test('a forged link, one cut short, one of another session or object', async () => {
    const good = watch.link({});
    const bad = [
      `${watch.url}/watch/`,
      `${watch.url}/watch/AAAA`,
      good.slice(0, -4),
      good.replace(/.$/, (c) => (c === 'A' ? 'B' : 'A')),
      watch.link({ sessionId: 's2' }),
      watch.link({ key: 'secret.ts' }),
      watch.link({ key: 'secret.m3u8' }),
      watch.link({ key: 'acme/film_0.ts' }),
    ];
    for (const url of bad) {
      const [status, type, text] = await look(url);
      expect([status, type]).toEqual([404, 'text/html']);
      expect(text).toContain('There is no recording at this address.');
      expect((await look(`${url}/list.m3u8`)).slice(0, 2)).toEqual([404, 'text/plain']);
    }
    expect((await look(`${good}/list.m3u8/x`))[0]).toBe(404);
    expect((await look(`${good}/film_0.ts`))[0]).toBe(404);
    expect(s3.served.join()).not.toContain('secret');
  });

  test('an expired link', async () => {
    const url = watch.link({ expiresAt: Date.now() - 1_000 });
    for (const address of [url, `${url}/list.m3u8`, `${url}/file`]) {
      const [status, , text] = await look(address);
      expect([status, text.includes('This link has expired.')]).toEqual([410, true]);
    }
  });

  test('a store that is down: a sentence, and no link in the log', async () => {
    const down = await startWatch(s3.bucket, { open: () => Promise.reject(new Error('store')) });
    const link = down.link({});
    expect((await look(link)).slice(0, 2)).toEqual([503, 'text/html']);
    const broken = await startWatch(s3.bucket, {
      open: async () => ({
        title: 't',
        kind: 'list',
        origin: '',
        list: () => Promise.reject(new Error('bug')),
        link: () => Promise.reject(new Error('bug')),
      }),
    });
    expect((await look(`${broken.link({})}/list.m3u8`))[0]).toBe(500);
    for (const server of [down, broken]) {
      expect(server.captured.entries).toHaveLength(1);
      expect(server.captured.text()).not.toMatch(/watch\/\w/);
      await server.close();
    }
  });
});

describe('routes below a path', () => {
  test('come after exact ones', async () => {
    const { log } = captureLog();
    const server = await createHttpServer({
      host: '127.0.0.1',
      port: 0,
      log,
      routes: new Map([
        ['GET /a/*', (_req, res) => void res.end('below')],
        ['GET /a/b', (_req, res) => void res.end('exact')],
        ['POST /a/c', (_req, res) => void res.end('posted')],
      ]),
    });
    const get = async (path: string, method = 'GET') => {
      const answer = await fetch(server.url + path, { method });
      return answer.ok ? await answer.text() : answer.status;
    };
    expect([await get('/a/b'), await get('/a/b/c?d'), await get('/a/c'), await get('/a/')]).toEqual([
      'exact',
      'below',
      'below',
      'below',
    ]);
    expect([await get('/a/c', 'POST'), await get('/a/b', 'POST'), await get('/a'), await get('/ab')]).toEqual([
      'posted',
      405,
      404,
      404,
    ]);
    await server.close();
  });
});
