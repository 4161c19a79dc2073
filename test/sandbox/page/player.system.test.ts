import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { seriousViolations } from './axe.ts';
import { createPageRig } from './page-rig.ts';

/** The player, with a bucket that says no. That it plays is seen with a real recording, in sandbox-page.system.test.ts. */
const rig = createPageRig();
let bucket: Server;
let status = 404;
let asked = 0;

beforeAll(async () => {
  await rig.start();
  bucket = createServer((_req, res) => {
    asked++;
    res.writeHead(status, { 'access-control-allow-origin': '*' }).end('not a list');
  });
  await new Promise<void>((resolve) => bucket.listen(0, '127.0.0.1', resolve));
});
beforeEach(rig.newPage);
afterEach(rig.closePage);
afterAll(async () => {
  await rig.end();
  bucket.close();
});

const src = (port = (bucket.address() as AddressInfo).port) => `http://127.0.0.1:${port}/b/a1_math-101.m3u8?X-Sig=1`;
const play = (address: string, more = '') =>
  rig.page.goto(`${rig.workspace.url}/player.html?src=${encodeURIComponent(address)}${more}`);

describe('the player', () => {
  test.each([
    [404, 'It cannot be loaded: the bucket has no such file (yet).'],
    [403, 'It cannot be loaded: the bucket refuses it.'],
    [200, 'It cannot be loaded: it is not a recording that can be played here'],
  ])('says what is wrong when the bucket answers %i, and tries again when asked to', async (code, words) => {
    status = code;
    await play(src());
    await rig.page.getByRole('status').getByText(words).waitFor();
    expect(await rig.page.getByRole('heading', { name: 'a1_math-101.m3u8' }).count()).toBe(1);
    expect(await seriousViolations(rig.page)).toEqual([]);
    const before = asked;
    await rig.page.getByRole('button', { name: 'Try again' }).press('Enter');
    await expect.poll(() => asked).toBeGreaterThan(before);
  });

  test('names the file even when the link has another label', async () => {
    await play(src(), '&title=the%20lesson');
    expect(await rig.page.getByRole('heading').textContent()).toBe('a1_math-101.m3u8');
  });

  test.each(['', 'https://elsewhere.example/a.m3u8', 'javascript:alert(1)'])(
    'loads nothing from "%s"',
    async (address) => {
      const requests: string[] = [];
      rig.page.on('request', (r) => requests.push(r.url()));
      await play(address);
      await rig.page.getByText('There is no recording of this sandbox in the address.').waitFor();
      expect(requests.filter((url) => !url.startsWith(rig.workspace.url))).toEqual([]);
    },
  );
});
