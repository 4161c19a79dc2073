import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../../support/browser.ts';
import { createRig, type Rig, token } from './rig.ts';

/** What the sandbox records is looked at by programs that know nothing of it. */
const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

let rig: Rig;
/** Addresses of two recordings: over the seam where the film begins anew, without and with the comma after EXTINF. */
let plain: string;
let withComma: string;
/** 23 slices. */
const seconds = 69;

beforeAll(async () => {
  rig = await createRig();
  const record = async (uid: string, recordingConfig: object) => {
    const task = await rig.start('math-101', uid, { recordingConfig });
    await rig.live(2 + seconds);
    await task.stop();
    await rig.pass(2);
    return `${rig.storage.url}/recordings/${task.sid}_math-101.m3u8`;
  };
  plain = await record('101', { channelType: 1 });
  withComma = await record('102', { channelType: 1, privateParams: '{"correctEXTINF":true}' });
});
afterAll(() => rig.close());

test('every slice by itself is H.264 and AAC, and begins with a key frame', async () => {
  const list = await (await fetch(plain)).text();
  const names = list.split('\n').filter((line) => line.endsWith('.ts'));
  expect(names).toHaveLength(23);
  for (const name of names.slice(0, 3)) {
    const { stdout } = await run('ffprobe', [
      ...['-v', 'error', '-show_entries', 'stream=codec_name,width,height:packet=flags', '-of', 'json'],
      ...['-read_intervals', '%+#4', new URL(name, plain).href],
    ]);
    const { streams, packets } = JSON.parse(stdout);
    expect(streams).toMatchObject([{ codec_name: 'h264', width: 320, height: 180 }, { codec_name: 'aac' }]);
    expect(packets.some((p: { flags: string }) => p.flags.startsWith('K'))).toBe(true);
  }
});

test('the slices put together are one film without a gap', async () => {
  const list = await (await fetch(plain)).text();
  const names = list.split('\n').filter((line) => line.endsWith('.ts'));
  // One round of the film: from the seam on timestamps begin anew.
  const bodies = await Promise.all(
    names.slice(0, 20).map(async (n) => Buffer.from(await (await fetch(new URL(n, plain))).arrayBuffer())),
  );
  const probe = run('ffprobe', [
    ...['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', 'pipe:0'],
  ]);
  probe.child.stdin?.end(Buffer.concat(bodies));
  const { stdout, stderr } = await probe;
  const times = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => Number.parseFloat(line))
    .sort((a, b) => a - b);
  expect(stderr).toBe('');
  expect(times).toHaveLength(60 * 15);
  const steps = times.slice(1).map((t, i) => t - (times[i] ?? 0));
  expect(Math.max(...steps)).toBeLessThan(0.07);
});

test('ffmpeg decodes the whole list without a complaint', async () => {
  const { stderr, stdout } = await run('ffmpeg', [
    // Sound is counted anew: at the seam its last frame reaches 16 samples into the next round, which only the null muxer minds.
    ...['-v', 'error', '-i', withComma, '-af', 'asetpts=N/SR/TB', '-f', 'null', '-progress', 'pipe:1', '-'],
  ]);
  expect(stderr).toBe('');
  expect(Number(/frame=(\d+)\s(?![\s\S]*frame=)/.exec(stdout)?.[1])).toBeGreaterThanOrEqual(seconds * 15 - 2);
});

/** What ffprobe finds in a file or under a list, as `codec seconds` for each stream. */
async function streams(address: string): Promise<string[]> {
  const { stdout, stderr } = await run('ffprobe', [
    ...['-v', 'error', '-show_entries', 'stream=codec_name:format=duration', '-of', 'json', address],
  ]);
  expect(stderr).toBe('');
  const found = JSON.parse(stdout) as { streams: { codec_name: string }[]; format: { duration: string } };
  return found.streams.map((s) => `${s.codec_name} ${Math.round(Number(found.format.duration))}`);
}

test('sound and picture of each person are streams of their own, and one list has both', async () => {
  const recordingConfig = { channelType: 1, subscribeUidGroup: 0, streamMode: 'standard' };
  const task = await rig.startIn('individual', 'physics', {
    recordingConfig: { ...recordingConfig, privateParams: '{"correctEXTINF":true}' },
    snapshotConfig: { fileType: ['jpg'] },
    token: token('physics', '101'),
  });
  await rig.pass(2 + 31);
  await task.stopAndWait();
  const base = `${rig.storage.url}/recordings/${task.sid}_physics__uid_s_1002__uid_e_`;
  const { stderr } = await run('ffmpeg', ['-v', 'error', '-i', `${base}video.m3u8`, '-f', 'null', '-']);
  expect(stderr).toBe('');
  expect(await streams(`${base}audio.m3u8`)).toEqual(['aac 33']);
  expect(await streams(`${base}video.m3u8`)).toEqual(['h264 33']);
  expect((await streams(`${base}av.m3u8`)).map((s) => s.split(' ')[0]).sort()).toEqual(['aac', 'h264']);
  const picture = rig.storage.list(task.sid).find((key) => key.endsWith('.jpg'));
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-show_entries', 'stream=codec_name,width,height', '-of', 'csv=p=0'],
    `${rig.storage.url}/recordings/${picture}`,
  ]);
  expect(stdout.trim()).toBe('mjpeg,320,180');
});

test.each([10, 130])('an MP4 of %d seconds plays that long, to its last frame', async (length) => {
  const task = await rig.startIn('mix', 'mp4', { recordingFileConfig: { avFileType: ['hls', 'mp4'] } });
  await rig.pass(2 + length);
  await task.stopAndWait();
  const address = `${rig.storage.url}/recordings/${task.sid}_mp4_0.mp4`;
  const whole = Math.ceil(length / 3) * 3;
  expect(await streams(address)).toEqual([`h264 ${whole}`, `aac ${whole}`]);
  const packets = await run('ffprobe', [
    ...['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=flags', '-of', 'csv=p=0', address],
  ]);
  // One key frame in three seconds.
  expect(packets.stdout.match(/K/g)).toHaveLength(whole / 3);
  const { stderr, stdout } = await run('ffmpeg', [
    ...['-v', 'error', '-i', address, '-f', 'null', '-progress', 'pipe:1', '-'],
  ]);
  expect(stderr).toBe('');
  expect(Number(/frame=(\d+)\s(?![\s\S]*frame=)/.exec(stdout)?.[1])).toBe(whole * 15);
});

describe('in a browser', () => {
  let pages: Server;
  let browser: BrowserContext;
  beforeAll(async () => {
    // Another origin than the bucket's, as in life.
    const script = await readFile(join(root, 'node_modules/hls.js/dist/hls.light.mjs'));
    pages = createServer((req, res) => {
      if (req.url === '/hls.mjs') res.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
      else res.writeHead(200, { 'content-type': 'text/html' }).end('<video muted></video>');
    });
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    pages.closeAllConnections();
    pages.close();
  });

  /** Runs in the page: plays a little at the start and across the seam, and says what happened. */
  const play = `async (address) => {
    const { default: Hls } = await import('/hls.mjs');
    const video = document.querySelector('video');
    const hls = new Hls();
    const errors = [];
    hls.on(Hls.Events.ERROR, (_, e) => errors.push(e.details));
    hls.loadSource(address);
    hls.attachMedia(video);
    const after = async (seconds) => {
      while (video.currentTime < seconds && errors.length === 0) await new Promise((r) => setTimeout(r, 20));
    };
    await new Promise((r) => video.addEventListener('canplay', r, { once: true }));
    await video.play();
    await after(0.5);
    video.currentTime = 59.5;
    await after(60.8);
    return { duration: video.duration, width: video.videoWidth, height: video.videoHeight, errors };
  }`;

  test('an MP4 plays, and can be sought in past where the film begins anew', async () => {
    const task = await rig.startIn('mix', 'mp4-page', { recordingFileConfig: { avFileType: ['hls', 'mp4'] } });
    await rig.pass(2 + 129);
    await task.stopAndWait();
    const address = `${rig.storage.url}/recordings/${task.sid}_mp4-page_0.mp4`;
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    const seen = await page.evaluate<object>(`(async () => {
      const video = document.querySelector('video');
      video.src = ${JSON.stringify(address)};
      await new Promise((r, no) => {
        video.addEventListener('canplay', r, { once: true });
        video.addEventListener('error', () => no(new Error(video.error?.message)), { once: true });
      });
      video.currentTime = 119.5;
      await video.play();
      while (video.currentTime < 120.5 && !video.error) await new Promise((r) => setTimeout(r, 20));
      return { duration: Math.round(video.duration), width: video.videoWidth, error: video.error };
    })()`);
    expect(seen).toEqual({ duration: 129, width: 320, error: null });
    await page.close();
  });

  test.each([
    ['without the comma after EXTINF', () => plain],
    ['with it', () => withComma],
  ])('hls.js plays it over the seam, %s', async (_, address) => {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    const seen = await page.evaluate<{ duration: number; errors: string[] }>(`(${play})(${JSON.stringify(address())})`);
    expect(seen).toMatchObject({ width: 320, height: 180, errors: [] });
    expect(Math.abs(seen.duration - seconds)).toBeLessThan(0.5);
    await page.close();
  });
});
