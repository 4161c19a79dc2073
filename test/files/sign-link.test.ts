import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { verifyPresigned } from '../../sandbox/storage/verify-presigned.ts';
import type { Bucket } from '../../src/files/bucket.ts';
import { bceAuthorization } from '../../src/files/sign-bos.ts';
import { type LinkOptions, linkOrigin, signLink } from '../../src/files/sign-link.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const bucket = (more: Partial<Bucket> = {}): Bucket => ({
  vendor: 1,
  region: 'us-east-1',
  bucket: 'b',
  accessKey: 'AK',
  secretKey: 'SK',
  ...more,
});
async function sign(b: Bucket, key: string, more: Partial<LinkOptions> = {}): Promise<URL> {
  const link = await signLink(b, key, { method: 'GET', now, seconds: 600, ...more });
  if (!link.ok) throw new Error(link.why);
  return new URL(link.url);
}
/** What a bucket would say that checks signatures; undefined: it is right. */
const check = (url: URL, method = 'GET', keys = { accessKey: 'AK', secretKey: 'SK' }, at = now) =>
  verifyPresigned({ method, path: url.pathname, query: url.search.slice(1), host: url.host }, keys, at)?.code;

describe('links in the protocol of S3', () => {
  test("AWS's published example", async () => {
    const url = await sign(
      bucket({
        bucket: 'examplebucket',
        linkEndpoint: 'https://s3.amazonaws.com',
        accessKey: 'AKIAIOSFODNN7EXAMPLE',
        secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      }),
      'test.txt',
      { now: Date.UTC(2013, 4, 24), seconds: 86_400 },
    );
    expect(`${url.origin}${url.pathname}`).toBe('https://examplebucket.s3.amazonaws.com/test.txt');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
      'X-Amz-Date': '20130524T000000Z',
      'X-Amz-Expires': '86400',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    });
  });

  test.each(["it's (1)! a*b.mp4", 'a+b c&d=e?f#g%20.ts', 'ünï/日本語/🎥.m3u8', 'a//b/ .mp4', '~-._/x'])(
    'the key %s',
    async (key) => {
      const url = await sign(bucket(), key);
      expect(url.pathname).not.toMatch(/[!'()* +]/);
      expect(decodeURIComponent(url.pathname)).toBe(`/${key}`);
      expect(check(url)).toBeUndefined();
    },
  );

  test('the method, the key and the time are part of the signature', async () => {
    const get = await sign(bucket(), 'k.mp4', { downloadName: 'Mäths "101"/a.mp4' });
    expect(check(get)).toBeUndefined();
    expect(check(get, 'HEAD')).toBe('SignatureDoesNotMatch');
    expect(check(await sign(bucket(), 'k.mp4', { method: 'HEAD' }), 'HEAD')).toBeUndefined();
    expect(check(get, 'GET', { accessKey: 'AK', secretKey: 'other' })).toBe('SignatureDoesNotMatch');
    expect(check(get, 'GET', undefined, now + 599_000)).toBeUndefined();
    expect(check(get, 'GET', undefined, now + 600_000)).toBe('AccessDenied');
  });

  test.each([
    ['m3u8', 'application/vnd.apple.mpegurl'],
    ['ts', 'video/mp2t'],
    ['mp4', 'video/mp4'],
    ['webm', 'video/webm'],
    ['jpg', 'image/jpeg'],
    ['mpd', 'application/dash+xml'],
    ['txt', null],
  ])('the type of .%s is said by the link', async (end, type) => {
    expect((await sign(bucket(), `k.${end}`)).searchParams.get('response-content-type')).toBe(type);
    expect((await sign(bucket(), `k.${end}`, { method: 'HEAD' })).search).not.toContain('response-');
  });

  test('a type and a name for saving can be given', async () => {
    const url = await sign(bucket(), 'k.mp4', { contentType: 'x/y', downloadName: 'Mäths "1"/a.mp4' });
    expect(url.searchParams.get('response-content-type')).toBe('x/y');
    expect(url.searchParams.get('response-content-disposition')).toBe(
      `attachment; filename="M_ths _1__a.mp4"; filename*=UTF-8''M%C3%A4ths%20%221%22%2Fa.mp4`,
    );
    const plain = await sign(bucket(), 'k.mp4', { downloadName: 'maths.mp4' });
    expect(plain.searchParams.get('response-content-disposition')).toBe('attachment; filename="maths.mp4"');
  });

  test.each([
    [0, '1'],
    [-5, '1'],
    [90.9, '90'],
    [604_800, '604800'],
    [604_801, '604800'],
    [Number.POSITIVE_INFINITY, '604800'],
  ])('%d seconds are %s', async (seconds, shown) => {
    expect((await sign(bucket(), 'k', { seconds })).searchParams.get('X-Amz-Expires')).toBe(shown);
  });

  test('temporary credentials bring their token, and the read key goes before them', async () => {
    const temporary = await sign(bucket({ stsToken: 'to+ken/=' }), 'k');
    expect(temporary.searchParams.get('X-Amz-Security-Token')).toBe('to+ken/=');
    expect(check(temporary)).toBeUndefined();
    const read = { accessKey: 'RK', secretKey: 'RS' };
    const reading = await sign(bucket({ stsToken: 'token', read }), 'k');
    expect(reading.search).not.toContain('Security-Token');
    expect(check(reading, 'GET', read)).toBeUndefined();
  });

  test.each(['', 'a/../b', './a', 'a/.', '\ud800'])('the key %j has no address', async (key) => {
    const link = await signLink(bucket(), key, { method: 'GET', now, seconds: 60 });
    expect(link).toEqual({ ok: false, why: expect.stringMatching(/^The name of the file .*\.$/) });
  });
});

describe('links to Azure', () => {
  const secretKey = Buffer.from('account key').toString('base64');
  const azure = bucket({ vendor: 5, region: '', accessKey: 'acct', secretKey, bucket: 'films' });

  test('are a service SAS, as Microsoft writes its string to sign', async () => {
    const url = await sign(azure, 'p/a b.mp4', { downloadName: 'a.mp4' });
    expect(`${url.origin}${url.pathname}`).toBe('https://acct.blob.core.windows.net/films/p/a%20b.mp4');
    const { sig, ...rest } = Object.fromEntries(url.searchParams);
    expect(rest).toEqual({
      sv: '2020-12-06',
      spr: 'https',
      st: '2026-01-02T02:59:05Z',
      se: '2026-01-02T03:14:05Z',
      sr: 'b',
      sp: 'r',
      rscd: 'attachment; filename="a.mp4"',
      rsct: 'video/mp4',
    });
    const lines = [rest.sp, rest.st, rest.se, '/blob/acct/films/p/a b.mp4', '', '', rest.spr, rest.sv, rest.sr];
    const text = [...lines, '', '', '', rest.rscd, '', '', rest.rsct].join('\n');
    expect(sig).toBe(createHmac('sha256', 'account key').update(text).digest('base64'));
  });

  test('lead to a sovereign cloud when they are told to', async () => {
    const url = await sign({ ...azure, linkEndpoint: 'https://acct.blob.core.chinacloudapi.cn' }, 'k.ts');
    expect(`${url.origin}${url.pathname}`).toBe('https://acct.blob.core.chinacloudapi.cn/films/k.ts');
  });
});

describe('links to Qiniu', () => {
  const qiniu = bucket({
    vendor: 0,
    region: 'cn-east-1',
    accessKey: 'MY_ACCESS_KEY',
    secretKey: 'MY_SECRET_KEY',
    publicBaseUrl: 'http://78re52.com1.z0.glb.clouddn.com',
  });

  test("are Qiniu's own on a download domain", async () => {
    const url = await sign(qiniu, 'resource/flower.jpg', { now: 1_451_491_000_000, seconds: 200 });
    expect(url.href).toBe(
      'http://78re52.com1.z0.glb.clouddn.com/resource/flower.jpg?e=1451491200&token=MY_ACCESS_KEY:438dd8pXocjYuF-6dTcKMtETB2g=',
    );
    const named = await sign(qiniu, 'k.mp4', { downloadName: 'a b.mp4' });
    expect(named.search).toMatch(/^\?attname=a%20b\.mp4&e=\d+&token=MY_ACCESS_KEY:[\w-]+=$/);
  });

  test('stand in an address, whatever the signature is', async () => {
    // Of fifty signatures some have each of the letters that base64url writes differently.
    const tokens = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => (await sign(qiniu, `${i}.ts`)).search.split('token=')[1] ?? ''),
    );
    expect(tokens.filter((t) => !/^MY_ACCESS_KEY:[\w-]{27}=$/.test(t))).toEqual([]);
    expect([tokens.some((t) => t.slice(14).includes('_')), tokens.some((t) => t.slice(14).includes('-'))]).toEqual([
      true,
      true,
    ]);
  });

  test('are of S3 without one', async () => {
    const { publicBaseUrl: _, ...plain } = qiniu;
    const url = await sign(plain, 'k.ts');
    expect(url.hostname).toBe('s3.cn-east-1.qiniucs.com');
    expect(url.searchParams.get('X-Amz-Credential')).toContain('/cn-east-1/s3/aws4_request');
  });
});

describe('Baidu’s own links', () => {
  test('are signed as the example in its documentation is', () => {
    const signed = bceAuthorization({
      method: 'PUT',
      path: '/v1/test/myfolder/readme.txt',
      query: 'partNumber=9&uploadId=VXBsb2FkIElpZS5tMnRzIHVwbG9hZA',
      headers: {
        host: 'bj.bcebos.com',
        'content-length': '8',
        'content-md5': '0a52730597fb4ffa01fc117d9e71e3a9',
        'content-type': 'text/plain',
        'x-bce-date': '2015-04-27T08:23:49Z',
      },
      now: Date.UTC(2015, 3, 27, 8, 23, 49),
      seconds: 1_800,
      accessKey: '0b0f67dfb88244b289b72b142befad0c',
      secretKey: 'bad522c2126a4618a8125f4b6cf6356f',
    });
    expect(signed).toMatch(/^bce-auth-v1\/0b0f67dfb88244b289b72b142befad0c\/2015-04-27T08:23:49Z\/1800\//);
    expect(signed).toMatch(/\/a19e6386e990691aca1114a20357c83713f1cb4be3d74942bb4ed37469ecdacf$/);
  });

  test('name what is signed, and are for one object, one method and a while', async () => {
    const bucket = { vendor: 8, region: 'hkg', bucket: 'b', accessKey: 'ak', secretKey: 'secret-of-bos' };
    const at = { method: 'GET', now: Date.UTC(2027, 0, 15), seconds: 60 } as const;
    const link = async (key: string, more: object = {}) => {
      const made = await signLink(bucket, key, { ...at, ...more });
      if (!made.ok) throw new Error(made.why);
      return made.url;
    };
    const one = await link('p/a.mp4', { downloadName: 'Week 3.mp4' });
    const url = new URL(one);
    expect(url.origin + url.pathname).toBe('https://b.hkg.bcebos.com/p/a.mp4');
    expect(linkOrigin(bucket)).toBe('https://b.hkg.bcebos.com');
    expect(url.searchParams.get('responseContentDisposition')).toBe('attachment; filename="Week 3.mp4"');
    expect(url.searchParams.get('authorization')).toMatch(
      /^bce-auth-v1\/ak\/2027-01-15T00:00:00Z\/60\/host\/[0-9a-f]{64}$/,
    );
    expect(one).not.toContain('secret-of-bos');
    const others = [
      await link('p/b.mp4'),
      await link('p/a.mp4', { method: 'HEAD' }),
      await link('p/a.mp4', { seconds: 61 }),
    ];
    const signature = (text: string) => text.slice(-64);
    expect(new Set([one, ...others].map(signature)).size).toBe(4);
  });
});
