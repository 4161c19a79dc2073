import { createHash, createHmac } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStorage, type StorageSandbox } from '../../../sandbox/storage/create-storage.ts';
import { verifyPresigned } from '../../../sandbox/storage/verify-presigned.ts';

const keys = { bucket: 'recordings', accessKey: 'AK', secretKey: 'SK' };
let storage: StorageSandbox;

beforeEach(async () => {
  storage = await createStorage({ ...keys, capacity: 1_000 });
  storage.put('acme/a b.m3u8', '#EXTM3U\n');
  storage.put('slice.ts', '0123456789');
});
afterEach(() => storage.close());

describe('reading', () => {
  test.each([
    ['/recordings/acme/a%20b.m3u8', '#EXTM3U\n'],
    ['/recordings/slice.ts', '0123456789'],
  ])('GET and HEAD %s', async (path, body) => {
    const headers = { origin: 'http://page.test' };
    const get = await fetch(storage.url + path, { headers });
    // Agora sets no type, so the bucket knows none.
    expect([get.status, get.headers.get('content-type'), await get.text()]).toEqual([200, 'binary/octet-stream', body]);
    const head = await fetch(storage.url + path, { method: 'HEAD', headers });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      String(body.length),
      '',
    ]);
    for (const r of [get, head]) {
      expect(r.headers.get('etag')).toBe(`"${createHash('md5').update(body).digest('hex')}"`);
      expect(Math.abs(Date.parse(r.headers.get('last-modified') ?? '') - Date.now())).toBeLessThan(60_000);
      expect(r.headers.get('cache-control')).toBe('no-store');
      expect(r.headers.get('access-control-allow-origin')).toBe('*');
    }
  });

  test.each([
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=10-', 416, undefined, 'bytes */10'],
    ['bytes=-0', 416, undefined, 'bytes */10'],
    ['bytes=5-2', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('Range: %s -> %i', async (range, status, body, contentRange) => {
    const r = await fetch(`${storage.url}/recordings/slice.ts`, { headers: { range } });
    const text = await r.text();
    expect([r.status, r.headers.get('content-range')]).toEqual([status, contentRange]);
    expect(body === undefined ? text.includes('<Code>InvalidRange</Code>') : text === body).toBe(true);
  });

  test.each([
    ['GET', '/recordings/nothing', 404, 'NoSuchKey'],
    ['GET', '/recordings/%ff', 404, 'NoSuchKey'],
    ['GET', '/recordings/<x>&', 404, 'NoSuchKey'],
    ['GET', '/other/slice.ts', 404, 'NoSuchBucket'],
    ['GET', '/recordings/', 403, 'AccessDenied'],
    ['GET', '/recordings', 403, 'AccessDenied'],
    ['GET', '/', 403, 'AccessDenied'],
    ['PUT', '/recordings/slice.ts', 403, 'AccessDenied'],
    ['POST', '/recordings/slice.ts', 405, 'MethodNotAllowed'],
    ['DELETE', '/recordings/slice.ts', 405, 'MethodNotAllowed'],
  ])('%s %s -> %i %s', async (method, path, status, code) => {
    const r = await fetch(storage.url + path, { method });
    const xml = await r.text();
    expect([r.status, r.headers.get('content-type')]).toEqual([status, 'application/xml']);
    expect(xml).toContain(`<Error><Code>${code}</Code>`);
    expect(xml).not.toContain('<x>');
    expect(storage.get('slice.ts')?.toString()).toBe('0123456789');
  });

  test('an error to HEAD has no body', async () => {
    const r = await fetch(`${storage.url}/recordings/nothing`, { method: 'HEAD' });
    expect([r.status, await r.text()]).toEqual([404, '']);
  });

  test('a browser may ask first', async () => {
    const r = await fetch(`${storage.url}/recordings/slice.ts`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://page.test',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'range',
      },
    });
    expect([r.ok, r.headers.get('access-control-allow-headers')]).toEqual([true, 'range']);
  });

  test('a private bucket says 403 whether the object is there or not', async () => {
    storage.setPrivate(true);
    const statuses = ['slice.ts', 'nothing'].map(
      async (key) => (await fetch(`${storage.url}/recordings/${key}`)).status,
    );
    expect(await Promise.all(statuses)).toEqual([403, 403]);
  });
});

describe('writing', () => {
  test('an object is overwritten, listed and removed', async () => {
    storage.put('acme/a b.m3u8', 'new');
    expect(storage.get('acme/a b.m3u8')?.toString()).toBe('new');
    storage.put('acme/0', 'x');
    expect(storage.list('acme/')).toEqual(['acme/0', 'acme/a b.m3u8']);
    expect([storage.remove('acme/0'), storage.remove('acme/0')]).toEqual([true, false]);
    expect(storage.list('acme/')).toEqual(['acme/a b.m3u8']);
    expect((await fetch(`${storage.url}/recordings/acme/0`)).status).toBe(404);
  });

  test('past its capacity the oldest slices go, and lists stay', async () => {
    for (const n of [1, 2, 3]) storage.put(`s${n}.ts`, Buffer.alloc(450, n));
    // Writing one again counts once and makes it the newest.
    storage.put('s2.ts', Buffer.alloc(450, 2));
    expect(storage.list('')).toEqual(['acme/a b.m3u8', 's2.ts', 's3.ts']);
    expect((await fetch(`${storage.url}/recordings/s1.ts`)).status).toBe(404);
  });

  test('the same bytes under many names count once', () => {
    for (const n of [1, 2, 3, 4]) storage.put(`s${n}.ts`, Buffer.alloc(450));
    expect(storage.list('s')).toHaveLength(5);
    for (const n of [1, 2, 3, 4]) storage.remove(`s${n}.ts`);
    for (const n of [5, 6]) storage.put(`s${n}.ts`, Buffer.alloc(450, n));
    expect(storage.list('s')).toEqual(['s5.ts', 's6.ts', 'slice.ts']);
  });
});

describe('uploading', () => {
  /** A PUT signed in its headers by a library, with things changed before or after the signature. */
  async function put(r: {
    keys?: { accessKey?: string; secretKey?: string };
    /** How far off its clock is, ms. */
    off?: number;
    region?: string;
    path?: string;
    hash?: string;
    after?: { path?: string; body?: string; headers?: Record<string, string> };
  }): Promise<Response> {
    const { host, hostname } = new URL(storage.url);
    const path = r.path ?? '/recordings/acme/new%20one.ts';
    const signer = new SignatureV4({
      service: 's3',
      region: r.region ?? 'us-east-1',
      credentials: { accessKeyId: r.keys?.accessKey ?? 'AK', secretAccessKey: r.keys?.secretKey ?? 'SK' },
      sha256: Sha256,
      uriEscapePath: false,
    });
    const headers = { host, 'x-amz-content-sha256': r.hash ?? createHash('sha256').update('body').digest('hex') };
    const request = { method: 'PUT', protocol: 'http:', hostname, path, headers, query: {} };
    const signed = await signer.sign(request, { signingDate: new Date(Date.now() + (r.off ?? 0)) });
    const { host: _, ...rest } = signed.headers;
    return fetch(storage.url + (r.after?.path ?? path), {
      method: 'PUT',
      body: r.after?.body ?? 'body',
      headers: { ...rest, ...r.after?.headers },
    });
  }

  test('a signed PUT writes', async () => {
    const r = await put({});
    expect([r.status, r.headers.get('etag')]).toEqual([200, `"${createHash('md5').update('body').digest('hex')}"`]);
    expect(storage.get('acme/new one.ts')?.toString()).toBe('body');
    expect((await put({ hash: 'UNSIGNED-PAYLOAD', after: { body: 'other' } })).status).toBe(200);
    expect(storage.get('acme/new one.ts')?.toString()).toBe('other');
  });

  test.each<[string, Parameters<typeof put>[0], number, string]>([
    ['another key', { keys: { accessKey: 'other' } }, 403, 'InvalidAccessKeyId'],
    ['another secret', { keys: { secretKey: 'other' } }, 403, 'SignatureDoesNotMatch'],
    ['another region', { region: 'eu-west-1' }, 400, 'AuthorizationHeaderMalformed'],
    ['another path than was signed', { after: { path: '/recordings/x.ts' } }, 403, 'SignatureDoesNotMatch'],
    ['another body than was signed', { after: { body: 'BODY' } }, 400, 'XAmzContentSHA256Mismatch'],
    [
      'a signed header that was changed',
      { after: { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } } },
      403,
      'SignatureDoesNotMatch',
    ],
    ['a clock a quarter of an hour behind', { off: -905_000 }, 403, 'RequestTimeTooSkewed'],
    ['a clock a quarter of an hour ahead', { off: 905_000 }, 403, 'RequestTimeTooSkewed'],
    [
      'no signature that can be read',
      { after: { headers: { authorization: 'Bearer x' } } },
      400,
      'AuthorizationHeaderMalformed',
    ],
    ['another bucket', { path: '/other/new.ts' }, 404, 'NoSuchBucket'],
  ])('%s -> %i', async (_, change, status, code) => {
    const before = storage.list('');
    const r = await put(change);
    expect([r.status, (await r.text()).includes(`<Code>${code}</Code>`)]).toEqual([status, true]);
    expect(storage.list('')).toEqual(before);
  });

  test.each([-880_000, 880_000])('a clock that is %d ms off is near enough', async (off) => {
    expect((await put({ off })).status).toBe(200);
  });
});

describe('presigned addresses', () => {
  test('the check agrees with the example that AWS publishes', () => {
    // docs.aws.amazon.com, sigv4-query-string-auth, "An example of a presigned URL": these keys and this signature are published there.
    const query =
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';
    const example = { method: 'GET', path: '/test.txt', query, host: 'examplebucket.s3.amazonaws.com' };
    const exampleKeys = { accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
    const then = Date.UTC(2013, 4, 24, 1);
    expect(verifyPresigned(example, exampleKeys, then)).toBeUndefined();
    expect(verifyPresigned({ ...example, method: 'HEAD' }, exampleKeys, then)?.code).toBe('SignatureDoesNotMatch');
  });

  /** Signs as the standard says, with one thing wrong if asked. */
  function signed(
    change: Partial<Record<'method' | 'accessKey' | 'secretKey' | 'region' | 'seconds' | 'off', string>> = {},
  ) {
    const at = new Date(Date.now() + Number(change.off ?? 0)).toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = [at.slice(0, 8), change.region ?? 'us-east-1', 's3', 'aws4_request'];
    const query =
      `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent([change.accessKey ?? 'AK', ...scope].join('/'))}` +
      `&X-Amz-Date=${at}&X-Amz-Expires=${change.seconds ?? '300'}&X-Amz-SignedHeaders=host`;
    const host = new URL(storage.url).host;
    const request = [
      change.method ?? 'GET',
      '/recordings/slice.ts',
      query,
      `host:${host}`,
      '',
      'host',
      'UNSIGNED-PAYLOAD',
    ];
    const hash = createHash('sha256').update(request.join('\n')).digest('hex');
    let key: Buffer | string = `AWS4${change.secretKey ?? 'SK'}`;
    for (const part of scope) key = createHmac('sha256', key).update(part).digest();
    const text = ['AWS4-HMAC-SHA256', at, scope.join('/'), hash].join('\n');
    return `${storage.url}/recordings/slice.ts?${query}&X-Amz-Signature=${createHmac('sha256', key).update(text).digest('hex')}`;
  }

  test.each([
    [{}, 200, ''],
    [{ method: 'HEAD' }, 403, 'SignatureDoesNotMatch'],
    [{ secretKey: 'other' }, 403, 'SignatureDoesNotMatch'],
    [{ accessKey: 'other' }, 403, 'InvalidAccessKeyId'],
    [{ region: 'eu-west-1' }, 400, 'AuthorizationQueryParametersError'],
    [{ seconds: '604801' }, 400, 'AuthorizationQueryParametersError'],
    [{ off: '-300000' }, 403, 'AccessDenied'],
    [{ off: '-280000' }, 200, ''],
    [{ off: '3600000' }, 403, 'AccessDenied'],
  ])('%o -> %i %s', async (change, status, code) => {
    const r = await fetch(signed(change));
    expect([r.status, (await r.text()).includes(`<Code>${code}</Code>`)]).toEqual([status, status !== 200]);
  });
});
