import { describe, expect, test } from 'vitest';
import { createFileLinks } from '../../src/files/create-file-links.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const storage = {
  name: 'default',
  prefix: [],
  vendor: 1,
  region: 'eu-west-1',
  bucket: 'b',
  accessKey: 'ak',
  secretKey: 'sk',
};
const session = { id: 's1', recipe: { storage: 'default' } };
const linksOf = (more: Partial<Parameters<typeof createFileLinks>[0]> = {}) =>
  createFileLinks({
    storageOf: (name) => (name === 'default' ? storage : undefined),
    now: () => now,
    ttl: 3_600_000,
    isRefused: async () => false,
    watchUrl: (r) => `https://bot.example.com/watch/${r.session}:${r.key}:${r.until}`,
    ...more,
  });

test('where they lie is told without signing anything, however many there are', async () => {
  const names = Array.from({ length: 5_000 }, (_, n) => `p/${n}.jpg`);
  const { places } = linksOf({ isRefused: () => Promise.reject(new Error('The bucket was asked')) });
  const found = await places(session, names);
  expect(found.size).toBe(5_000);
  expect(found.get('p/7.jpg')).toBe('https://b.s3.eu-west-1.amazonaws.com/p/7.jpg');
  expect(await places({ recipe: { storage: 'another' } }, names)).toEqual(new Map());
});

describe('the links to a file', () => {
  test('say where it lies, open it, save it, play it and show it in the console', async () => {
    const links = (await linksOf().of(session, ['p/a.mp4'])).get('p/a.mp4');
    expect(links).toMatchObject({
      location: 'https://b.s3.eu-west-1.amazonaws.com/p/a.mp4',
      watch: `https://bot.example.com/watch/s1:p/a.mp4:${now + 3_600_000}`,
      console: expect.stringContaining('console.aws.amazon.com'),
      until: now + 3_600_000,
    });
    const [open, saved] = [new URL(links?.open ?? ''), new URL(links?.download ?? '')];
    expect([open, saved].map((u) => u.searchParams.get('X-Amz-Expires'))).toEqual(['3600', '3600']);
    expect([open, saved].map((u) => u.searchParams.get('response-content-disposition'))).toEqual([
      null,
      'attachment; filename="a.mp4"',
    ]);
  });

  test.each([
    ['that was never looked into', undefined],
    ['that could not be read', { verdict: 'cannot_read' }],
  ])('of a bucket %s: where they lie, and links only if the key may read by now', async (_, report) => {
    const asked: string[] = [];
    const links = (refused: boolean) =>
      linksOf({
        isRefused: async (s, key) => {
          asked.push(`${s.bucket} ${key}`);
          return refused;
        },
      }).of({ ...session, ...(report ? { report } : {}) }, ['a.mp4', 'b.mp4']);
    const closed = [...(await links(true)).values()];
    expect(closed.map((l) => Object.keys(l).sort())).toEqual(closed.map(() => ['console', 'location', 'until']));
    expect((await links(false)).get('b.mp4')).toMatchObject({ open: expect.any(String), watch: expect.any(String) });
    expect(asked).toEqual(['b a.mp4', 'b a.mp4']);
  });

  test('of files that were seen the bucket is not asked again', async () => {
    const links = linksOf({ isRefused: async () => true });
    expect((await links.of({ ...session, report: { verdict: 'ready' } }, ['a.mp4'])).get('a.mp4')?.open).toBeDefined();
  });

  test('are those that there can be', async () => {
    const names = ['a.m3u8', 'a.jpg'];
    const all = await linksOf({ storageOf: () => ({ ...storage, vendor: 4, region: 'nowhere' }) }).of(session, names);
    expect([...all.values()].map((l) => [l.open, l.download, Boolean(l.watch)])).toEqual([
      [undefined, undefined, true],
      [undefined, undefined, false],
    ]);
    expect((await linksOf({ storageOf: () => undefined }).of(session, names)).size).toBe(0);
    const longest = await linksOf({ ttl: 30 * 24 * 3_600_000 }).of(session, names);
    expect(longest.get('a.jpg')?.until).toBe(now + 7 * 24 * 3_600_000);
  });
});
