import { describe, expect, test } from 'vitest';
import { lookForFiles } from '../../src/recording/look-for-files.ts';
import type { SessionIn } from '../../src/recording/session.ts';
import { createMemoryBucket } from '../../torture/simulation/memory-bucket.ts';
import { noon, sessionIn } from '../slack/support/sessions.ts';

/** What is looked for in the bucket, and when. The bucket itself has tests in test/files. */
const target = { url: 'memory:', bucket: 'b', accessKey: 'a', secretKey: 's' };
const list = (slices: string[], ended = true) =>
  Buffer.from(`#EXTM3U\n${slices.map((s) => `#EXTINF:15\n${s}\n`).join('')}${ended ? '#EXT-X-ENDLIST\n' : ''}`);
const parts = (objects: Record<string, Buffer>) => {
  const bucket = createMemoryBucket(() => noon);
  for (const [key, body] of Object.entries(objects)) void bucket.client.put(target as never, key, body);
  return { fileCheck: bucket.check, expectFiles: () => ({ names: ['s_m.m3u8'], patterns: [] }) };
};
const uploading = (more = {}) =>
  sessionIn('uploading', { files: [{ name: 's_m.m3u8' }], ...more }) as SessionIn<'uploading'>;
const whole = { 's_m.m3u8': list(['s_1.ts']), 's_1.ts': Buffer.from('x') };

test('a recorder that took over is looked for though nobody told of it, and all that is known is whole', async () => {
  const evidence = { ended: true, failoverUids: [], uploaded: 'uploaded' };
  const bucket = parts({ ...whole, 'bak0_s_m.m3u8': list(['s_1.ts']) });
  const { report, files } = await lookForFiles(uploading({ evidence }), bucket);
  expect(files.map((f) => f.name)).toEqual(['s_m.m3u8', 'bak0_s_m.m3u8']);
  expect(report).toMatchObject({
    verdict: 'ready',
    ended: true,
    files: [{ name: 's_m.m3u8' }, { name: 'bak0_s_m.m3u8' }],
  });
});

test('where Agora named nothing, what it should have written is looked for, and is no more than expected until it is seen', async () => {
  const { report, files } = await lookForFiles(uploading({ files: [] }), parts({}));
  expect(files).toEqual([{ name: 's_m.m3u8', expected: true }]);
  expect(report).toMatchObject({ verdict: 'missing', missing: ['s_m.m3u8'] });
});

test('of a bucket that could not be listed it is not said that all is there', async () => {
  const { fileCheck, expectFiles } = parts(whole);
  const look = (more: { unlisted?: true }) =>
    lookForFiles(uploading(), {
      fileCheck: { ...fileCheck, search: async (...r) => ({ ...(await fileCheck.search(...r)), ...more }) },
      expectFiles,
    });
  expect((await look({ unlisted: true })).report).toMatchObject({ verdict: 'unknown', unlisted: true });
  expect((await look({})).report).toMatchObject({ verdict: 'ready' });
});

test('that there are more files than are named is kept with what was seen', async () => {
  const { fileCheck, expectFiles } = parts(whole);
  const look = (more: boolean | undefined, before = {}) =>
    lookForFiles(uploading(before), {
      fileCheck: {
        ...fileCheck,
        async search(...r) {
          const { found, expected } = await fileCheck.search(...r);
          return { found, expected, ...(more === undefined ? {} : { more }) };
        },
      },
      expectFiles,
    });
  expect((await look(true)).report).toMatchObject({ verdict: 'ready', more: true });
  expect((await look(undefined)).report.more).toBeUndefined();
  // A bucket that cannot be listed this time does not say that there are no others any more.
  const report = { at: noon, verdict: 'unknown', ended: false, files: [], missing: [], missingCount: 0, more: true };
  expect((await look(undefined, { report })).report).toMatchObject({ verdict: 'ready', more: true });
  expect((await look(false, { report })).report.more).toBeUndefined();
});

describe('where Agora never said that all is uploaded', () => {
  const mp4 = { 's_m_0.mp4': Buffer.from('x') };
  const told = { ended: true, failoverUids: [] };
  const named = (evidence: object) => uploading({ evidence: { ...told, ...evidence } });

  test('it may not have named all: the own prefix is looked through too', async () => {
    const { files, report } = await lookForFiles(named({}), parts({ ...whole, ...mp4 }));
    expect(files.map((f) => f.name)).toEqual(['s_m.m3u8', 's_m_0.mp4']);
    expect(report.files.map((f) => f.name)).toEqual(['s_m.m3u8', 's_m_0.mp4']);
  });

  test('nor any name', async () => {
    const lists = { 's_m__uid_s_1__uid_e_av.m3u8': list(['s_1.ts']), 's_1.ts': Buffer.from('x') };
    const unnamed = uploading({ files: [], evidence: { ...told, uploaded: 'uploaded' } });
    const { files } = await lookForFiles(unnamed, {
      ...parts(lists),
      expectFiles: () => ({ names: [], patterns: [] }),
    });
    expect(files.map((f) => f.name)).toEqual(Object.keys(lists).slice(0, 1));
  });

  test('and what it should have written is asked for by name', async () => {
    const { fileCheck } = parts(whole);
    const asked: unknown[] = [];
    const expectFiles = () => ({ names: ['s_m.m3u8', 's_m_0.mp4'], patterns: [] });
    const look = (evidence: object) =>
      lookForFiles(named(evidence), {
        fileCheck: {
          ...fileCheck,
          search: async (_, r) => {
            asked.push(r.guesses);
            return { found: [], expected: [] };
          },
        },
        expectFiles,
      });
    await look({});
    await look({ uploaded: 'uploaded' });
    expect(asked).toEqual([expectFiles().names, []]);
  });

  test('where it did, its own slices are not gone through', async () => {
    const { files } = await lookForFiles(named({ uploaded: 'uploaded' }), parts({ ...whole, ...mp4 }));
    expect(files.map((f) => f.name)).toEqual(['s_m.m3u8']);
  });
});
