import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type S3Server, startS3 } from '../files/support/start-s3.ts';
import { openBrowser } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { startWatch, type WatchServer } from './support/start-watch.ts';

/** The player page in a real browser, with a film from a private bucket. */
const media = join(import.meta.dirname, '../../sandbox/media');
const shots = join(import.meta.dirname, '../screenshots');
mkdirSync(shots, { recursive: true });
const slices = ['film00', 'film01', 'film02', 'film03'];

let s3: S3Server;
let watch: WatchServer;
let browser: BrowserContext;
let page: Page;
const complaints: string[] = [];

const list = (end: boolean, names = slices) =>
  [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    '#EXT-X-TARGETDURATION:3',
    ...names.flatMap((name, i) => [...(i === 0 ? ['#EXT-X-DISCONTINUITY'] : []), '#EXTINF:3.000000', `${name}.ts`]),
    end ? '#EXT-X-ENDLIST' : '',
  ].join('\n');

beforeAll(async () => {
  s3 = await startS3();
  watch = await startWatch(s3.bucket);
  for (const name of slices) await s3.put(`acme/${name}.ts`, readFileSync(join(media, `${name}.mpegts`)));
  await s3.put('acme/film.m3u8', list(true));
  await s3.put('acme/live.m3u8', list(false));
  await s3.put('acme/gap.m3u8', list(true, ['film00', 'lost', 'film02', 'film03']));
  const folder = mkdtempSync(join(tmpdir(), 'film-'));
  const mp4 = join(folder, 'film.mp4');
  const input = ['-i', join(media, 'film.m3u8'), '-t', '6', '-c', 'copy'];
  await promisify(execFile)('ffmpeg', ['-loglevel', 'error', '-allowed_extensions', 'ALL', ...input, mp4]);
  await s3.put('acme/film_0.mp4', readFileSync(mp4));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await watch?.close();
  await s3?.close();
});
beforeEach(async () => {
  page = await browser.newPage();
  complaints.length = 0;
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (m) => m.type() === 'error' && complaints.push(m.text()));
});
afterEach(() => page.close());

/** Once the player has the film at hand: a press before that may be undone by the loading, as it is for people, who press again. */
async function play(): Promise<void> {
  await until('the player has the film', () => page.evaluate<number>("document.querySelector('video').readyState"));
  await page.evaluate("document.querySelector('video').play()");
}
/** What the film says of itself, in seconds. */
const film = (what: 'currentTime' | 'duration') => page.evaluate<number>(`document.querySelector('video').${what}`);
const seek = (seconds: number) => page.evaluate(`document.querySelector('video').currentTime = ${seconds}`);
// The page forbids what Playwright's own waiting needs.
const reaches = (what: 'currentTime' | 'duration', seconds: number) =>
  until(`${what} over ${seconds}`, async () => (await film(what)) > seconds);
async function violations(): Promise<string[]> {
  // The page lets no script in but its own, so axe comes by the back door.
  await page.evaluate(readFileSync(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8'));
  const found = await page.evaluate<{ violations: { id: string }[] }>('axe.run()');
  return found.violations.map((v) => v.id);
}
const status = () => page.getByRole('status').textContent();

describe('the player page', () => {
  test('plays a list from a private bucket to its end', async () => {
    await page.goto(watch.link({}));
    expect(await page.title()).toBe('math-101 <b>&');
    await play();
    await reaches('currentTime', 1);
    expect(Math.round(await film('duration'))).toBe(12);
    await page.screenshot({ path: join(shots, 'watch.png') });
    await seek(10);
    await reaches('currentTime', 11);
    expect(await status()).toBe('');
    expect(complaints).toEqual([]);
  });

  test('begins where the address says', async () => {
    await page.goto(`${watch.link({})}#t=7`);
    await reaches('currentTime', 6.9);
    expect(complaints).toEqual([]);
  });

  test('plays what still grows from its beginning, and what is added', async () => {
    await page.goto(watch.link({ key: 'acme/live.m3u8' }));
    await play();
    await reaches('currentTime', 0.2);
    expect(await film('currentTime')).toBeLessThan(4);
    await s3.put('acme/live.m3u8', list(true, [...slices, 'film00', 'film01']));
    await reaches('duration', 17);
    expect(complaints).toEqual([]);
  });

  test('plays an MP4', async () => {
    await page.goto(watch.link({ key: 'acme/film_0.mp4' }));
    await play();
    await reaches('currentTime', 1);
    expect(complaints).toEqual([]);
  });

  test('passes over a piece that is lost, and says so', async () => {
    await page.goto(watch.link({ key: 'acme/gap.m3u8' }));
    await play();
    await reaches('currentTime', 7);
    expect(await status()).toBe('A piece of this recording is missing.');
  });

  test.each([
    ['acme/none.m3u8', 'This recording is not in the bucket, or not yet.'],
    ['acme/none.mp4', 'This recording cannot be played: the bucket did not give the film.'],
  ])('says why %s does not play', async (key, sentence) => {
    await page.goto(watch.link({ key }));
    await page.getByRole('status').getByText(sentence).waitFor();
    expect(await violations()).toEqual([]);
  });

  test('says so too when the film was refused before the player was there', async () => {
    await page.route(/watch-player|player\.js/, async (route) => {
      await page.waitForFunction(() => document.querySelector('video')?.error);
      await route.continue();
    });
    await page.goto(watch.link({ key: 'acme/none.mp4' }), { waitUntil: 'commit' });
    await page.getByRole('status').getByText('the bucket did not give the film').waitFor();
    await page.unroute(/watch-player|player\.js/);
  });

  test('a bucket that does not allow the page gets a sentence', async () => {
    const shut = await startS3({ allowsPages: false });
    await shut.put('acme/film.m3u8', list(true));
    await shut.put('acme/film00.ts', readFileSync(join(media, 'film00.mpegts')));
    const other = await startWatch(shut.bucket);
    await page.goto(other.link({}));
    await page.getByRole('status').getByText('CORS settings of the bucket').waitFor();
    await other.close();
    await shut.close();
  });

  test('has no accessibility violation, wide, narrow and dark, and nothing sticks out', async () => {
    for (const [width, colorScheme] of [
      [1280, 'light'],
      [320, 'light'],
      [390, 'dark'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.goto(watch.link({}));
      expect(await violations()).toEqual([]);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBe(0);
    }
    await page.screenshot({ path: join(shots, 'watch-phone.png') });
    const gone = await page.goto(watch.link({ expiresAt: 1_000 }));
    expect(gone?.status()).toBe(410);
    expect(await page.getByRole('main').textContent()).toContain('This link has expired.');
    expect(await violations()).toEqual([]);
  });

  test('cannot be put into another page', async () => {
    const link = watch.link({});
    const refused = page.waitForEvent('requestfailed', (r) => r.url() === link);
    await page.setContent(`<iframe src="${link}"></iframe>`);
    expect((await refused).failure()?.errorText).toMatch(/BLOCKED/);
  });
});
