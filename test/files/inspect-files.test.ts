import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createFileCheck } from '../../src/files/create-file-check.ts';
import { type InspectedFile, inspectFiles } from '../../src/files/inspect-files.ts';
import { readList } from '../../src/files/read-list.ts';
import { type S3Server, startS3 } from './support/start-s3.ts';

let s3: S3Server;
const written = new Set<string>();
beforeAll(async () => {
  s3 = await startS3();
}, 60_000);
afterEach(async () => {
  for (const key of written) s3.remove(key);
  written.clear();
  s3.served.length = 0;
});
afterAll(() => s3?.close());

async function put(key: string, body = 'x'): Promise<void> {
  s3.put(key, body);
  written.add(key);
}
const text = (names: string[], end = true) =>
  ['#EXTM3U', '#EXT-X-VERSION:3', ...names.flatMap((n) => ['#EXTINF:15.5', n]), end ? '#EXT-X-ENDLIST' : ''].join('\n');
/** A list with its slices of three bytes each, but for those left out. */
async function record(key: string, count: number, { without = [] as number[], end = true } = {}): Promise<string[]> {
  const names = Array.from({ length: count }, (_, i) => `${key.replace('p/', '').replace('.m3u8', '')}_${i}.ts`);
  await put(key, text(names, end));
  await Promise.all(names.filter((_, i) => !without.includes(i)).map((n) => put(`p/${n}`, 'abc')));
  return names.map((n) => `p/${n}`);
}
const only = (files: InspectedFile[], key: string) => files.find((f) => f.key === key);

describe('what can be said of the files of a recording', () => {
  test('ready, with sizes and length', async () => {
    await record('p/a.m3u8', 4);
    for (const name of ['p/a_0.mp4', 'p/a.webm', 'p/a.jpg', 'p/a.mpd']) await put(name, '12345');
    const names = ['p/a.m3u8', 'p/a_0.mp4', 'p/a.webm', 'p/a.jpg', 'p/a.mpd', 'p/a.m3u8'];
    const found = await inspectFiles(s3.bucket, names);
    expect(found).toMatchObject({
      verdict: 'ready',
      ended: true,
      missing: [],
      totals: { files: 5, bytes: 32, slices: 4, looked: 4, seconds: 62 },
    });
    expect(found.files.map((f) => [f.kind, f.bytes]).sort()).toEqual([
      ['jpg', 5],
      ['m3u8', 12],
      ['mp4', 5],
      ['mpd', 5],
      ['webm', 5],
    ]);
    expect(found.why).toBeUndefined();
  });

  test.each(['owner', 'reader'] as const)(
    'missing slices are named, whether the key (%s) may list or not',
    async (who) => {
      const slices = await record('p/a.m3u8', 20, { without: [0, 7, 19] });
      await put(slices[3] ?? '', '');
      const bucket = who === 'owner' ? s3.bucket : s3.as(who);
      const found = await inspectFiles(bucket, ['p/a.m3u8', 'p/a_0.mp4']);
      expect(found.verdict).toBe('missing');
      expect(found.missing).toEqual(['p/a_0.mp4', slices[0], slices[3], slices[7], slices[19]]);
      expect(found.totals).toMatchObject({ bytes: 48, looked: 20 });
      expect(found.why).toBe('Files are not in the bucket.');
    },
  );

  test.each(['writer', 'stranger'] as const)('a %s cannot read, which is not missing', async (who) => {
    await record('p/a.m3u8', 1);
    const found = await inspectFiles(s3.as(who), ['p/a.m3u8', 'p/a_0.mp4']);
    expect(found).toMatchObject({ verdict: 'cannot_read', missing: [], why: 'The key may not read the bucket.' });
  });

  test('a bucket that is away is unknown, and soon given up', async () => {
    const away = { ...s3.bucket, endpoint: 'http://127.0.0.1:1' };
    expect(await inspectFiles(away, ['p/a.m3u8', 'p/a.mp4'])).toMatchObject({
      verdict: 'unknown',
      why: 'The bucket could not be reached.',
    });
    expect(await inspectFiles(s3.bucket, [])).toMatchObject({ verdict: 'unknown', why: 'No file is known.' });
  });

  test('an absent, an empty and a false list are missing', async () => {
    await put('p/false.m3u8', '<html>');
    await put('p/empty.m3u8', '#EXTM3U\n#EXT-X-ENDLIST\n');
    for (const [key, why] of [
      ['p/absent.m3u8', 'Files are not in the bucket.'],
      ['p/false.m3u8', 'The file is not an HLS list.'],
      ['p/empty.m3u8', 'The list names no slices.'],
    ]) {
      const found = await inspectFiles(s3.bucket, [key ?? '']);
      expect([found.verdict, found.missing, found.why]).toEqual(['missing', [key], why]);
    }
  });

  test('a list that leads elsewhere is not whole', async () => {
    await record('p/a.m3u8', 1);
    await put('p/b.m3u8', text(['a_0.ts', '../secret.ts']));
    expect(await inspectFiles(s3.bucket, ['p/b.m3u8'])).toMatchObject({
      verdict: 'missing',
      why: 'The list names files outside its folder.',
    });
    expect(s3.served.join()).not.toContain('secret');
  });

  test('a list without its end mark is ready and not ended', async () => {
    await record('p/a.m3u8', 2, { end: false });
    expect(await inspectFiles(s3.bucket, ['p/a.m3u8'])).toMatchObject({ verdict: 'ready', ended: false });
  });

  test('of copies the longest counts, also when the list itself never came', async () => {
    await record('p/a.m3u8', 2);
    await record('p/a_100_0.m3u8', 3);
    await record('p/a_100_1.m3u8', 5);
    await record('p/b_100_0.m3u8', 1);
    const names = ['p/a.m3u8', 'p/a_100_0.m3u8', 'p/a_100_1.m3u8', 'p/b.m3u8', 'p/b_100_0.m3u8'];
    const found = await inspectFiles(s3.bucket, names);
    expect(found.verdict).toBe('ready');
    expect(found.files.filter((f) => f.state === 'superseded').map((f) => f.key)).toEqual([
      'p/a.m3u8',
      'p/a_100_0.m3u8',
      'p/b.m3u8',
    ]);
    expect(found.totals).toMatchObject({ files: 2, slices: 6 });
    // As long as the copy, the list itself counts.
    await record('p/a.m3u8', 5);
    expect(only((await inspectFiles(s3.bucket, names)).files, 'p/a.m3u8')?.state).toBe('there');
  });

  // Copy and list have two and three slices, all there.
  test.each([
    [
      'of a list that the bucket does not answer for nobody knows that a copy is longer',
      503,
      200,
      'unknown',
      ['unknown', 'there'],
    ],
    ['nor of such a copy that the list is', 200, 503, 'unknown', ['there', 'unknown']],
    ['a list that is absent has only its copy', 404, 200, 'ready', ['superseded', 'there']],
    ['one that is refused where its copy can be read is absent', 403, 200, 'ready', ['superseded', 'there']],
    ['where all are refused the key cannot read', 403, 403, 'cannot_read', ['cannot_read', 'cannot_read']],
    ['where nothing is answered nothing is known', 503, 503, 'unknown', ['unknown', 'unknown']],
    ['the longer one counts', 200, 200, 'ready', ['there', 'superseded']],
  ] as const)('%s', async (_what, ofList, ofCopy, verdict, states) => {
    // A bucket that answers as it is told, whoever asks.
    const answers = new Map<string, { status: number; body: string }>([
      ['/films/p/a.m3u8', { status: ofList, body: text(['a_0.ts', 'a_1.ts', 'a_2.ts']) }],
      ['/films/p/a_100_0.m3u8', { status: ofCopy, body: text(['a_0.ts', 'a_1.ts']) }],
    ]);
    const gate = createServer((req, res) => {
      const { pathname } = new URL(req.url ?? '/', 'http://gate');
      const { status, body } = answers.get(pathname) ?? { status: 200, body: 'abc' };
      res.writeHead(status, { 'content-length': body.length }).end(req.method === 'HEAD' ? undefined : body);
    });
    await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
    try {
      const endpoint = `http://127.0.0.1:${(gate.address() as AddressInfo).port}`;
      const found = await inspectFiles({ ...s3.bucket, endpoint }, ['p/a.m3u8', 'p/a_100_0.m3u8']);
      expect(found.verdict).toBe(verdict);
      expect(found.files.map((f) => f.state)).toEqual(states);
    } finally {
      gate.closeAllConnections();
      gate.close();
    }
  });

  test('a recorder that took over wrote a part of its own', async () => {
    await record('p/a.m3u8', 2);
    await record('p/bak0_a.m3u8', 3);
    const found = await inspectFiles(s3.bucket, ['p/a.m3u8', 'p/bak0_a.m3u8']);
    expect(found.files.map((f) => [f.key, f.takeover, f.list?.slices])).toEqual([
      ['p/a.m3u8', null, 2],
      ['p/bak0_a.m3u8', 0, 3],
    ]);
    expect(found.totals).toMatchObject({ files: 2, seconds: 77.5 });
  });

  test('a list of lists needs all of them', async () => {
    await record('p/video.m3u8', 2);
    await put('p/av.m3u8', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nvideo.m3u8\n');
    expect(await inspectFiles(s3.bucket, ['p/av.m3u8'])).toMatchObject({ verdict: 'ready', totals: { slices: 2 } });
    await put(
      'p/av.m3u8',
      '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nvideo.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\nno.m3u8\n',
    );
    expect(await inspectFiles(s3.bucket, ['p/av.m3u8'])).toMatchObject({ verdict: 'missing', missing: ['p/no.m3u8'] });
  });

  test('of a very long list the first, the last and some between are looked at', async () => {
    await record('p/a.m3u8', 101, { without: [1] });
    const found = await inspectFiles(s3.bucket, ['p/a.m3u8'], { mostSlices: 11 });
    expect(found).toMatchObject({ verdict: 'ready', totals: { slices: 101, looked: 11 } });
    const looked = s3.served.filter((s) => s.startsWith('HEAD')).map((s) => s.replace(/.*_(\d+)\.ts/, '$1'));
    expect(looked.map(Number).sort((a, b) => a - b)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  });
});

describe('the report that a session keeps', () => {
  test('says what was seen, in a bounded size', async () => {
    await record('p/a.m3u8', 120, { without: Array.from({ length: 110 }, (_, i) => i) });
    const check = createFileCheck(
      (name) => (name === 'default' ? s3.bucket : undefined),
      () => Date.now(),
    );
    const report = await check.inspect('default', ['p/a.m3u8']);
    expect(report).toMatchObject({ verdict: 'missing', ended: true, files: [], missingCount: 110 });
    expect(report.missing).toHaveLength(20);
    await record('p/a.m3u8', 2);
    expect((await check.inspect('default', ['p/a.m3u8'])).files).toEqual([
      { name: 'p/a.m3u8', size: 6, seconds: 31, slices: 2 },
    ]);
    expect((await check.inspect('default', ['p/a.m3u8'])).sample).toBeUndefined();
    const many = Array.from({ length: 250 }, (_, i) => `p/${i}.jpg`);
    await Promise.all(many.map((name) => put(name)));
    expect(await check.inspect('default', many)).toMatchObject({ verdict: 'ready', files: { length: 200 } });
    expect(await check.inspect('unheard of', ['p/a.m3u8'])).toMatchObject({ verdict: 'unknown', files: [] });
  });
});

test('of more slices than are looked at it is said how many were', async () => {
  await record('p/a.m3u8', 12, { without: [1] });
  await record('p/b.m3u8', 3);
  const check = createFileCheck(() => s3.bucket, Date.now, { mostSlices: 4 });
  const report = await check.inspect('default', ['p/a.m3u8', 'p/b.m3u8']);
  expect(report).toMatchObject({ verdict: 'ready', sample: { looked: 7, slices: 15 } });
  // What nobody has looked at has no size.
  expect(report.files).toEqual([
    { name: 'p/a.m3u8', seconds: 186, slices: 12 },
    { name: 'p/b.m3u8', seconds: 46.5, slices: 3, size: 9 },
  ]);
  expect((await check.inspect('default', ['p/b.m3u8'])).sample).toBeUndefined();
});

test('a day of slices is looked at whole, and holds nobody up', { timeout: 120_000 }, async () => {
  // Only as many requests as have to be: each slice is the same.
  const body = text(Array.from({ length: 5_760 }, (_, n) => `${n}.ts`));
  const bucket = createServer((req, res) => {
    const answer = req.url?.includes('.m3u8') ? body : 'abc';
    res.writeHead(200, { 'content-length': answer.length }).end(req.method === 'HEAD' ? undefined : answer);
  });
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(bucket.address() as AddressInfo).port}`;
  const check = createFileCheck(() => ({ ...s3.bucket, endpoint }), Date.now);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  try {
    delay.enable();
    const report = await check.inspect('default', ['p/a.m3u8']);
    delay.disable();
    expect(report).toMatchObject({ verdict: 'ready', files: [{ slices: 5_760, size: 5_760 * 3 }] });
    expect(report.sample).toBeUndefined();
    // Nanoseconds. It takes seconds in all, and this machine may be busy with others.
    expect(delay.max).toBeLessThan(1_500e6);
  } finally {
    bucket.closeAllConnections();
    bucket.close();
  }
});

describe('reading a list', () => {
  test('that is far too large stops early', async () => {
    await put('p/large.m3u8', `#EXTM3U\n${'#x'.repeat(5 * 1024 * 1024)}`);
    expect(await readList(s3.bucket, 'p/large.m3u8')).toEqual({
      kind: 'broken',
      why: 'The list is too large to be one.',
    });
  });

  test('says absent, forbidden and unknown apart', async () => {
    expect(await readList(s3.bucket, 'p/none.m3u8')).toEqual({ kind: 'absent' });
    expect(await readList(s3.as('writer'), 'p/none.m3u8')).toEqual({ kind: 'forbidden' });
    expect(await readList({ ...s3.bucket, endpoint: 'http://127.0.0.1:1' }, 'p/none.m3u8')).toMatchObject({
      kind: 'unknown',
    });
  });
});
