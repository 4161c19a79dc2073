import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRig, type Rig, requests, shown, webServices } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

type Mode = 'mix' | 'individual' | 'web';

/** Sends start with parts of its clientRequest changed. The resourceId is unknown, which is found out only after the body was checked. */
async function start(mode: Mode, change: Record<string, unknown>): Promise<unknown[]> {
  const clientRequest = { ...requests[mode]('math-101', '101') };
  for (const [part, value] of Object.entries(change)) {
    const old = clientRequest[part];
    const merges = typeof old === 'object' && old !== null && typeof value === 'object' && !Array.isArray(value);
    clientRequest[part] = merges ? { ...old, ...value } : value;
  }
  return shown(
    await rig.post(`resourceid/unknown/mode/${mode}/start`, { cname: 'math-101', uid: '101', clientRequest }),
  );
}

/** A row: what is wrong with the part, how it is changed, and the reason of code 2 with `~` for the part's name. */
function refuses(part: string, rows: [why: string, change: unknown, reason: string][], mode: Mode = 'mix'): void {
  test.each(rows)(`${mode} %s`, async (_, change, reason) => {
    const words = reason.replace('~', `clientRequest.${part}`);
    expect(await start(mode, { [part]: change })).toEqual([400, 2, `Start: ${words}`]);
  });
}

const right = [400, 1001, 'cannot decrypt resourceId'];

function takes(part: string, changes: unknown[], mode: Mode = 'mix'): void {
  test.each(changes.map((change) => [change]))(`${mode}: %o is fine`, async (change) => {
    expect(await start(mode, { [part]: change })).toEqual(right);
  });
}

describe('storageConfig', () => {
  refuses('storageConfig', [
    ['is needed', undefined, 'missing ~!'],
    ['needs a bucket', { bucket: undefined }, 'missing ~.bucket!'],
    ['needs a key', { accessKey: '' }, '~.accessKey must be a non-empty string'],
    ['knows no vendor 4', { vendor: 4 }, 'invalid ~.vendor value!'],
    ['wants vendor as a number', { vendor: '11' }, 'invalid ~.vendor value!'],
    ['wants region 0 for vendor 11', { region: 1 }, 'invalid ~.region value!'],
    ['knows no S3 region 26', { vendor: 1, region: 26, extensionParams: {} }, 'invalid ~.region value!'],
    ['wants an endpoint for vendor 11', { extensionParams: {} }, 'missing ~.extensionParams.endpoint!'],
    ['wants none for others', { vendor: 1 }, '~.extensionParams.endpoint is for vendor 11'],
    [
      'wants a bare endpoint',
      { extensionParams: { endpoint: 'http://127.0.0.1' } },
      '~.extensionParams.endpoint must be a bare domain',
    ],
    [
      'wants no port in it',
      { extensionParams: { endpoint: '127.0.0.1:9000' } },
      '~.extensionParams.endpoint must be a bare domain',
    ],
    [
      'has sse for S3 only',
      { extensionParams: { endpoint: 'e', sse: 'kms' } },
      '~.extensionParams.sse is for vendor 1',
    ],
    [
      'has tags for S3 and OSS only',
      { extensionParams: { endpoint: 'e', tag: 't' } },
      '~.extensionParams.tag is for vendors 1 and 2',
    ],
    ['knows no BOS region 8', { vendor: 8, region: 8, extensionParams: {} }, 'invalid ~.region value!'],
    ['knows no vendor 0', { vendor: 0 }, 'invalid ~.vendor value!'],
    [
      'knows no other encryption',
      { vendor: 1, extensionParams: { sse: 'rot13' } },
      'invalid ~.extensionParams.sse value!',
    ],
    ['knows no field of its own making', { bucketName: 'b' }, 'unknown parameter ~.bucketName'],
    [
      'wants the end of an STS token',
      { vendor: 1, extensionParams: {}, stsToken: 't' },
      '~.stsToken and clientRequest.storageConfig.stsExpiration go together',
    ],
    [
      'wants an STS token of four hours',
      { vendor: 1, extensionParams: {}, stsToken: 't', stsExpiration: Math.round(Date.now() / 1000) + 4 * 3600 - 60 },
      '~.stsExpiration must be four hours away',
    ],
    ['has STS for three vendors', { stsToken: 't', stsExpiration: 1 }, '~.stsToken is for vendors 1, 2 and 3'],
    ['wants the prefix as a list', { fileNamePrefix: 'a/b' }, '~.fileNamePrefix must be array'],
    ['wants letters and digits', { fileNamePrefix: ['a', 'b_c'] }, 'invalid ~.fileNamePrefix[1] value!'],
    [
      'wants a short prefix',
      { fileNamePrefix: ['a'.repeat(64), 'b'.repeat(64)] },
      '~.fileNamePrefix is longer than 128 characters',
    ],
  ]);
  takes('storageConfig', [
    { fileNamePrefix: ['acme', 'prod'] },
    {
      vendor: 2,
      region: 27,
      extensionParams: { tag: 't' },
      stsToken: 't',
      stsExpiration: Math.round(Date.now() / 1000) + 4 * 3600 + 60,
    },
    { vendor: 1, region: 17, extensionParams: { sse: 'kms', tag: 't' } },
    { vendor: 1, region: 28, extensionParams: {} },
    { vendor: 3, region: 19, extensionParams: {} },
    { vendor: 5, extensionParams: {} },
    { vendor: 6, extensionParams: {} },
    { vendor: 7, region: 15, extensionParams: {} },
    { vendor: 8, region: 0, extensionParams: {} },
  ]);
});

describe('recordingConfig', () => {
  refuses('recordingConfig', [
    ['needs a channelType', { channelType: undefined }, 'missing ~.channelType!'],
    ['knows no streamMode in mix', { streamMode: 'standard' }, 'unknown parameter ~.streamMode'],
    ['knows no subscribeUidGroup in mix', { subscribeUidGroup: 0 }, 'unknown parameter ~.subscribeUidGroup'],
    ['knows no channelType 2', { channelType: 2 }, 'invalid ~.channelType value!'],
    ['knows no streamTypes 3', { streamTypes: 3 }, 'invalid ~.streamTypes value!'],
    ['knows no audioProfile 3', { audioProfile: 3 }, 'invalid ~.audioProfile value!'],
    ['knows no videoStreamType 2', { videoStreamType: 2 }, 'invalid ~.videoStreamType value!'],
    ['knows no decryptionMode 9', { decryptionMode: 9, secret: 's' }, 'invalid ~.decryptionMode value!'],
    ['wants no account as uid', { subscribeAudioUids: ['maria'] }, 'invalid ~.subscribeAudioUids[0] value!'],
    [
      'cannot leave everybody out',
      { unSubscribeVideoUids: ['#allstream#'] },
      'invalid ~.unSubscribeVideoUids[0] value!',
    ],
    [
      'wants one kind of video list',
      { subscribeVideoUids: ['1'], unSubscribeVideoUids: ['2'] },
      '~: video lists exclude each other',
    ],
    [
      'has no audio with streamTypes 1',
      { streamTypes: 1, unSubscribeAudioUids: ['1'] },
      '~: streamTypes 1 has no audio to subscribe',
    ],
    ['wants a salt', { decryptionMode: 8, secret: 's' }, 'invalid ~.salt value!'],
    ['wants the salt in base64', { decryptionMode: 8, secret: 's', salt: '-'.repeat(44) }, 'invalid ~.salt value!'],
    ['wants 5 s of idleness', { maxIdleTime: 4 }, 'invalid ~.maxIdleTime value!'],
    ['wants 30 d at most', { maxIdleTime: 2592001 }, 'invalid ~.maxIdleTime value!'],
    [
      'wants one kind of list',
      { subscribeAudioUids: ['1'], unSubscribeAudioUids: ['2'] },
      '~: audio lists exclude each other',
    ],
    [
      'wants 32 uids at most',
      {
        subscribeVideoUids: Array(33).fill('1'),
      },
      '~.subscribeVideoUids has too many items',
    ],
    [
      'has no video with streamTypes 0',
      { streamTypes: 0, subscribeVideoUids: ['1'] },
      '~: streamTypes 0 has no video to subscribe',
    ],
    ['wants a secret to decrypt', { decryptionMode: 1 }, 'missing ~.secret!'],
    ['wants a salt of 32 bytes', { decryptionMode: 7, secret: 's', salt: 'AAAA' }, 'invalid ~.salt value!'],
    ['wants privateParams as text', { privateParams: { correctEXTINF: true } }, '~.privateParams must be string'],
    ['wants JSON in it', { privateParams: 'correctEXTINF' }, '~.privateParams must be a JSON object in a string'],
    ['has a largest picture', { transcodingConfig: { width: 1921 } }, 'invalid ~.transcodingConfig.width value!'],
    [
      'has a largest area',
      { transcodingConfig: { width: 1920, height: 1200 } },
      '~.transcodingConfig is larger than 1920x1080',
    ],
    ['has a largest bitrate', { transcodingConfig: { bitrate: 6501 } }, 'invalid ~.transcodingConfig.bitrate value!'],
    [
      'wants a colour',
      { transcodingConfig: { backgroundColor: 'red' } },
      'invalid ~.transcodingConfig.backgroundColor value!',
    ],
    [
      'knows no layout 4',
      { transcodingConfig: { mixedVideoLayout: 4 } },
      'invalid ~.transcodingConfig.mixedVideoLayout value!',
    ],
    ['has 60 pictures a second at most', { transcodingConfig: { fps: 61 } }, 'invalid ~.transcodingConfig.fps value!'],
    [
      'wants a web address as background',
      { transcodingConfig: { backgroundImage: '/x.jpg' } },
      'invalid ~.transcodingConfig.backgroundImage value!',
    ],
    [
      'wants one for each person',
      { transcodingConfig: { backgroundConfig: [{ uid: '1' }] } },
      'missing ~.transcodingConfig.backgroundConfig[0].image_url!',
    ],
    [
      'has 17 regions at most',
      {
        transcodingConfig: {
          mixedVideoLayout: 3,
          layoutConfig: Array(18).fill({ x_axis: 0, y_axis: 0, width: 1, height: 1 }),
        },
      },
      '~.transcodingConfig.layoutConfig has too many items',
    ],
    [
      'wants whole regions',
      { transcodingConfig: { mixedVideoLayout: 3, layoutConfig: [{ x_axis: 0, y_axis: 0, width: 1 }] } },
      'missing ~.transcodingConfig.layoutConfig[0].height!',
    ],
    [
      'has two ways to fit',
      {
        transcodingConfig: {
          mixedVideoLayout: 3,
          layoutConfig: [{ x_axis: 0, y_axis: 0, width: 1, height: 1, render_mode: 2 }],
        },
      },
      'invalid ~.transcodingConfig.layoutConfig[0].render_mode value!',
    ],
    [
      'wants layout 3 for regions',
      { transcodingConfig: { mixedVideoLayout: 1, layoutConfig: [] } },
      '~.transcodingConfig.layoutConfig needs mixedVideoLayout 3',
    ],
    [
      'wants regions on the canvas',
      {
        transcodingConfig: { mixedVideoLayout: 3, layoutConfig: [{ x_axis: 0.6, y_axis: 0, width: 0.5, height: 1 }] },
      },
      '~.transcodingConfig.layoutConfig[0] leaves the canvas',
    ],
  ]);
  takes('recordingConfig', [
    { channelType: 0, streamTypes: 2, subscribeAudioUids: ['#allstream#'], subscribeVideoUids: ['1'] },
    { decryptionMode: 8, secret: 's', salt: Buffer.alloc(32).toString('base64') },
    {
      transcodingConfig: {
        mixedVideoLayout: 3,
        layoutConfig: [{ x_axis: 0.5, y_axis: 0, width: 0.5, height: 1, alpha: 1, render_mode: 1 }],
      },
    },
  ]);
});

describe('recordingConfig of individual recording', () => {
  refuses(
    'recordingConfig',
    [
      ['is needed', undefined, 'missing ~!'],
      ['needs subscribeUidGroup', { subscribeUidGroup: undefined }, 'missing ~.subscribeUidGroup!'],
      ['has six groups', { subscribeUidGroup: 6 }, 'invalid ~.subscribeUidGroup value!'],
      ['knows three stream modes', { streamMode: 'best' }, 'invalid ~.streamMode value!'],
      ['has original sound only', { streamMode: 'original' }, '~.streamMode original needs streamTypes 0'],
      ['mixes nothing', { transcodingConfig: {} }, 'unknown parameter ~.transcodingConfig'],
      ['has no audioProfile', { audioProfile: 1 }, 'unknown parameter ~.audioProfile'],
      ['wants a secret to decrypt', { decryptionMode: 3 }, 'missing ~.secret!'],
    ],
    'individual',
  );
  takes(
    'recordingConfig',
    [
      { subscribeUidGroup: 5, streamMode: 'standard' },
      { streamMode: 'original', streamTypes: 0 },
      { streamMode: 'default', unSubscribeVideoUids: ['7'] },
    ],
    'individual',
  );
});

describe('recordingFileConfig', () => {
  refuses('recordingFileConfig', [
    ['is not mp4 alone', { avFileType: ['mp4'] }, 'invalid ~.avFileType value!'],
    ['names hls once', { avFileType: ['hls', 'hls'] }, 'invalid ~.avFileType value!'],
    ['is not empty', { avFileType: [] }, 'invalid ~.avFileType value!'],
    ['is a list', { avFileType: 'hls' }, '~.avFileType must be array'],
    ['knows two kinds', { avFileType: ['hls', 'webm'] }, 'invalid ~.avFileType[1] value!'],
  ]);
  takes('recordingFileConfig', [undefined, { avFileType: ['hls', 'mp4'] }]);
  takes('recordingFileConfig', [undefined, { avFileType: ['mp4', 'hls'] }], 'web');
  takes('recordingFileConfig', [undefined], 'individual');
  const mp4: [string, unknown, string] = [
    'has no mp4',
    { avFileType: ['hls', 'mp4'] },
    'invalid ~.avFileType[1] value!',
  ];
  refuses('recordingFileConfig', [mp4], 'individual');
});

describe('snapshotConfig', () => {
  const snapshots: [string, unknown, string] = ['has none', { fileType: ['jpg'] }, 'unknown parameter ~'];
  refuses('snapshotConfig', [snapshots]);
  refuses('snapshotConfig', [snapshots], 'web');
  refuses(
    'snapshotConfig',
    [
      ['needs a fileType', { captureInterval: 10 }, 'missing ~.fileType!'],
      ['has jpg only', { fileType: ['png'] }, 'invalid ~.fileType[0] value!'],
      ['has one type', { fileType: [] }, 'invalid ~.fileType value!'],
      ['waits 5 s', { fileType: ['jpg'], captureInterval: 4 }, 'invalid ~.captureInterval value!'],
      ['waits an hour at most', { fileType: ['jpg'], captureInterval: 3601 }, 'invalid ~.captureInterval value!'],
    ],
    'individual',
  );
  takes(
    'snapshotConfig',
    [{ fileType: ['jpg'] }, { fileType: ['jpg'], captureInterval: 5 }, { fileType: ['jpg'], captureInterval: 3600 }],
    'individual',
  );

  const snapshotConfig = { fileType: ['jpg'] };
  test.each([
    ['without pictures', { streamTypes: 0 }, 'snapshotConfig needs streamTypes 1 or 2'],
    ['of nobody', { subscribeAudioUids: ['1'] }, 'snapshotConfig needs subscribeVideoUids beside subscribeAudioUids'],
  ])('%s there are none', async (_, recordingConfig, reason) => {
    const refused = [400, 2, `Start: clientRequest.${reason}`];
    expect(await start('individual', { snapshotConfig, recordingConfig })).toEqual(refused);
  });

  test('alone, or beside a recording', async () => {
    expect(await start('individual', { snapshotConfig, recordingFileConfig: undefined })).toEqual(right);
    expect(await start('individual', { snapshotConfig, recordingFileConfig: { avFileType: ['hls'] } })).toEqual(right);
  });
});

describe('extensionServiceConfig', () => {
  const foreign: [string, unknown, string] = ['has no page', {}, 'unknown parameter ~'];
  refuses('extensionServiceConfig', [foreign]);
  refuses('extensionServiceConfig', [foreign], 'individual');
  const first = '~.extensionServices[0].serviceParam';
  const push = (outputs: unknown) => ({ serviceName: 'rtmp_publish_service', serviceParam: { outputs } });
  const pushed = (outputs: unknown) => webServices({}, push(outputs));
  const output = { rtmpUrl: 'rtmp://live.example/app/key' };
  refuses(
    'extensionServiceConfig',
    [
      ['is needed', undefined, 'missing ~!'],
      ['aborts on errors', { errorHandlePolicy: 'error_ignore' }, 'invalid ~.errorHandlePolicy value!'],
      ['needs services', { extensionServices: undefined }, 'missing ~.extensionServices!'],
      ['needs a recorder', { extensionServices: [push([output])] }, '~.extensionServices needs web_recorder_service'],
      ['needs a url', webServices({ url: undefined }), `missing ${first}.url!`],
      ['wants a web address', webServices({ url: 'file:///etc/passwd' }), `invalid ${first}.url value!`],
      ['needs an audioProfile', webServices({ audioProfile: undefined }), `missing ${first}.audioProfile!`],
      ['has a narrowest picture', webServices({ videoWidth: 239 }), `invalid ${first}.videoWidth value!`],
      ['has a widest picture', webServices({ videoWidth: 1921 }), `invalid ${first}.videoWidth value!`],
      ['has a highest picture', webServices({ videoHeight: 1921 }), `invalid ${first}.videoHeight value!`],
      [
        'has a largest picture',
        webServices({ videoWidth: 1920, videoHeight: 1920 }),
        `${first} is larger than 1920x1080`,
      ],
      ['needs an end', webServices({ maxRecordingHour: undefined }), `missing ${first}.maxRecordingHour!`],
      ['ends after an hour or more', webServices({ maxRecordingHour: 0 }), `invalid ${first}.maxRecordingHour value!`],
      ['ends after 720 hours', webServices({ maxRecordingHour: 721 }), `invalid ${first}.maxRecordingHour value!`],
      ['has five pictures a second', webServices({ videoFps: 4 }), `invalid ${first}.videoFps value!`],
      ['has sixty at most', webServices({ videoFps: 61 }), `invalid ${first}.videoFps value!`],
      ['wants a bitrate', webServices({ videoBitrate: '2000' }), `invalid ${first}.videoBitrate value!`],
      ['wants yes or no', webServices({ mobile: 1 }), `${first}.mobile must be boolean`],
      ['begins on hold or not', webServices({ onhold: 'true' }), `${first}.onhold must be boolean`],
      ['has MP4s of 30 minutes', webServices({ maxVideoDuration: 29 }), `invalid ${first}.maxVideoDuration value!`],
      ['has MP4s of 240 minutes', webServices({ maxVideoDuration: 241 }), `invalid ${first}.maxVideoDuration value!`],
      ['waits no negative time', webServices({ readyTimeout: -1 }), `invalid ${first}.readyTimeout value!`],
      ['waits whole seconds', webServices({ readyTimeout: 1.5 }), `invalid ${first}.readyTimeout value!`],
      ['waits a minute at most', webServices({ readyTimeout: 61 }), `invalid ${first}.readyTimeout value!`],
      ['knows no other field', webServices({ maxIdleTime: 30 }), `unknown parameter ${first}.maxIdleTime`],
      [
        'knows two services',
        webServices({}, { serviceName: 'x' }),
        'invalid ~.extensionServices[1].serviceName value!',
      ],
      [
        'has each once',
        webServices({}, webServices({}).extensionServices[0] ?? {}),
        '~.extensionServices names a service twice',
      ],
      [
        'pushes rtmp',
        pushed([{ rtmpUrl: 'https://x' }]),
        'invalid ~.extensionServices[1].serviceParam.outputs[0].rtmpUrl value!',
      ],
      [
        'pushes to one place',
        pushed([output, output]),
        '~.extensionServices[1].serviceParam.outputs has too many items',
      ],
      ['pushes to one place at least', pushed([]), '~.extensionServices[1].serviceParam.outputs must have one item'],
      [
        'goes on without a push',
        webServices({}, { ...push([output]), errorHandlePolicy: 'error_abort' }),
        'invalid ~.extensionServices[1].errorHandlePolicy value!',
      ],
    ],
    'web',
  );
  takes(
    'extensionServiceConfig',
    [
      webServices({
        videoBitrate: 2000,
        videoFps: 30,
        mobile: true,
        maxVideoDuration: 240,
        onhold: true,
        readyTimeout: 60,
      }),
      pushed([output]),
      pushed([{ rtmpUrl: 'rtmps://live.example/app/key' }]),
    ],
    'web',
  );
});

describe('what a page does not have', () => {
  refuses('token', [['has no token', 'x', 'unknown parameter ~']], 'web');
  refuses('recordingConfig', [['has no channel', { channelType: 1 }, 'unknown parameter ~']], 'web');
});

describe('token', () => {
  refuses('token', [['is text', 5, '~ must be string']]);
});
