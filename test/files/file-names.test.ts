import { describe, expect, test } from 'vitest';
import { consoleUrl } from '../../src/files/console-url.ts';
import { fileNamePatterns, type PredictedFor, predictFiles } from '../../src/files/predict-files.ts';

const r = { prefix: ['acme', 'prod'], sid: 'abc', channelName: 'math_101 <!x>' };
const base = 'acme/prod/abc_math-101 --x-';
const recipe = (more: PredictedFor['recipe']): PredictedFor => ({ ...r, ...(more ? { recipe: more } : {}) });

describe('the files that a recording is expected to write', () => {
  test.each<[string, PredictedFor, string[], string[]]>([
    ['by default', r, [`${base}.m3u8`], [`${base}.m3u8`, `${base}_<time>.ts`]],
    [
      'composite with MP4',
      recipe({ mode: 'mix', recordingFileConfig: { avFileType: ['hls', 'mp4'] } }),
      [`${base}.m3u8`, `${base}_0.mp4`],
      [`${base}.m3u8`, `${base}_<time>.ts`, `${base}_<number>.mp4`],
    ],
    [
      'a web page',
      recipe({ mode: 'web', recordingFileConfig: { avFileType: ['hls'] } }),
      [`${base}.m3u8`],
      [`${base}.m3u8`, `${base}_<time>.ts`],
    ],
    [
      'individual, nobody known',
      recipe({ mode: 'individual' }),
      [],
      ['audio.m3u8', 'audio_<time>.ts', 'video.m3u8', 'video_<time>.ts'].map((e) => `${base}__uid_s_<uid>__uid_e_${e}`),
    ],
    [
      'individual, sound of two',
      { ...recipe({ mode: 'individual', recordingConfig: { streamTypes: 0 } }), uids: ['7', '8'] },
      [`${base}__uid_s_7__uid_e_audio.m3u8`, `${base}__uid_s_8__uid_e_audio.m3u8`],
      [`${base}__uid_s_<uid>__uid_e_audio.m3u8`, `${base}__uid_s_<uid>__uid_e_audio_<time>.ts`],
    ],
    [
      'snapshots alone',
      { ...recipe({ mode: 'individual', snapshotConfig: { captureInterval: 5 } }), uids: ['7'] },
      [],
      [`${base}__uid_s_<uid>__uid_e_video_<time>.jpg`],
    ],
  ])('%s', (_what, given, files, patterns) => {
    expect(predictFiles(given)).toEqual(files);
    expect(fileNamePatterns(given)).toEqual(patterns);
  });

  test('every character that Agora replaces is replaced, and no other one', () => {
    const [file] = predictFiles({ prefix: [], sid: 's', channelName: 'a!@#$%^&*()+_.=[]{}~|,;:?<>- Z9' });
    expect(file).toBe(`s_a${'-'.repeat(26)}- Z9.m3u8`);
  });
});

describe("the vendor's console", () => {
  const b = { vendor: 1, region: 'eu-west-1', bucket: 'b', accessKey: 'ak', secretKey: 'sk' };
  test.each([
    [b, 'https://eu-west-1.console.aws.amazon.com/s3/object/b?region=eu-west-1&prefix=p%2Fa%20b.mp4'],
    [
      { ...b, region: 'cn-north-1' },
      'https://cn-north-1.console.amazonaws.cn/s3/object/b?region=cn-north-1&prefix=p%2Fa%20b.mp4',
    ],
    [
      { ...b, vendor: 2, region: 'cn-hangzhou' },
      'https://oss.console.aliyun.com/bucket/oss-cn-hangzhou/b/object?path=p%2F',
    ],
    [
      { ...b, vendor: 3, region: 'ap-tokyo' },
      'https://console.cloud.tencent.com/cos/bucket?bucket=b&region=ap-tokyo&path=%252Fp%252F',
    ],
    [{ ...b, vendor: 6 }, 'https://console.cloud.google.com/storage/browser/_details/b/p/a%20b.mp4'],
    [{ ...b, vendor: 7 }, 'https://console.huaweicloud.com/console/?region=eu-west-1#/obs/manage/b/object/list'],
    [{ ...b, vendor: 5 }, undefined],
    [{ ...b, vendor: 11 }, undefined],
  ])('%o', (bucket, url) => expect(consoleUrl(bucket, 'p/a b.mp4')).toBe(url));
});
