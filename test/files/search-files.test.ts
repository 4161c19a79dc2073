import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createStorage } from '../../sandbox/storage/create-storage.ts';
import type { Bucket } from '../../src/files/bucket.ts';
import { createFileCheck } from '../../src/files/create-file-check.ts';
import { listObjects } from '../../src/files/list-objects.ts';
import { searchFiles } from '../../src/files/search-files.ts';
import { startAzurite } from './support/start-azurite.ts';
import { startS3 } from './support/start-s3.ts';

/** Files that Agora did not name, in buckets of three kinds. */
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const sid = 'a'.repeat(32);
const list = (n: number, ended: boolean) =>
  `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:15\n${Array.from({ length: n }, (_, i) => `#EXTINF:15.0\n${sid}_m_${i}.ts\n`).join('')}${ended ? '#EXT-X-ENDLIST\n' : ''}`;
const keysOf = { bucket: 'recordings', accessKey: 'AK', secretKey: 'SK' };

/** The sandbox's bucket with what a recording with a failover and a failed upload leaves behind. */
async function troubled() {
  const storage = await createStorage(keysOf);
  closers.push(() => storage.close());
  const put = (key: string, body: string) => storage.put(`acme/${key}`, body);
  put(`${sid}_m.m3u8`, list(2, false));
  put(`${sid}_m_1700000000000_0.m3u8`, list(1, false));
  put(`${sid}_m_1700000060000_1.m3u8`, list(3, true));
  for (const i of [0, 1, 2]) put(`${sid}_m_${i}.ts`, 'x');
  put(`bak0_${sid}_m.m3u8`, list(3, true));
  put(`${'b'.repeat(32)}_other.m3u8`, list(1, true));
  const bucket: Bucket = { ...keysOf, vendor: 11, region: '', endpoint: storage.url };
  return { storage, bucket };
}
const common = { sid, base: `acme/${sid}_m.m3u8`, copies: true, snapshots: false, guesses: [] as string[] };
const named = [`acme/${sid}_m.m3u8`];
const names = (found: { found: { name: string }[] }) => found.found.map((f) => f.name.replaceAll(sid, 'sid')).sort();

describe('where the key may list the bucket', () => {
  test('all lists of the recording are found, and nothing else', async () => {
    const { bucket } = await troubled();
    const found = await searchFiles(bucket, { ...common, names: named, takeovers: 1 });
    expect(names(found)).toEqual([
      'acme/bak0_sid_m.m3u8',
      'acme/sid_m.m3u8',
      'acme/sid_m_1700000000000_0.m3u8',
      'acme/sid_m_1700000060000_1.m3u8',
    ]);
    expect(found.expected).toEqual([]);
  });

  test('a recorder that took over is found though nobody has told of it', async () => {
    const { storage, bucket } = await troubled();
    storage.put(`acme/bak1_${sid}_m.m3u8`, list(1, true));
    const found = await searchFiles(bucket, { ...common, copies: false, names: named, takeovers: 0 });
    // Without a hint of copies the list's own slices are not gone through.
    expect(names(found)).toEqual(['acme/bak0_sid_m.m3u8', 'acme/bak1_sid_m.m3u8']);
  });

  test('and of copies the longest counts for "ready"; the others are no files', async () => {
    const { bucket } = await troubled();
    const check = createFileCheck(() => bucket, Date.now);
    const found = await check.search('default', { ...common, names: named, takeovers: 1 });
    const report = await check.inspect(
      'default',
      found.found.map((f) => f.name),
    );
    expect(report).toMatchObject({ verdict: 'ready', ended: true, missingCount: 0 });
    expect(report.files.map((f) => [f.name.replace(sid, 'sid'), f.seconds])).toEqual([
      ['acme/sid_m_1700000060000_1.m3u8', 45],
      ['acme/bak0_sid_m.m3u8', 45],
    ]);
    expect(report.superseded).toHaveLength(2);
  });

  test('a day of slices is more than a page, and odd names come through', async () => {
    const { storage, bucket } = await troubled();
    const slices = Array.from({ length: 2_500 }, (_, i) => `acme/${sid}_m_${100_000 + i}.ts`);
    for (const key of slices) storage.put(key, 'x');
    storage.put(`acme/${sid}_a&b <c>+d %20"é.m3u8`, 'x');
    const all = await listObjects(bucket, `acme/${sid}_`);
    expect(all).toMatchObject({ kind: 'listed', more: false });
    expect(all.kind === 'listed' && all.keys).toContain(`acme/${sid}_a&b <c>+d %20"é.m3u8`);
    expect(all.kind === 'listed' && all.keys.length).toBe(2_500 + 7);
    expect(await listObjects(bucket, `acme/${sid}_`, { mostPages: 2 })).toMatchObject({ kind: 'listed', more: true });
  });
});

describe('where it may not', () => {
  test('the lists of those that took over are asked for by name', async () => {
    const { storage, bucket } = await troubled();
    storage.setListing(false);
    const found = await searchFiles(bucket, { ...common, names: [...named, `acme/bak0_${sid}_m.m3u8`], takeovers: 2 });
    expect(names(found)).toEqual(['acme/bak0_sid_m.m3u8']);
    // That of the second is not there, and the bucket says so.
    expect(found.expected).toEqual([]);
  });

  test('nor has anybody told of it: it is found all the same, and where it is not nothing is expected', async () => {
    const { storage, bucket } = await troubled();
    storage.setListing(false);
    const found = await searchFiles(bucket, { ...common, copies: false, names: named, takeovers: 0 });
    expect(names(found)).toEqual(['acme/bak0_sid_m.m3u8']);
    storage.setPrivate(true);
    const nothing = { found: [], expected: [] };
    expect(await searchFiles(bucket, { ...common, copies: false, names: named, takeovers: 0 })).toEqual(nothing);
  });

  test('what it should have written and nobody named is asked for, film by film', async () => {
    const { storage, bucket } = await troubled();
    storage.setListing(false);
    for (const n of [0, 1, 2, 4]) storage.put(`acme/${sid}_m_${n}.mp4`, 'x');
    const guesses = [`acme/${sid}_m.m3u8`, `acme/${sid}_m_0.mp4`];
    const found = await searchFiles(bucket, { ...common, names: named, guesses, takeovers: 0 });
    expect(names(found)).toEqual(['acme/bak0_sid_m.m3u8', 'acme/sid_m_0.mp4', 'acme/sid_m_1.mp4', 'acme/sid_m_2.mp4']);
    // Those that are known are not asked for, and those after them are.
    const known = { ...common, names: [...named, guesses[1] as string], guesses, takeovers: 0 };
    expect(names(await searchFiles(bucket, known))).toEqual([
      'acme/bak0_sid_m.m3u8',
      'acme/sid_m_1.mp4',
      'acme/sid_m_2.mp4',
    ]);
  });

  test('a film of one that took over is asked for though only the list was named, and so are those after it', async () => {
    const { storage, bucket } = await troubled();
    storage.setListing(false);
    for (const film of ['m_0', 'm_1']) storage.put(`acme/${sid}_${film}.mp4`, 'x');
    for (const n of [0, 1, 2, 3]) storage.put(`acme/bak0_${sid}_m_${n}.mp4`, 'x');
    storage.put(`acme/bak1_${sid}_m_0.mp4`, 'x');
    const guesses = [`acme/${sid}_m.m3u8`, `acme/${sid}_m_0.mp4`];
    const films = (found: { found: { name: string }[] }) => names(found).filter((name) => name.endsWith('.mp4'));
    const all = [0, 1, 2, 3].map((n) => `acme/bak0_sid_m_${n}.mp4`);
    const first = await searchFiles(bucket, { ...common, names: named, guesses, takeovers: 1 });
    expect(films(first)).toEqual([...all, 'acme/bak1_sid_m_0.mp4', 'acme/sid_m_0.mp4', 'acme/sid_m_1.mp4']);
    // Those after what is known already, too.
    const known = [...named, ...first.found.map((f) => f.name)].filter((name) => !name.endsWith('_m_3.mp4'));
    expect(films(await searchFiles(bucket, { ...common, names: known, guesses, takeovers: 1 }))).toContain(all[3]);
    // Nobody knows that there should be a film.
    storage.setPrivate(true);
    const unseen = await searchFiles(bucket, { ...common, names: named, guesses, takeovers: 1 });
    expect(unseen.expected.map((f) => f.name)).toEqual([`acme/bak0_${sid}_m.m3u8`]);
  });

  test('nor read, they are expected and not seen', async () => {
    const { storage, bucket } = await troubled();
    storage.setPrivate(true);
    const tracks = [`acme/${sid}_m__uid_s_7__uid_e_audio.m3u8`];
    expect(await searchFiles(bucket, { ...common, names: tracks, takeovers: 1 })).toEqual({
      found: [],
      expected: [
        { name: `acme/bak0_${sid}_m__uid_s_7__uid_e_audio.m3u8`, uid: '7', trackType: 'audio', expected: true },
      ],
    });
  });

  test('of pictures it is said when the bucket did not answer: nobody can guess their names', async () => {
    const { storage, bucket } = await troubled();
    await storage.close();
    closers.length = 0;
    const pictures = { ...common, names: [], takeovers: 0, snapshots: true };
    expect(await searchFiles(bucket, pictures)).toMatchObject({ found: [], unlisted: true });
    expect((await searchFiles(bucket, { ...pictures, snapshots: false })).unlisted).toBeUndefined();
  });

  test('a bucket that is away makes nothing up', async () => {
    const { storage, bucket } = await troubled();
    await storage.close();
    closers.length = 0;
    const found = await searchFiles(bucket, { ...common, names: named, takeovers: 1 });
    expect(found.found).toEqual([]);
    expect(found.expected.map((f) => f.name)).toEqual([`acme/bak0_${sid}_m.m3u8`]);
  });
});

describe('in buckets of others', () => {
  test('an S3 server', async () => {
    const s3 = await startS3();
    closers.push(() => s3.close());
    s3.put(`acme/${sid}_m.m3u8`, list(1, true));
    s3.put(`acme/bak0_${sid}_m.m3u8`, list(1, true));
    const found = await searchFiles(s3.bucket, { ...common, names: named, takeovers: 1 });
    expect(names(found)).toEqual(['acme/bak0_sid_m.m3u8', 'acme/sid_m.m3u8']);
  });

  test('one that does not encode names, though it was asked to', async () => {
    const s3 = await startS3();
    closers.push(() => s3.close());
    s3.put(`acme/${sid}_100%25 a+b.m3u8`, list(1, true));
    expect(await listObjects(s3.bucket, `acme/${sid}`)).toEqual({
      kind: 'listed',
      keys: [`acme/${sid}_100%25 a+b.m3u8`],
      more: false,
    });
  });

  /** A server that knows the first version of ListObjects only; `goesOn`: it understands where a page is to begin. */
  async function firstVersion(keys: readonly string[], { goesOn = true } = {}): Promise<Bucket> {
    const server = createServer((req, res) => {
      const after = goesOn ? (new URL(req.url ?? '/', 'http://x').searchParams.get('marker') ?? '') : '';
      const left = keys.filter((key) => key > after);
      const page = left.slice(0, 1_000).map((key) => `<Contents><Key>${key}</Key></Contents>`);
      const cut = `<IsTruncated>${left.length > 1_000}</IsTruncated>`;
      res.end(`<ListBucketResult>${cut}${page.join('')}</ListBucketResult>`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(async () => server.close());
    return {
      ...keysOf,
      vendor: 11,
      region: '',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    };
  }
  const slices = Array.from({ length: 2_500 }, (_, i) => `acme/${sid}_m_${100_000 + i}.ts`);

  test('one that knows the first version of ListObjects only', async () => {
    expect(await listObjects(await firstVersion(slices), 'acme/')).toEqual({
      kind: 'listed',
      keys: slices,
      more: false,
    });
  });

  test('and one that sends its first page for ever: there is more, and it is not asked for ever', async () => {
    const bucket = await firstVersion(slices, { goesOn: false });
    expect(await listObjects(bucket, 'acme/')).toEqual({ kind: 'listed', keys: slices.slice(0, 1_000), more: true });
    const snapshots = { ...common, copies: false, snapshots: true, takeovers: 0, names: [] };
    expect((await searchFiles(bucket, snapshots)).more).toBe(true);
    // Of lists it is no hint that there are others: their names are known.
    expect((await searchFiles(bucket, { ...snapshots, snapshots: false, names: named })).more).toBeUndefined();
    // Where nobody has named all, there may be lists of people among the rest.
    expect((await searchFiles(bucket, { ...snapshots, snapshots: false, copies: true, names: named })).more).toBe(true);
  });

  /** A server that gives these pages one after the other, each with the word to go on that it is given. */
  async function pages(vendor: 5 | 11, texts: readonly string[]): Promise<Bucket> {
    let n = 0;
    const server = createServer((_, res) => res.end(texts[n++] ?? '<none/>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(async () => server.close());
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const secretKey = Buffer.from('a key').toString('base64');
    return vendor === 5
      ? { ...keysOf, vendor, region: '', secretKey, linkEndpoint: `${address}/account` }
      : { ...keysOf, vendor, region: '', endpoint: address };
  }

  test.each([
    ['Azure', 5, '<Blobs/><NextMarker>2</NextMarker>', '<Blobs><Blob><Name>a_1</Name></Blob></Blobs><NextMarker/>'],
    [
      'S3',
      11,
      '<IsTruncated>true</IsTruncated><NextContinuationToken>2</NextContinuationToken>',
      '<IsTruncated>false</IsTruncated><Key>a_1</Key>',
    ],
  ] as const)('a page of %s without a name is not the last', async (_who, vendor, empty, last) => {
    expect(await listObjects(await pages(vendor, [empty, last]), 'a')).toEqual({
      kind: 'listed',
      keys: ['a_1'],
      more: false,
    });
    // The same word again leads nowhere.
    const stuck = await pages(
      vendor,
      Array.from({ length: 20 }, () => empty),
    );
    expect(await listObjects(stuck, 'a')).toEqual({ kind: 'listed', keys: [], more: true });
  });

  test('a list that is cut off and says nothing of where it goes on is not whole', async () => {
    const bucket = await pages(11, ['<IsTruncated>true</IsTruncated>']);
    expect(await listObjects(bucket, 'a')).toEqual({ kind: 'listed', keys: [], more: true });
  });

  test('more pictures than can be named: lists come first, and it is said that there are more', async () => {
    const pictures = Array.from({ length: 6_000 }, (_, i) => `acme/${sid}_m__uid_s_7__uid_e_video_${100_000 + i}.jpg`);
    const all = [...pictures, `acme/${sid}_m.mp4`].sort();
    const snapshots = { ...common, copies: false, snapshots: true, takeovers: 0, names: [] };
    const found = await searchFiles(await firstVersion(all), snapshots);
    expect(found.found).toHaveLength(5_000);
    expect(found.found[0]?.name).toBe(`acme/${sid}_m.mp4`);
    expect(found.more).toBe(true);
    const fewer = await searchFiles(await firstVersion(all.slice(0, 5_000)), snapshots);
    expect(fewer.found).toHaveLength(5_000);
    expect(fewer.more).toBe(false);
  });

  test('Azure', async () => {
    const azure = await startAzurite();
    closers.push(() => azure.close());
    await azure.put(`acme/${sid}_m & co.m3u8`, list(1, true));
    await azure.put(`acme/bak0_${sid}_m.m3u8`, list(1, true));
    const found = await searchFiles(azure.bucket, { ...common, names: named, takeovers: 1 });
    expect(names(found)).toEqual(['acme/bak0_sid_m.m3u8', 'acme/sid_m & co.m3u8']);
  }, 60_000);
});
