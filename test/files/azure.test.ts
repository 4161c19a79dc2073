import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectFiles } from '../../src/files/inspect-files.ts';
import { lookUp } from '../../src/files/look-up.ts';
import { signLink } from '../../src/files/sign-link.ts';
import { createWatchable } from '../../src/files/watchable.ts';
import { type Azurite, startAzurite } from './support/start-azurite.ts';

/** Links against Microsoft's emulator, which checks service SAS as Azure does. */
let azure: Azurite;
const key = "acme/prod/it's (1)+ü & more!.mp4";
beforeAll(async () => {
  azure = await startAzurite();
  await azure.put(key, 'film');
  await azure.put('acme/a.m3u8', '#EXTM3U\n#EXTINF:2.0\na 0.ts\n#EXTINF:2.0\na_1.ts\n#EXT-X-ENDLIST\n');
  await azure.put('acme/a 0.ts', 'slice 0');
  await azure.put('acme/a_1.ts', 'slice 1');
}, 60_000);
afterAll(() => azure?.close());

async function link(more: object = {}, bucket: object = {}): Promise<string> {
  const options = { method: 'GET' as const, now: Date.now(), seconds: 60, ...more };
  const signed = await signLink({ ...azure.bucket, ...bucket }, key, options);
  if (!signed.ok) throw new Error(signed.why);
  return signed.url;
}

describe('a private container', () => {
  test('opens for a signed link, for GET and HEAD, and not without one', async () => {
    const url = await link({ downloadName: 'film.mp4' });
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([200, 'film']);
    expect(answer.headers.get('content-type')).toBe('video/mp4');
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="film.mp4"');
    const head = await fetch(await link({ method: 'HEAD' }), { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '4']);
    expect((await fetch(url.split('?')[0] ?? '')).ok).toBe(false);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
  });

  test.each([
    ['an expired one', { now: Date.now() - 3_600_000 }, {}],
    ['one that is not good yet', { now: Date.now() + 3_600_000 }, {}],
    ['one with a wrong key', {}, { secretKey: Buffer.from('another key').toString('base64') }],
  ])('refuses %s', async (_what, options, bucket) => {
    expect((await fetch(await link(options, bucket))).status).toBe(403);
  });

  test('a changed link opens nothing', async () => {
    const url = await link();
    for (const changed of [url.replace('more', 'less'), url.replace(/se=\d{4}/, 'se=2099')]) {
      expect((await fetch(changed)).status).toBe(403);
    }
  });

  test('says what is there to who may know', async () => {
    expect(await lookUp(azure.bucket, key)).toEqual({ kind: 'there', size: 4 });
    expect(await lookUp(azure.bucket, 'acme/absent.mp4')).toEqual({ kind: 'absent' });
    const wrong = { ...azure.bucket, secretKey: Buffer.from('another key').toString('base64') };
    expect(await lookUp(wrong, key)).toEqual({ kind: 'forbidden' });
  });

  test('is ready when all slices are there, and its list plays', async () => {
    const inspected = await inspectFiles(azure.bucket, ['acme/a.m3u8', key]);
    expect(inspected).toMatchObject({ verdict: 'ready', totals: { bytes: 18, slices: 2, seconds: 4 } });
    const list = await createWatchable(azure.bucket, 'acme/a.m3u8')?.list();
    if (list?.kind !== 'list') throw new Error(list?.why);
    const urls = list.text.split('\n').filter((line) => line.startsWith('http'));
    const slices = await Promise.all(urls.map((url) => fetch(url)));
    expect(await Promise.all(slices.map((s) => s.text()))).toEqual(['slice 0', 'slice 1']);
    expect(slices[0]?.headers.get('content-type')).toBe('video/mp2t');
  });
});
