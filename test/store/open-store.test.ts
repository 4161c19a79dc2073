import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { captureLog } from '../support/quiet-log.ts';
import { sampleSession } from './sample-session.ts';

const folder = mkdtempSync(join(tmpdir(), 'store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const parts = { now: Date.now, log: captureLog().log };

describe('STORE_URL', () => {
  test.each([
    ['memory:', undefined],
    [`sqlite:${folder}/one.sqlite`, 'one.sqlite'],
    [`sqlite://${folder}/two.sqlite`, 'two.sqlite'],
  ])('%s opens a store', async (url, file) => {
    const store = await openStore(url, parts);
    await store.create(sampleSession('a'));
    expect((await store.get('a'))?.id).toBe('a');
    await store.close();
    if (file) expect(existsSync(join(folder, file))).toBe(true);
  });

  test('two in memory know nothing of each other', async () => {
    const [one, two] = [await openStore('memory:', parts), await openStore('memory:', parts)];
    await one.create(sampleSession('a'));
    expect(await two.get('a')).toBeUndefined();
    await one.close();
    await two.close();
  });

  test.each([
    '',
    'sqlite:',
    'postgres://localhost/x',
    'data/recordings.sqlite',
    'memory',
    'redis://',
    'redis://host:port',
  ])('%j is refused in a sentence', async (url) => {
    await expect(openStore(url, parts)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'STORE_DOWN',
      message: expect.stringMatching(/^STORE_URL must be sqlite:path, /),
    });
  });
});
