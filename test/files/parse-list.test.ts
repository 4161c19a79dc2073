import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listName } from '../../src/files/list-name.ts';
import { parseList } from '../../src/files/parse-list.ts';

/** As Agora writes it: no comma after the length, its own tags in any order, a break before the very first slice. */
const agora = `#EXTM3U
#EXT-X-VERSION:3
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-ALLOW-CACHE:YES
#EXT-X-TARGETDURATION:18
#EXT-X-DISCONTINUITY
#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=20260102030405678
#EXTINF:15.019000
abc_math_20260102030405678.ts
#EXT-X-AGORA-ROTATE:WIDTH=640,HEIGHT=360,ROTATE=90,TIME=1767323045678
#EXTINF:15.000000
abc_math_20260102030420697.ts
#EXT-X-DISCONTINUITY
#EXT-X-AGORA-ROTATE:WIDTH=360,HEIGHT=640,ROTATE=0,TIME=20260102030435697
#EXTINF:3.5,
abc_math_20260102030435697.ts
#EXT-X-ENDLIST
`;
const key = 'acme/prod/abc_math.m3u8';
const list = (...entries: string[]) => ['#EXTM3U', ...entries.flatMap((e) => ['#EXTINF:2.0', e])].join('\n');

describe('a list', () => {
  test("of Agora's is read", async () => {
    const read = await parseList(agora, key);
    expect(read).toMatchObject({ isMaster: false, ended: true, refused: 0, variants: [] });
    expect(read?.slices).toEqual([
      { key: 'acme/prod/abc_math_20260102030405678.ts', seconds: 15.019, discontinuity: true },
      { key: 'acme/prod/abc_math_20260102030420697.ts', seconds: 15, discontinuity: false },
      { key: 'acme/prod/abc_math_20260102030435697.ts', seconds: 3.5, discontinuity: true },
    ]);
    expect(read?.seconds).toBeCloseTo(33.519);
  });

  test('reads the same with Windows line ends, with a mark before it, and with commas', async () => {
    const read = await parseList(agora, key);
    expect(await parseList(agora.replaceAll('\n', '\r\n'), key)).toEqual(read);
    expect(await parseList(`\uFEFF${agora}`, key)).toEqual(read);
    expect(await parseList(agora.replace(/(#EXTINF:[\d.]+)$/gm, '$1,'), key)).toEqual(read);
  });

  test('that still grows has no end', async () => {
    expect((await parseList(agora.replace('#EXT-X-ENDLIST', ''), key))?.ended).toBe(false);
  });

  test('at the top of the bucket names slices there', async () => {
    expect((await parseList(list('a.ts'), 'x.m3u8'))?.slices[0]?.key).toBe('a.ts');
  });

  test.each([
    '../other/secret.ts',
    'a/../../secret.ts',
    '%2e%2e/secret.ts',
    'a/%2E%2E/secret.ts',
    './a.ts',
    '/secret.ts',
    '//evil.example.com/a.ts',
    'https://evil.example.com/a.ts',
    'file:///etc/passwd',
    'data:video/mp2t;base64,AAAA',
    'a.ts?versionId=1',
    'a.ts#t=1',
    'a%3Fb.ts',
    'a\\..\\b.ts',
    'a%00.ts',
    '%ff.ts',
  ])('does not lead to %s', async (entry) => {
    const read = await parseList(list('a.ts', entry, 'b.ts'), key);
    expect(read?.refused).toBe(1);
    // The gap is a break for players.
    expect(read?.slices.map((s) => [s.key, s.discontinuity])).toEqual([
      ['acme/prod/a.ts', false],
      ['acme/prod/b.ts', true],
    ]);
  });

  test.each([
    ['a b.ts', 'a b.ts'],
    ['a%20b.ts', 'a b.ts'],
    ['sub/a.ts', 'sub/a.ts'],
    ['日本.ts', '日本.ts'],
    ['..a.ts', '..a.ts'],
  ])('leads to %s', async (entry, name) => {
    expect((await parseList(list(entry), key))?.slices).toMatchObject([{ key: `acme/prod/${name}` }]);
  });

  test.each(['', 'hello', '<html>', '#EXTM3U8', '\0'])('is not %j', async (text) => {
    expect(await parseList(text, key)).toBeUndefined();
  });

  test('of lists names each of them once', async () => {
    const master = `#EXTM3U
# Audio
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",URI="audio.m3u8"
# Video
#EXT-X-STREAM-INF:BANDWIDTH=100,AUDIO="a"
video.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=200,AUDIO="a"
video.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=300
../else.m3u8
`;
    const read = await parseList(master, key);
    expect(read).toMatchObject({ isMaster: true, slices: [], refused: 1 });
    expect(read?.variants.sort()).toEqual(['acme/prod/audio.m3u8', 'acme/prod/video.m3u8']);
  });

  test('may hold anything, and nothing in it leads out of the folder', async () => {
    const part = fc.constantFrom('..', '.', '/', '\\', '%2e', '%2F', ':', '?', '#', 'a', '.ts', '\n', 'http', ',', '"');
    const line = fc.oneof(
      fc.array(part).map((parts) => parts.join('')),
      fc.constantFrom('#EXTINF:1', '#EXT-X-DISCONTINUITY', '#EXT-X-KEY:METHOD=NONE', '#EXT-X-STREAM-INF:', '#EXTINF:x'),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        const read = await parseList(`#EXTM3U\n${lines.join('\n')}`, key);
        for (const k of [...(read?.slices.map((s) => s.key) ?? []), ...(read?.variants ?? [])]) {
          const url = new URL(`https://x/${k.split('/').map(encodeURIComponent).join('/')}`);
          expect(url.pathname.startsWith('/acme/prod/')).toBe(true);
        }
        expect(read?.slices.every((s) => Number.isFinite(s.seconds) && s.seconds >= 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the name of a list', () => {
  test.each([
    ['p/abc_math.m3u8', { of: 'p/abc_math.m3u8', copy: null, takeover: null }],
    ['p/abc_math_1767323045_2.m3u8', { of: 'p/abc_math.m3u8', copy: 2, takeover: null }],
    ['p/bak0_abc_math.m3u8', { of: 'p/bak0_abc_math.m3u8', copy: null, takeover: 0 }],
    ['bak12_abc_math_1767323045_0.m3u8', { of: 'bak12_abc_math.m3u8', copy: 0, takeover: 12 }],
    ['abc_101.m3u8', { of: 'abc_101.m3u8', copy: null, takeover: null }],
    ['abc_101_5_6.m3u8', { of: 'abc_101.m3u8', copy: 6, takeover: null }],
    ['abc_m__uid_s_7__uid_e_video_17_3.m3u8', { of: 'abc_m__uid_s_7__uid_e_video.m3u8', copy: 3, takeover: null }],
  ])('%s', (name, said) => expect(listName(name)).toEqual(said));
});
