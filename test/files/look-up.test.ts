import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createStorage, type StorageSandbox } from '../../sandbox/storage/create-storage.ts';
import type { Bucket } from '../../src/files/bucket.ts';
import { listObjects } from '../../src/files/list-objects.ts';
import { lookUp } from '../../src/files/look-up.ts';
import { readList } from '../../src/files/read-list.ts';

const keys = { bucket: 'b', accessKey: 'ak', secretKey: 'sk' };
let storage: StorageSandbox;
let at: Bucket;
beforeAll(async () => {
  storage = await createStorage(keys);
  at = { ...keys, vendor: 11, region: '', endpoint: storage.url };
  storage.put("p/it's (1).m3u8", 'abc');
  storage.put('p/empty.mp4', '');
});
afterAll(() => storage.close());

describe('looking a file up', () => {
  test('there, with its size; absent; empty is absent', async () => {
    expect(await lookUp(at, "p/it's (1).m3u8")).toEqual({ kind: 'there', size: 3 });
    expect(await lookUp(at, 'p/other')).toEqual({ kind: 'absent' });
    expect(await lookUp(at, 'p/empty.mp4')).toEqual({ kind: 'absent' });
  });

  test('a wrong key is forbidden, and a read key goes before it', async () => {
    const wrong = { ...at, secretKey: 'wrong' };
    expect(await lookUp(wrong, "p/it's (1).m3u8")).toEqual({ kind: 'forbidden' });
    expect(await lookUp({ ...wrong, read: keys }, "p/it's (1).m3u8")).toEqual({ kind: 'there', size: 3 });
  });

  test('a clock that is far off is refused too, and says nothing about the key', async () => {
    for (const off of [3_600_000, -3_600_000]) {
      const now = Date.now() + off;
      expect(await lookUp(at, "p/it's (1).m3u8", now)).toEqual({
        kind: 'unknown',
        why: "The bucket's clock says another time than mine, so it takes no signature.",
      });
      expect((await readList(at, "p/it's (1).m3u8", now)).kind).toBe('unknown');
      expect((await listObjects(at, 'p/', { now })).kind).toBe('unknown');
    }
  });

  test('no link, no bucket: unknown, in one sentence and without a secret', async () => {
    for (const bucket of [
      { ...at, endpoint: 'http://127.0.0.1:1' },
      { ...at, vendor: 4, region: 'nowhere' },
    ]) {
      const found = await lookUp(bucket, 'p/x');
      expect(found).toEqual({ kind: 'unknown', why: expect.stringMatching(/^[A-Z].*\.$/) });
      expect(JSON.stringify(found)).not.toMatch(/X-Amz|sk/);
    }
  });

  describe('a bucket that says', () => {
    let server: Server | undefined;
    afterEach(() => server?.close());
    async function answering(status: number, headers: Record<string, string> = {}): Promise<Bucket> {
      server = createServer((_req, res) => res.writeHead(status, headers).end());
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      return { ...at, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    }

    test.each([
      [301, { location: 'http://127.0.0.1:1/' }, /301; its region or endpoint may be wrong/],
      [400, {}, /400; its region or endpoint may be wrong/],
      [503, {}, /answered 503\./],
      [200, { 'transfer-encoding': 'chunked' }, /did not say the size/],
    ])('%i is not asked further', async (status, headers, why) => {
      expect(await lookUp(await answering(status, headers as Record<string, string>), 'p')).toEqual({
        kind: 'unknown',
        why: expect.stringMatching(why),
      });
    });
  });
});
