import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookUp } from '../../src/files/look-up.ts';
import { signLink } from '../../src/files/sign-link.ts';
import { type S3Server, startS3 } from './support/start-s3.ts';

/** Links against an S3 server that keeps a private bucket. */
let s3: S3Server;
const key = "acme/prod/it's (1)+ü & more!.mp4";
beforeAll(async () => {
  s3 = await startS3();
  s3.put(key, 'film');
}, 60_000);
afterAll(() => s3?.close());

async function get(bucket = s3.bucket, more: object = {}, method: 'GET' | 'HEAD' = 'GET'): Promise<Response> {
  const link = await signLink(bucket, key, { method, now: Date.now(), seconds: 60, ...more });
  if (!link.ok) throw new Error(link.why);
  return fetch(link.url, { method });
}

describe('a private bucket', () => {
  test('opens for a signed link, and not without one', async () => {
    const answer = await get(s3.bucket, { downloadName: 'film.mp4' });
    expect([answer.status, await answer.text()]).toEqual([200, 'film']);
    expect(answer.headers.get('content-type')).toBe('video/mp4');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="film.mp4"');
    const link = await signLink(s3.bucket, key, { method: 'GET', now: Date.now(), seconds: 60 });
    if (!link.ok) throw new Error(link.why);
    expect((await fetch(link.url.split('?')[0] ?? '')).status).toBe(403);
    // The method is signed too.
    expect((await fetch(link.url, { method: 'HEAD' })).status).toBe(403);
    expect((await get(s3.bucket, {}, 'HEAD')).status).toBe(200);
  });

  test.each([
    ['an expired one', {}, { now: Date.now() - 3_600_000 }, 'AccessDenied'],
    ['one of a stranger', { accessKey: 'NOBODY' }, {}, 'InvalidAccessKeyId'],
    ['one with a wrong secret', { secretKey: 'wrong' }, {}, 'SignatureDoesNotMatch'],
    ['one for another region', { region: 'eu-west-1' }, {}, 'AuthorizationQueryParametersError'],
    ['one of a key that may only write', { accessKey: 'WRITERKEY', secretKey: 'writer/secret+3' }, {}, 'AccessDenied'],
  ])('refuses %s', async (_what, bucket, options, code) => {
    const answer = await get({ ...s3.bucket, ...bucket }, options);
    expect([answer.ok, (await answer.text()).includes(code)]).toEqual([false, true]);
  });

  test('a changed link opens nothing', async () => {
    const link = await signLink(s3.bucket, key, { method: 'GET', now: Date.now(), seconds: 60 });
    if (!link.ok) throw new Error(link.why);
    expect((await fetch(link.url)).status).toBe(200);
    for (const changed of [
      link.url.replace('more', 'less'),
      link.url.replace('mp4?', 'mp3?'),
      link.url.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
    ]) {
      expect((await fetch(changed)).status).toBe(403);
    }
  });

  test('says what is there to who may know', async () => {
    const ask = async (bucket = s3.bucket) => [await lookUp(bucket, key), await lookUp(bucket, 'acme/absent.mp4')];
    const there = { kind: 'there', size: 4 };
    expect(await ask()).toEqual([there, { kind: 'absent' }]);
    expect(await ask(s3.as('reader'))).toEqual([there, { kind: 'forbidden' }]);
    for (const who of ['writer', 'stranger'] as const) {
      expect(await ask(s3.as(who))).toEqual([{ kind: 'forbidden' }, { kind: 'forbidden' }]);
    }
    const { accessKey, secretKey } = s3.bucket;
    expect(await ask({ ...s3.as('writer'), read: { accessKey, secretKey } })).toEqual([there, { kind: 'absent' }]);
  });
});
