import { afterEach, beforeEach, expect, test } from 'vitest';
import { appId, bucket, createRig, type Rig, token } from './rig.ts';

/*
 * agora-rest-client is not in the registry that this project installs from, so its requests are sent by hand: paths, headers and bodies as the
 * official clients for Node and Go send them in their samples (AgoraIO-Community/agora-rest-client-nodejs and -go), with no field more.
 */
let rig: Rig;
beforeEach(async () => {
  rig = await createRig({ hosts: 2 });
});
afterEach(() => rig.close());

const storageConfig = { vendor: 11, region: 0, ...bucket, extensionParams: { endpoint: '127.0.0.1' } };

interface ClientReply {
  status: number;
  body: Record<string, unknown> & { resourceId: string; sid: string };
}

/** One call. Go's client names a charset, and both send Basic authentication only. */
async function send(method: 'GET' | 'POST', path: string, body?: object, host = 0): Promise<ClientReply> {
  const response = await fetch(`${rig.agora.urls[host]}/v1/apps/${appId}/cloud_recording/${path}`, {
    method,
    headers: {
      Authorization: `Basic ${Buffer.from('id:secret').toString('base64')}`,
      'Content-Type': 'application/json;charset=utf-8',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as ClientReply['body'] };
}

/** acquire, start, query, what the mode's updates are, query and stop, as the samples do it. */
async function drive(r: {
  mode: 'mix' | 'individual' | 'web';
  scene: number;
  clientRequest: object;
  changes: ['update' | 'updateLayout', object][];
}): Promise<{ query: ClientReply; stop: ClientReply }> {
  const identity = { cname: 'math-101', uid: '4294967295' };
  const acquired = await send('POST', 'acquire', {
    ...identity,
    clientRequest: { scene: r.scene, resourceExpiredHour: 24, startParameter: r.clientRequest },
  });
  expect([acquired.status, Object.keys(acquired.body).sort()]).toEqual([200, ['cname', 'resourceId', 'uid']]);
  const { resourceId } = acquired.body;
  const started = await send('POST', `resourceid/${resourceId}/mode/${r.mode}/start`, {
    ...identity,
    clientRequest: r.clientRequest,
  });
  expect([started.status, Object.keys(started.body).sort()]).toEqual([200, ['cname', 'resourceId', 'sid', 'uid']]);
  await rig.pass(15);
  const base = `resourceid/${resourceId}/sid/${started.body.sid}/mode/${r.mode}`;
  for (const [verb, clientRequest] of r.changes) {
    const changed = await send('POST', `${base}/${verb}`, { ...identity, clientRequest }, 1);
    expect([changed.status, Object.keys(changed.body).sort()]).toEqual([200, ['cname', 'resourceId', 'sid', 'uid']]);
  }
  const query = await send('GET', `${base}/query`);
  const stopping = send('POST', `${base}/stop`, { ...identity, clientRequest: { async_stop: false } });
  const row = () => rig.agora.panel().tasks[0]?.statusText;
  while (row() !== 'uploading') await new Promise((resolve) => setTimeout(resolve, 2));
  await rig.pass(2);
  return { query, stop: await stopping };
}

test('composite recording', async () => {
  const { query, stop } = await drive({
    mode: 'mix',
    scene: 0,
    clientRequest: {
      token: token('math-101', '4294967295'),
      recordingConfig: {
        channelType: 1,
        streamTypes: 2,
        audioProfile: 2,
        maxIdleTime: 30,
        transcodingConfig: {
          width: 640,
          height: 640,
          fps: 15,
          bitrate: 800,
          mixedVideoLayout: 0,
          backgroundColor: '#000000',
        },
        subscribeAudioUids: ['#allstream#'],
        subscribeVideoUids: ['#allstream#'],
      },
      recordingFileConfig: { avFileType: ['hls', 'mp4'] },
      storageConfig,
    },
    changes: [
      [
        'update',
        {
          streamSubscribe: {
            audioUidList: { subscribeAudioUids: ['#allstream#'] },
            videoUidList: { subscribeVideoUids: ['#allstream#'] },
          },
        },
      ],
      [
        'updateLayout',
        {
          mixedVideoLayout: 3,
          backgroundColor: '#FF0000',
          layoutConfig: [
            { uid: '22', x_axis: 0.1, y_axis: 0.1, width: 0.1, height: 0.1, alpha: 1, render_mode: 1 },
            { uid: '2', x_axis: 0.2, y_axis: 0.2, width: 0.1, height: 0.1, alpha: 1, render_mode: 1 },
          ],
        },
      ],
    ],
  });
  expect(query.body.serverResponse).toMatchObject({
    status: 5,
    fileListMode: 'json',
    sliceStartTime: expect.any(Number),
  });
  expect(stop.body.serverResponse).toMatchObject({ fileListMode: 'json', uploadingStatus: 'uploaded' });
});

test('individual recording, with pictures', async () => {
  const { query, stop } = await drive({
    mode: 'individual',
    scene: 0,
    clientRequest: {
      token: token('math-101', '4294967295'),
      recordingConfig: {
        channelType: 1,
        streamTypes: 2,
        maxIdleTime: 30,
        subscribeUidGroup: 0,
        subscribeAudioUids: ['#allstream#'],
        subscribeVideoUids: ['#allstream#'],
      },
      recordingFileConfig: { avFileType: ['hls'] },
      snapshotConfig: { captureInterval: 5, fileType: ['jpg'] },
      storageConfig,
    },
    changes: [
      [
        'update',
        {
          streamSubscribe: {
            audioUidList: { unSubscribeAudioUids: ['1002'] },
            videoUidList: { subscribeVideoUids: ['1001', '1002'] },
          },
        },
      ],
    ],
  });
  expect(query.body.serverResponse).toMatchObject({ status: 5, fileListMode: 'json' });
  expect(stop.body.serverResponse).toMatchObject({ fileListMode: 'json', uploadingStatus: 'uploaded' });
});

test('a web page, with a live push', async () => {
  const { query, stop } = await drive({
    mode: 'web',
    scene: 1,
    clientRequest: {
      recordingFileConfig: { avFileType: ['hls', 'mp4'] },
      storageConfig,
      extensionServiceConfig: {
        errorHandlePolicy: 'error_abort',
        extensionServices: [
          {
            serviceName: 'web_recorder_service',
            errorHandlePolicy: 'error_abort',
            serviceParam: {
              url: 'https://live.example/class',
              audioProfile: 2,
              videoWidth: 1280,
              videoHeight: 720,
              maxRecordingHour: 1,
            },
          },
          {
            serviceName: 'rtmp_publish_service',
            errorHandlePolicy: 'error_ignore',
            serviceParam: { outputs: [{ rtmpUrl: 'rtmp://live.example/app/key' }] },
          },
        ],
      },
    },
    changes: [
      [
        'update',
        {
          webRecordingConfig: { onhold: false },
          rtmpPublishConfig: { outputs: [{ rtmpUrl: 'rtmp://live.example/app/other' }] },
        },
      ],
    ],
  });
  const { extensionServiceState } = query.body.serverResponse as { extensionServiceState: { serviceName: string }[] };
  expect(extensionServiceState.map((s) => s.serviceName)).toEqual(['web_recorder_service', 'rtmp_publish_service']);
  const ended = stop.body.serverResponse as typeof query.body & { extensionServiceState: { serviceName: string }[] };
  expect(ended.extensionServiceState.map((s) => s.serviceName)).toEqual(['web_recorder_service', 'upload_service']);
});
