import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRig, type Rig, shown, startRequest } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

/** Sends start with one part of its clientRequest changed. The resourceId is unknown, which is found out only after the body was checked. */
async function start(part: string, change: unknown): Promise<unknown[]> {
  const clientRequest = startRequest('math-101', '101');
  const old = clientRequest[part];
  const merged = typeof old === 'object' && old !== null && typeof change === 'object' ? { ...old, ...change } : change;
  const body = { cname: 'math-101', uid: '101', clientRequest: { ...clientRequest, [part]: merged } };
  return shown(await rig.post('resourceid/unknown/mode/mix/start', body));
}

/** A row: what is wrong with the part, how it is changed, and the reason of code 2 with `~` for the part's name. */
function refuses(part: string, rows: [why: string, change: unknown, reason: string][]): void {
  test.each(rows)('%s', async (_, change, reason) => {
    const words = reason.replace('~', `clientRequest.${part}`);
    expect(await start(part, change)).toEqual([400, 2, `Start: ${words}`]);
  });
}

function takes(part: string, changes: unknown[]): void {
  test.each(changes.map((change) => [change]))('%o is fine', async (change) => {
    expect(await start(part, change)).toEqual([400, 1001, 'cannot decrypt resourceId']);
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
    { vendor: 2, region: 27, extensionParams: { tag: 't' }, stsToken: 't', stsExpiration: 1_800_000_000 },
  ]);
});

describe('recordingConfig', () => {
  refuses('recordingConfig', [
    ['needs a channelType', { channelType: undefined }, 'missing ~.channelType!'],
    ['knows no streamMode in mix', { streamMode: 'standard' }, 'unknown parameter ~.streamMode'],
    ['knows no subscribeUidGroup in mix', { subscribeUidGroup: 0 }, 'unknown parameter ~.subscribeUidGroup'],
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

describe('recordingFileConfig', () => {
  refuses('recordingFileConfig', [
    ['is not mp4 alone', { avFileType: ['mp4'] }, 'invalid ~.avFileType value!'],
    ['names hls once', { avFileType: ['hls', 'hls'] }, 'invalid ~.avFileType value!'],
    ['makes no mp4 here', { avFileType: ['hls', 'mp4'] }, 'the sandbox makes no mp4: ~.avFileType must be ["hls"]'],
  ]);
  takes('recordingFileConfig', [undefined]);
});

describe('snapshotConfig', () => {
  refuses('snapshotConfig', [
    ['is of another mode', { captureInterval: 10, fileType: ['jpg'] }, 'unknown parameter ~'],
  ]);
});

describe('extensionServiceConfig', () => {
  refuses('extensionServiceConfig', [['is of another mode', {}, 'unknown parameter ~']]);
});

describe('token', () => {
  refuses('token', [['is text', 5, '~ must be string']]);
});
