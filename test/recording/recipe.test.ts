import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkRecipe } from '../../src/recording/recipe/check-recipe.ts';
import { fillSecrets } from '../../src/recording/recipe/fill-secrets.ts';
import { hideSecrets } from '../../src/recording/recipe/hide-secrets.ts';
import { nearestName } from '../../src/recording/recipe/nearest-name.ts';
import { type Recipe, recipe } from '../../src/recording/recipe/recipe.ts';
import { withDefaults } from '../../src/recording/recipe/recipe-defaults.ts';

/** A reference to a variable of the environment. */
const ref = (name: string) => `\${${name}}`;
const names = { profile: 'hd', project: 'default', storage: 'archive' };
const limits = { maxIdleTime: 300_000, maxDuration: 4 * 3_600_000 };
const mix = (config: object = {}, rest: object = {}) => ({
  ...names,
  mode: 'mix',
  recordingConfig: { channelType: 1, ...config },
  ...rest,
});
const picture = (config: object) => mix({ transcodingConfig: config });
const individual = (config: object = {}, rest: object = {}) => ({
  ...names,
  mode: 'individual',
  recordingConfig: { channelType: 1, subscribeUidGroup: 1, ...config },
  ...rest,
});
const recorder = (param: object = {}, rest: object = {}) => ({
  serviceName: 'web_recorder_service',
  serviceParam: {
    url: 'https://page.example.com/a',
    audioProfile: 0,
    videoWidth: 1280,
    videoHeight: 720,
    maxRecordingHour: 4,
    ...param,
  },
  ...rest,
});
const push = (param: unknown = { outputs: [{ rtmpUrl: ref('RTMP') }] }, rest: object = {}) => ({
  serviceName: 'rtmp_publish_service',
  serviceParam: param,
  ...rest,
});
const web = (...services: unknown[]) => ({
  ...names,
  mode: 'web',
  extensionServiceConfig: { extensionServices: services },
});
const page = (param: object) => web(recorder(param));
const window = (w: object = {}) => ({ x_axis: 0, y_axis: 0, width: 1, height: 1, ...w });
const windows = (...all: object[]) => picture({ mixedVideoLayout: 3, layoutConfig: all });
const uids = (n: number) => Array.from({ length: n }, (_, i) => String(i + 1));
const png = 'https://pictures.example.com/a.jpg';

const problems = (value: unknown) => {
  const checked = checkRecipe(value);
  return checked.ok ? [] : checked.problems;
};
const messages = (value: unknown) => problems(value).map((p) => p.message);

describe('what Agora takes', () => {
  test.each<[string, object]>([
    ['nothing but a mode', { ...names, mode: 'mix' }],
    ['a named layout', { ...names, mode: 'mix', layout: 'panel' }],
    ['lists of uids', mix({ subscribeAudioUids: uids(32), unSubscribeVideoUids: ['4294967295'] })],
    ['everybody', mix({ subscribeAudioUids: ['#allstream#'], subscribeVideoUids: ['#allstream#'] })],
    ['sound alone', mix({ streamTypes: 0, subscribeAudioUids: ['1'] })],
    ['pictures alone', mix({ streamTypes: 1, unSubscribeVideoUids: ['1'] })],
    ['shortest idle time', mix({ maxIdleTime: 5 })],
    ['longest idle time', mix({ maxIdleTime: 2_592_000 })],
    ['decryption', mix({ decryptionMode: 1, secret: ref('SECRET') })],
    ['decryption with a salt', mix({ decryptionMode: 8, secret: ref('SECRET'), salt: ref('SALT') })],
    ['better sound', mix({ audioProfile: 2 })],
    ['the low stream', mix({ videoStreamType: 1 })],
    ['private parameters', mix({ privateParams: '{"correctEXTINF":true}' })],
    ['the largest picture', picture({ width: 1920, height: 1080, fps: 60, bitrate: 6500 })],
    ['the largest picture upright', picture({ width: 1080, height: 1920 })],
    ['vertical', picture({ mixedVideoLayout: 2, maxResolutionUid: '7' })],
    ['17 windows', windows(...uids(17).map((uid) => window({ uid })))],
    ['thirds, which do not add up', windows(window({ x_axis: 0.6666667, width: 0.3333334 }))],
    ['a window with all', windows(window({ uid: '1', alpha: 0.5, render_mode: 1 }))],
    ['backgrounds', picture({ backgroundColor: '#00ffAA', backgroundImage: png, defaultUserBackgroundImage: png })],
    ["people's pictures", picture({ backgroundConfig: [{ uid: '1', image_url: png, render_mode: 0 }] })],
    ['HLS and MP4', mix({}, { recordingFileConfig: { avFileType: ['hls', 'mp4'] } })],
    ['individual', individual({ streamMode: 'standard' })],
    ['individual, the original sound', individual({ streamMode: 'original', streamTypes: 0 })],
    ['individual as HLS', individual({}, { recordingFileConfig: { avFileType: ['hls'] } })],
    ['snapshots alone', individual({}, { snapshotConfig: { fileType: ['jpg'], captureInterval: 5 } })],
    ['snapshots at most apart', individual({}, { snapshotConfig: { fileType: ['jpg'], captureInterval: 3600 } })],
    [
      'snapshots and a recording',
      individual({}, { snapshotConfig: { fileType: ['jpg'] }, recordingFileConfig: { avFileType: ['hls'] } }),
    ],
    ['a page', web(recorder())],
    [
      'a page with all',
      page({
        videoBitrate: 2000,
        videoFps: 5,
        mobile: true,
        maxVideoDuration: 240,
        onhold: true,
        readyTimeout: 60,
        maxRecordingHour: 720,
      }),
    ],
    ['a page with the longest address', page({ url: `https://page.example.com/${'a'.repeat(999)}` })],
    ['a page and its push', web(recorder({}, { errorHandlePolicy: 'error_abort' }), push())],
    ['a page as MP4 too', { ...web(recorder()), recordingFileConfig: { avFileType: ['hls', 'mp4'] } }],
  ])('%s', (_, value) => {
    expect(problems(value)).toEqual([]);
    // What was checked goes into a session as it is.
    expect(recipe.parse(value)).toEqual(value);
  });
});

describe('what Agora refuses', () => {
  const rc = 'recordingConfig';
  const tc = `${rc}.transcodingConfig`;
  const service = 'extensionServiceConfig.extensionServices[0]';
  const param = `${service}.serviceParam`;
  const rows: [unknown, string, RegExp][] = [
    // The recipe itself.
    [{ ...mix(), mode: 'composite' }, 'mode', /must be mix, individual or web/],
    [{ ...names }, 'mode', /is missing; it must be mix, individual or web/],
    [{ ...mix(), profile: 'a b' }, 'profile', /1 to 64 letters, digits/],
    [{ ...mix(), storage: '' }, 'storage', /1 to 64 letters, digits/],
    [{ ...mix(), project: 3 }, 'project', /1 to 64 letters, digits/],
    [{ ...mix(), recordingConfg: {} }, 'recordingConfg', /did you mean recordingConfig\?/],
    [{ ...mix(), zebra: {} }, 'zebra', /known here: profile, project, storage, mode, recordingConfig/],
    [mix({}, { snapshotConfig: {} }), 'snapshotConfig', /only for mode individual/],
    [mix({}, { extensionServiceConfig: {} }), 'extensionServiceConfig', /only for mode web/],
    [individual({}, { layout: 'panel' }), 'layout', /only for mode mix/],
    [{ ...web(recorder()), recordingConfig: {} }, rc, /only for mode mix and individual/],
    [{ ...web(recorder()), snapshotConfig: {} }, 'snapshotConfig', /only for mode individual/],
    // recordingConfig.
    [mix({ channelType: 2 }), `${rc}.channelType`, /must be 0 or 1/],
    [{ ...mix(), recordingConfig: {} }, `${rc}.channelType`, /is missing; it must be 0 or 1/],
    [{ ...mix(), recordingConfig: [] }, rc, /must be a set of fields/],
    [mix({ streamTypes: 3 }), `${rc}.streamTypes`, /must be 0, 1 or 2/],
    [mix({ streamTypes: '2' }), `${rc}.streamTypes`, /must be 0, 1 or 2/],
    [mix({ maxIdleTime: 4 }), `${rc}.maxIdleTime`, /a whole number from 5 to 2592000 seconds/],
    [mix({ maxIdleTime: 2_592_001 }), `${rc}.maxIdleTime`, /a whole number from 5 to 2592000 seconds/],
    [mix({ maxIdleTime: 5.5 }), `${rc}.maxIdleTime`, /a whole number/],
    [mix({ maxIdelTime: 30 }), `${rc}.maxIdelTime`, /did you mean maxIdleTime\?/],
    [mix({ videoStreamType: 2 }), `${rc}.videoStreamType`, /0 or 1/],
    [mix({ audioProfile: 3 }), `${rc}.audioProfile`, /0, 1 or 2/],
    [individual({ audioProfile: 1 }), `${rc}.audioProfile`, /only for mode mix/],
    [individual({ transcodingConfig: {} }), tc, /only for mode mix/],
    [mix({ streamMode: 'standard' }), `${rc}.streamMode`, /only for mode individual/],
    [mix({ subscribeUidGroup: 1 }), `${rc}.subscribeUidGroup`, /only for mode individual/],
    [{ ...names, mode: 'individual' }, rc, /is missing/],
    [individual({ subscribeUidGroup: undefined }), `${rc}.subscribeUidGroup`, /is missing; .* from 0 to 5/],
    [individual({ subscribeUidGroup: 6 }), `${rc}.subscribeUidGroup`, /from 0 to 5/],
    [individual({ streamMode: 'best' }), `${rc}.streamMode`, /must be default, standard or original/],
    [individual({ streamMode: 'original' }), `${rc}.streamMode`, /unless streamTypes is 0/],
    [mix({ subscribeAudioUids: [] }), `${rc}.subscribeAudioUids`, /a list of 1 to 32 uids/],
    [mix({ subscribeAudioUids: '1' }), `${rc}.subscribeAudioUids`, /a list of 1 to 32 uids/],
    [mix({ unSubscribeVideoUids: uids(33) }), `${rc}.unSubscribeVideoUids`, /a list of 1 to 32 uids/],
    [mix({ subscribeAudioUids: ['1', 2] }), `${rc}.subscribeAudioUids[1]`, /a uid in quotes .* or "#allstream#"/],
    [mix({ subscribeAudioUids: ['0'] }), `${rc}.subscribeAudioUids[0]`, /from "1" to "4294967295"/],
    [mix({ subscribeAudioUids: ['4294967296'] }), `${rc}.subscribeAudioUids[0]`, /from "1" to "4294967295"/],
    [mix({ unSubscribeAudioUids: ['#allstream#'] }), `${rc}.unSubscribeAudioUids[0]`, /"4294967295"\.$/],
    [
      mix({ subscribeAudioUids: ['1'], unSubscribeAudioUids: ['2'] }),
      `${rc}.unSubscribeAudioUids`,
      /excludes subscribeAudioUids/,
    ],
    [
      mix({ subscribeVideoUids: ['1'], unSubscribeVideoUids: ['2'] }),
      `${rc}.unSubscribeVideoUids`,
      /excludes subscribeVideoUids/,
    ],
    [mix({ streamTypes: 1, subscribeAudioUids: ['1'] }), `${rc}.subscribeAudioUids`, /streamTypes 1.* no audio/],
    [mix({ streamTypes: 0, unSubscribeVideoUids: ['1'] }), `${rc}.unSubscribeVideoUids`, /streamTypes 0.* no video/],
    [mix({ decryptionMode: 9, secret: ref('S') }), `${rc}.decryptionMode`, /from 0 to 8/],
    [mix({ decryptionMode: 1 }), `${rc}.secret`, /is missing/],
    [mix({ secret: ref('S') }), `${rc}.secret`, /only for decryptionMode 1 to 8/],
    [mix({ decryptionMode: 7, secret: ref('S') }), `${rc}.salt`, /is missing; .* 32 bytes in base64/],
    [mix({ decryptionMode: 6, secret: ref('S'), salt: ref('T') }), `${rc}.salt`, /only for decryptionMode 7 and 8/],
    [mix({ decryptionMode: 1, secret: 'hunter2' }), `${rc}.secret`, /a reference to a variable/],
    [mix({ decryptionMode: 1, secret: `x${ref('S')}` }), `${rc}.secret`, /a reference to a variable/],
    [mix({ decryptionMode: 1, secret: ref('1S') }), `${rc}.secret`, /a reference to a variable/],
    [mix({ decryptionMode: 8, secret: ref('S'), salt: 'YQ==' }), `${rc}.salt`, /a reference to a variable/],
    [mix({ privateParams: '[]' }), `${rc}.privateParams`, /a JSON object in a text/],
    [mix({ privateParams: '{' }), `${rc}.privateParams`, /a JSON object in a text/],
    [mix({ privateParams: {} }), `${rc}.privateParams`, /a JSON object in a text/],
    // transcodingConfig.
    [picture({ width: 1921 }), `${tc}.width`, /from 1 to 1920 pixels/],
    [picture({ width: 1920, height: 1081 }), `${tc}.width`, /times height must be at most 2073600/],
    [picture({ fps: 25 }), `${tc}.fps`, /must be 1, 7, 10, 15, 24, 30 or 60/],
    [picture({ bitrate: 6501 }), `${tc}.bitrate`, /from 1 to 6500 kbit\/s/],
    [picture({ mixedVideoLayout: 4 }), `${tc}.mixedVideoLayout`, /must be 0, 1, 2 or 3/],
    [picture({ maxResolutionUid: 7 }), `${tc}.maxResolutionUid`, /a uid in quotes/],
    [picture({ backgroundColor: 'red' }), `${tc}.backgroundColor`, /a colour in quotes, such as "#1a2b3c"/],
    [picture({ backgroundImage: 'ftp://a.example.com/b' }), `${tc}.backgroundImage`, /http or https address/],
    [picture({ backgroundConfig: [{ uid: '1' }] }), `${tc}.backgroundConfig[0].image_url`, /is missing/],
    [picture({ layoutConfig: [window()] }), `${tc}.layoutConfig`, /only for mixedVideoLayout 3/],
    [picture({ mixedVideoLayout: 3 }), `${tc}.layoutConfig`, /needs 1 to 17 windows/],
    // layoutConfig.
    [windows(), `${tc}.layoutConfig`, /a list of 1 to 17 windows/],
    [windows(...uids(18).map(() => window())), `${tc}.layoutConfig`, /a list of 1 to 17 windows/],
    [windows(window({ uid: 1 })), `${tc}.layoutConfig[0].uid`, /a uid in quotes/],
    [windows(window(), window({ x_axis: -0.1 })), `${tc}.layoutConfig[1].x_axis`, /a number from 0 to 1/],
    [windows(window({ x_axis: 0.5, width: 0.6 })), `${tc}.layoutConfig[0].width`, /at most 1 minus x_axis/],
    [windows(window({ y_axis: 0.01 })), `${tc}.layoutConfig[0].height`, /at most 1 minus y_axis/],
    [windows(window({ alpha: 2 })), `${tc}.layoutConfig[0].alpha`, /a number from 0 to 1/],
    [windows(window({ render_mode: 2 })), `${tc}.layoutConfig[0].render_mode`, /0 or 1/],
    [windows(window({ x: 1 })), `${tc}.layoutConfig[0].x`, /known here: uid, x_axis/],
    [windows({ y_axis: 0, width: 1, height: 1 }), `${tc}.layoutConfig[0].x_axis`, /is missing/],
    // recordingFileConfig.
    [mix({}, { recordingFileConfig: { avFileType: ['mp4'] } }), 'recordingFileConfig.avFileType', /\["hls", "mp4"\]/],
    [mix({}, { recordingFileConfig: { avFileType: [] } }), 'recordingFileConfig.avFileType', /\["hls"\] or/],
    [
      mix({}, { recordingFileConfig: { avFileType: ['hls', 'hls'] } }),
      'recordingFileConfig.avFileType',
      /\["hls"\] or/,
    ],
    [mix({}, { recordingFileConfig: {} }), 'recordingFileConfig.avFileType', /is missing/],
    [
      individual({}, { recordingFileConfig: { avFileType: ['hls', 'mp4'] } }),
      'recordingFileConfig.avFileType',
      /must be \["hls"\] in mode individual/,
    ],
    // snapshotConfig.
    [individual({}, { snapshotConfig: { captureInterval: 10 } }), 'snapshotConfig.fileType', /must be \["jpg"\]/],
    [individual({}, { snapshotConfig: { fileType: ['png'] } }), 'snapshotConfig.fileType[0]', /must be \["jpg"\]/],
    [
      individual({}, { snapshotConfig: { fileType: ['jpg'], captureInterval: 4 } }),
      'snapshotConfig.captureInterval',
      /from 5 to 3600 seconds/,
    ],
    [
      individual({}, { snapshotConfig: { fileType: ['jpg'], captureInterval: 3601 } }),
      'snapshotConfig.captureInterval',
      /from 5 to 3600 seconds/,
    ],
    [
      individual({ streamTypes: 0 }, { snapshotConfig: { fileType: ['jpg'] } }),
      `${rc}.streamTypes`,
      /snapshots need video/,
    ],
    [
      individual({ subscribeAudioUids: ['1'] }, { snapshotConfig: { fileType: ['jpg'] } }),
      `${rc}.subscribeVideoUids`,
      /snapshots need it beside subscribeAudioUids/,
    ],
    // extensionServiceConfig.
    [{ ...names, mode: 'web' }, 'extensionServiceConfig', /is missing/],
    [web(), 'extensionServiceConfig.extensionServices', /a list of 1 to 2 services/],
    [web(push()), 'extensionServiceConfig.extensionServices', /must have one web_recorder_service/],
    [web(recorder(), recorder()), 'extensionServiceConfig.extensionServices', /each service once/],
    [web({ ...recorder(), serviceName: 'vod' }), `${service}.serviceName`, /web_recorder_service or rtmp_publish/],
    [web('recorder'), service, /must be a service/],
    [web(recorder({}, { errorHandlePolicy: 'error_ignore' })), `${service}.errorHandlePolicy`, /must be error_abort/],
    [
      web(recorder(), push(undefined, { errorHandlePolicy: 'error_abort' })),
      'extensionServiceConfig.extensionServices[1].errorHandlePolicy',
      /must be error_ignore/,
    ],
    [
      web(recorder(), push({ outputs: [{ rtmpUrl: ref('A') }, { rtmpUrl: ref('B') }] })),
      'extensionServiceConfig.extensionServices[1].serviceParam.outputs',
      /a list of one output/,
    ],
    [
      web(recorder(), push({ outputs: [{ rtmpUrl: 'rtmp://live.example.com/app/hunter2' }] })),
      'extensionServiceConfig.extensionServices[1].serviceParam.outputs[0].rtmpUrl',
      /a reference to a variable/,
    ],
    [page({ url: undefined }), `${param}.url`, /is missing/],
    [page({ url: 'http://page.example.com' }), `${param}.url`, /an https address/],
    [page({ url: `https://page.example.com/${'a'.repeat(1000)}` }), `${param}.url`, /at most 1024/],
    [page({ audioProfile: 3 }), `${param}.audioProfile`, /0, 1 or 2/],
    [page({ videoWidth: 239 }), `${param}.videoWidth`, /from 240 to 1920 pixels/],
    [page({ videoWidth: 1920, videoHeight: 1200 }), `${param}.videoWidth`, /at most 2073600/],
    [page({ maxRecordingHour: 721 }), `${param}.maxRecordingHour`, /from 1 to 720 hours/],
    [page({ maxRecordingHour: 0 }), `${param}.maxRecordingHour`, /from 1 to 720 hours/],
    [page({ videoFps: 61 }), `${param}.videoFps`, /from 5 to 60/],
    [page({ mobile: 'yes' }), `${param}.mobile`, /true or false/],
    [page({ maxVideoDuration: 29 }), `${param}.maxVideoDuration`, /from 30 to 240 minutes/],
    [page({ readyTimeout: -1 }), `${param}.readyTimeout`, /from 0 to 60 seconds/],
    [page({ readyTimeout: 1.5 }), `${param}.readyTimeout`, /a whole number/],
  ];

  test.each(rows.map(([value, path, message]) => [path, message, value] as const))('%s %s', (path, message, value) => {
    const found = problems(value);
    expect(found.map((p) => p.path)).toEqual([path]);
    expect(found[0]?.message).toMatch(message);
    expect(found[0]?.message).toMatch(/^\S.* .*[^.?][.?]$/);
    expect(found[0]?.message.startsWith(`${path} `)).toBe(true);
    expect(found[0]?.message).not.toContain('hunter2');
  });

  test('all problems come at once, those between fields too', () => {
    const value = mix(
      { streamTypes: 7, maxIdleTime: 1, wrong: 1, decryptionMode: 1, transcodingConfig: { fps: 2, layoutConfig: [] } },
      { snapshotConfig: {} },
    );
    expect(problems(value).map((p) => p.path)).toEqual([
      'recordingConfig.streamTypes',
      'recordingConfig.maxIdleTime',
      'recordingConfig.transcodingConfig.fps',
      'recordingConfig.transcodingConfig.layoutConfig',
      'recordingConfig.transcodingConfig.layoutConfig',
      'recordingConfig.wrong',
      'recordingConfig.secret',
      'snapshotConfig',
    ]);
  });

  test.each([undefined, null, 1, 'mix', [], [mix()]])('%j is no recipe', (value) => {
    expect(problems(value)).not.toEqual([]);
  });

  test('nothing makes it throw, and no message shows a value', () => {
    const canary = 'S3CR3T-canary';
    const junk = fc.anything({
      values: [fc.constant(canary), fc.integer(), fc.constant(null)],
      withNullPrototype: true,
    });
    const fieldNames = fc.constantFrom(
      canary,
      'secret',
      'salt',
      'maxIdleTime',
      'transcodingConfig',
      'subscribeAudioUids',
      'extensionServices',
      'fileType',
      'avFileType',
    );
    const record = fc.dictionary(fieldNames, junk);
    fc.assert(
      fc.property(fc.constantFrom('mix', 'individual', 'web'), record, record, record, (mode, a, b, c) => {
        const value = { ...names, mode, recordingConfig: a, recordingFileConfig: b, extensionServiceConfig: c };
        expect(messages(value).join('\n')).not.toContain(canary);
        expect(() => withDefaults(value as unknown as Recipe, limits)).not.toThrow();
      }),
    );
  });
});

describe('defaults', () => {
  test('a composite recording shows everybody in 720p, as HLS', () => {
    expect(withDefaults({ ...names, mode: 'mix' }, limits)).toEqual({
      ...names,
      mode: 'mix',
      recordingConfig: {
        channelType: 1,
        streamTypes: 2,
        maxIdleTime: 300,
        transcodingConfig: { width: 1280, height: 720, fps: 15, bitrate: 1130, mixedVideoLayout: 1 },
        privateParams: '{"correctEXTINF":true}',
      },
      recordingFileConfig: { avFileType: ['hls'] },
    });
  });

  test.each<[string, Recipe, object]>([
    [
      'mix, whose four are empty',
      {
        ...names,
        mode: 'mix',
        recordingConfig: {},
        recordingFileConfig: {},
        snapshotConfig: {},
        extensionServiceConfig: {},
      },
      withDefaults({ ...names, mode: 'mix' }, limits),
    ],
    [
      'mix of sound alone has no picture',
      { ...names, mode: 'mix', recordingConfig: { streamTypes: 0 } },
      {
        ...names,
        mode: 'mix',
        recordingConfig: {
          channelType: 1,
          streamTypes: 0,
          maxIdleTime: 300,
          privateParams: '{"correctEXTINF":true}',
        },
        recordingFileConfig: { avFileType: ['hls'] },
      },
    ],
    [
      'individual',
      { ...names, mode: 'individual' },
      {
        ...names,
        mode: 'individual',
        recordingConfig: {
          channelType: 1,
          streamTypes: 2,
          maxIdleTime: 300,
          privateParams: '{"correctEXTINF":true}',
          streamMode: 'standard',
          subscribeUidGroup: 5,
        },
        recordingFileConfig: { avFileType: ['hls'] },
      },
    ],
    [
      'web',
      { ...names, mode: 'web' },
      {
        ...names,
        mode: 'web',
        recordingFileConfig: { avFileType: ['hls'] },
        extensionServiceConfig: {
          errorHandlePolicy: 'error_abort',
          extensionServices: [
            {
              serviceName: 'web_recorder_service',
              errorHandlePolicy: 'error_abort',
              serviceParam: { audioProfile: 0, videoWidth: 1280, videoHeight: 720, maxRecordingHour: 4 },
            },
          ],
        },
      },
    ],
  ])('%s', (_, value, expected) => {
    expect(withDefaults(value, limits)).toEqual(expected);
  });

  test('snapshots alone stay alone', () => {
    const r = withDefaults({ ...names, mode: 'individual', snapshotConfig: { captureInterval: 20 } }, limits);
    expect(r.snapshotConfig).toEqual({ captureInterval: 20, fileType: ['jpg'] });
    expect(r).not.toHaveProperty('recordingFileConfig');
    expect(problems(r)).toEqual([]);
  });

  test('what is given stays, and a push keeps its place', () => {
    const r = withDefaults(
      {
        ...names,
        mode: 'web',
        recordingFileConfig: { avFileType: ['hls', 'mp4'] },
        extensionServiceConfig: { extensionServices: [push(), recorder({ videoWidth: 640, videoHeight: 480 })] },
      },
      { ...limits, maxDuration: 29 * 86_400_000 },
    );
    expect(r.recordingFileConfig).toEqual({ avFileType: ['hls', 'mp4'] });
    expect(r.extensionServiceConfig?.extensionServices).toMatchObject([
      { serviceName: 'rtmp_publish_service', errorHandlePolicy: 'error_ignore' },
      { serviceParam: { url: 'https://page.example.com/a', videoWidth: 640, maxRecordingHour: 4 } },
    ]);
    expect(problems(r)).toEqual([]);
  });

  test.each([
    [{ width: 640, height: 360 }, 400],
    [{ width: 640, height: 480 }, 500],
    [{}, 1130],
    [{ fps: 30 }, 1710],
    [{ width: 1920, height: 1080, fps: 30 }, 3150],
    [{ width: 1920, height: 1080, fps: 60 }, 4770],
    [{ width: 1920, height: 1080, bitrate: 900 }, 900],
  ])("the bitrate of %j is Agora's", (config, bitrate) => {
    const r = withDefaults({ ...names, mode: 'mix', recordingConfig: { transcodingConfig: config } }, limits);
    expect(r.recordingConfig?.transcodingConfig).toMatchObject({ ...config, bitrate });
    expect(problems(r)).toEqual([]);
  });
});

describe('secrets', () => {
  const value = {
    title: ref('HOME'),
    recordingConfig: { secret: ref('SECRET'), salt: ref('SALT'), decryptionMode: 8, list: [ref('SECRET')] },
    outputs: [{ rtmpUrl: ref('RTMP') }, { rtmpUrl: 'rtmp://literal' }],
    storageConfig: { accessKey: 'AKIA', secretKey: ref('KEY'), bucket: 'b' },
    token: '007abc',
    nothing: null,
  };
  const env: Record<string, string> = { SECRET: 's1', SALT: 's2', RTMP: 's3', KEY: 's4', HOME: '/root' };

  test('are put in where Agora takes them, and nowhere else', () => {
    const before = structuredClone(value);
    expect(fillSecrets(value, (name) => env[name])).toEqual({
      ok: true,
      value: {
        ...value,
        recordingConfig: { ...value.recordingConfig, secret: 's1', salt: 's2' },
        outputs: [{ rtmpUrl: 's3' }, { rtmpUrl: 'rtmp://literal' }],
        storageConfig: { ...value.storageConfig, secretKey: 's4' },
      },
    });
    expect(value).toEqual(before);
  });

  test('that are not set are named', () => {
    expect(fillSecrets(value, (name) => ({ ...env, SALT: '', KEY: undefined })[name])).toEqual({
      ok: false,
      missing: ['SALT', 'KEY'],
    });
  });

  test('are hidden from people', () => {
    expect(hideSecrets(value)).toEqual({
      ...value,
      outputs: [{ rtmpUrl: ref('RTMP') }, { rtmpUrl: '•••' }],
      storageConfig: { accessKey: '•••', secretKey: ref('KEY'), bucket: 'b' },
      token: '•••',
    });
    expect(hideSecrets({ secret: { deep: 'x' }, salt: ['x'], token: 7 })).toEqual({
      secret: '•••',
      salt: '•••',
      token: '•••',
    });
  });
});

test.each([
  ['maxIdelTime', 'maxIdleTime'],
  ['MAXIDLETIME', 'maxIdleTime'],
  ['unsubscribeAudioUids', 'unSubscribeAudioUids'],
  ['hdd', 'hd'],
  ['h', 'hd'],
  ['dh', 'hd'],
  ['xh', undefined],
  ['xy', undefined],
  ['', undefined],
  ['a'.repeat(500), undefined],
])('the name that is nearest to %.20s', (typed, near) => {
  expect(nearestName(typed, ['maxIdleTime', 'unSubscribeAudioUids', 'hd'])).toBe(near);
});
