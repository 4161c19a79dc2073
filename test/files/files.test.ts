import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createStorage, type StorageSandbox } from '../../sandbox/storage/create-storage.ts';
import type { Bucket } from '../../src/files/bucket.ts';
import { createFileCheck } from '../../src/files/create-file-check.ts';
import { objectUrl } from '../../src/files/object-url.ts';
import { predictFiles } from '../../src/files/predict-files.ts';
import { presign } from '../../src/files/presign.ts';

const bucket = (more: Partial<Bucket>): Bucket => ({
  vendor: 1,
  region: 'us-east-1',
  bucket: 'b',
  accessKey: 'ak',
  secretKey: 'sk',
  ...more,
});

describe('where a file lies', () => {
  test.each<[string, Partial<Bucket>, string]>([
    ['Amazon S3', {}, 'https://b.s3.us-east-1.amazonaws.com/p/a%20b.m3u8'],
    ['Amazon S3 in China', { region: 'cn-north-1' }, 'https://b.s3.cn-north-1.amazonaws.com.cn/p/a%20b.m3u8'],
    ['a bucket with a dot', { bucket: 'a.b' }, 'https://s3.us-east-1.amazonaws.com/a.b/p/a%20b.m3u8'],
    ['Alibaba', { vendor: 2, region: 'cn-hangzhou' }, 'https://b.oss-cn-hangzhou.aliyuncs.com/p/a%20b.m3u8'],
    ['Tencent', { vendor: 3, region: 'ap-tokyo' }, 'https://b.cos.ap-tokyo.myqcloud.com/p/a%20b.m3u8'],
    ['Azure', { vendor: 5, region: '' }, 'https://ak.blob.core.windows.net/b/p/a%20b.m3u8'],
    ['Google', { vendor: 6, region: '' }, 'https://storage.googleapis.com/b/p/a%20b.m3u8'],
    ['Huawei', { vendor: 7, region: 'cn-north-1' }, 'https://b.obs.cn-north-1.myhuaweicloud.com/p/a%20b.m3u8'],
    ['Baidu', { vendor: 8, region: 'bj' }, 'https://b.bj.bcebos.com/p/a%20b.m3u8'],
    [
      'S3-compatible',
      { vendor: 11, region: '', endpoint: 'http://127.0.0.1:9000' },
      'http://127.0.0.1:9000/b/p/a%20b.m3u8',
    ],
  ])('%s', (_name, more, url) => expect(objectUrl(bucket(more), 'p/a b.m3u8')).toBe(url));

  test('is known before Agora names it', () => {
    expect(predictFiles({ prefix: ['acme', 'prod'], sid: 'abc', channelName: 'math_101 <!x>' })).toEqual([
      'acme/prod/abc_math-101 --x-.m3u8',
    ]);
  });
});

describe('signing', () => {
  test("AWS's published example", () => {
    const url = presign({
      method: 'GET',
      url: 'https://examplebucket.s3.amazonaws.com/test.txt',
      region: 'us-east-1',
      accessKey: 'AKIAIOSFODNN7EXAMPLE',
      secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      now: Date.UTC(2013, 4, 24),
      seconds: 86_400,
    });
    expect(url).toContain('X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404');
  });
});

describe('whether a file is there', () => {
  let storage: StorageSandbox;
  let at: Bucket;
  beforeAll(async () => {
    storage = await createStorage({ bucket: 'b', accessKey: 'ak', secretKey: 'sk' });
    at = bucket({ vendor: 11, region: '', endpoint: storage.url });
    storage.put({ bucket: 'b', accessKey: 'ak', secretKey: 'sk', key: "p/it's (1).m3u8", body: 'x' });
  });
  afterAll(() => storage.close());

  test('there, absent, and not ours to know', async () => {
    const check = createFileCheck(at, Date.now);
    expect(await check.exists('default', "p/it's (1).m3u8")).toBe('there');
    expect(await check.exists('default', 'p/other')).toBe('absent');
    storage.setPrivate(true);
    expect(await createFileCheck({ ...at, secretKey: 'wrong' }, Date.now).exists('default', 'p/other')).toBe('unknown');
    storage.setPrivate(false);
    expect(await createFileCheck({ ...at, endpoint: 'http://127.0.0.1:1' }, Date.now).exists('default', 'p')).toBe(
      'unknown',
    );
    expect(await createFileCheck(bucket({ vendor: 5 }), Date.now).exists('default', 'p')).toBe('unknown');
  });

  test('a redirect is no answer', async () => {
    const server = createServer((_req, res) => res.writeHead(301, { location: storage.url }).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await createFileCheck({ ...at, endpoint }, Date.now).exists('default', 'p')).toBe('unknown');
    server.close();
  });
});
