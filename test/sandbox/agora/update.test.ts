import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, type Rig, type Running, shown } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

describe('update', () => {
  test('of the subscription changes whose files grow', async () => {
    const task = await rig.startIn('individual', 'math-101');
    await rig.pass(11);
    const change = { streamSubscribe: { videoUidList: { unSubscribeVideoUids: ['1002'] } } };
    expect(await task.update(change)).toEqual({
      status: 200,
      body: { cname: 'math-101', uid: '101', resourceId: task.resourceId, sid: task.sid },
    });
    await rig.pass(9);
    await task.stopAndWait();
    const slices = (uid: string, track: string) =>
      rig.storage.list('').filter((k) => k.includes(`_s_${uid}__uid_e_${track}_`)).length;
    // With a list for pictures and none for sound, sound is not subscribed to any more.
    expect(
      ['1001 video', '1002 video', '1001 audio'].map((k) => slices(...(k.split(' ') as [string, string]))),
    ).toEqual([6, 3, 3]);
  });

  test('of the subscription can leave the mix with sound only, in the same list', async () => {
    const task = await rig.start('math-101');
    await rig.pass(8);
    await task.update({ streamSubscribe: { audioUidList: { subscribeAudioUids: ['#allstream#'] } } });
    await rig.pass(6.5);
    const list = String(rig.storage.get(`${task.sid}_math-101.m3u8`));
    expect(list.match(/TRACK_TYPE=AUDIO/g)).toHaveLength(2);
    expect(list.match(/TRACK_TYPE=VIDEO/g)).toHaveLength(1);
    expect(list.match(/\.ts/g)).toHaveLength(4);
  });

  test.each<['mix' | 'individual' | 'web', object, string]>([
    [
      'individual',
      { streamSubscribe: { audioUidList: { subscribeAudioUids: Array(33).fill('1') } } },
      'clientRequest.streamSubscribe.audioUidList.subscribeAudioUids has too many items',
    ],
    [
      'individual',
      { streamSubscribe: { audioUidList: { subscribeAudioUids: ['1'], unSubscribeAudioUids: ['2'] } } },
      'clientRequest.streamSubscribe.audioUidList: its lists exclude each other',
    ],
    [
      'mix',
      { streamSubscribe: { videoUidList: { unsubscribeVideoUids: ['1'] } } },
      'unknown parameter clientRequest.streamSubscribe.videoUidList.unsubscribeVideoUids',
    ],
    ['mix', { streamSubscribe: { audioUids: ['1'] } }, 'unknown parameter clientRequest.streamSubscribe.audioUids'],
    ['mix', { rtmpPublishConfig: { outputs: [] } }, 'unknown parameter clientRequest.rtmpPublishConfig'],
    ['mix', { storageConfig: { vendor: 11 } }, 'missing clientRequest.storageConfig.region!'],
    ['web', { streamSubscribe: {} }, 'unknown parameter clientRequest.streamSubscribe'],
    ['web', { webRecordingConfig: {} }, 'missing clientRequest.webRecordingConfig.onhold!'],
    ['web', { webRecordingConfig: { onhold: 1 } }, 'clientRequest.webRecordingConfig.onhold must be boolean'],
    ['web', { rtmpPublishConfig: { outputs: [] } }, 'clientRequest.rtmpPublishConfig.outputs must have one item'],
    [
      'web',
      { rtmpPublishConfig: { outputs: [{ rtmpUrl: 'rtmp://a/b' }, { rtmpUrl: 'rtmp://a/c' }] } },
      'clientRequest.rtmpPublishConfig.outputs has too many items',
    ],
    [
      'web',
      { rtmpPublishConfig: { outputs: [{ rtmpUrl: 'http://a/b' }] } },
      'invalid clientRequest.rtmpPublishConfig.outputs[0].rtmpUrl value!',
    ],
  ])('%s %o -> code 2', async (mode, change, reason) => {
    const task = await rig.startIn(mode, 'room');
    expect(shown(await task.update(change))).toEqual([400, 2, `Update: ${reason}`]);
  });

  test.each(['update', 'updateLayout'] as const)(
    'a second %s before the first is answered gets in its way',
    async (verb) => {
      const task = await rig.start('math-101');
      await rig.pass(5);
      const ask = (t: Running, n: number) =>
        verb === 'update' ? t.update({}) : t.updateLayout({ mixedVideoLayout: n });
      const other = await rig.start('physics');
      const [first, second, elsewhere] = await Promise.all([ask(task, 1), ask(task, 2), ask(other, 2)]);
      const answers = [first, second].map((r) => [r.status, r.body.code ?? '-']).sort();
      expect(answers).toEqual([
        [200, '-'],
        [206, 65],
      ]);
      expect(elsewhere.status).toBe(200);
      // What got the error was not made.
      const made = first.status === 200 ? 1 : 2;
      if (verb === 'updateLayout')
        expect(rig.agora.panel().tasks.find((t) => t.sid === task.sid)?.layout).toMatchObject({
          mixedVideoLayout: made,
        });
      expect((await ask(task, 3)).status).toBe(200);
    },
  );
});

describe('updateLayout', () => {
  const layout = () => rig.agora.panel().tasks[0]?.layout;
  const regions = [{ x_axis: 0, y_axis: 0, width: 0.5, height: 1 }];

  test('replaces the whole layout: what is left out goes back to its default', async () => {
    const transcodingConfig = {
      width: 1280,
      height: 720,
      mixedVideoLayout: 3,
      layoutConfig: regions,
      backgroundColor: '#FF0000',
    };
    const task = await rig.start('math-101', '101', { recordingConfig: { channelType: 1, transcodingConfig } });
    expect(layout()).toEqual({ mixedVideoLayout: 3, layoutConfig: regions, backgroundColor: '#FF0000' });
    await task.updateLayout({ mixedVideoLayout: 2, maxResolutionUid: '1002' });
    expect(layout()).toEqual({ mixedVideoLayout: 2, maxResolutionUid: '1002', backgroundColor: '#000000' });
    await task.updateLayout({});
    expect(layout()).toEqual({ mixedVideoLayout: 0, backgroundColor: '#000000' });
  });

  test.each<[object, string]>([
    [{ mixedVideoLayout: 4 }, 'invalid clientRequest.mixedVideoLayout value!'],
    [{ mixedVideoLayout: 1, layoutConfig: regions }, 'clientRequest.layoutConfig needs mixedVideoLayout 3'],
    [{ backgroundColor: 'black' }, 'invalid clientRequest.backgroundColor value!'],
    [{ width: 640 }, 'unknown parameter clientRequest.width'],
    [
      { mixedVideoLayout: 3, layoutConfig: [{ ...regions[0], x_axis: 0.6 }] },
      'clientRequest.layoutConfig[0] leaves the canvas',
    ],
    [
      { mixedVideoLayout: 3, layoutConfig: [{ ...regions[0], alpha: 2 }] },
      'invalid clientRequest.layoutConfig[0].alpha value!',
    ],
    [{ backgroundConfig: [{ image_url: 'https://a/b.jpg' }] }, 'missing clientRequest.backgroundConfig[0].uid!'],
  ])('%o -> 1028', async (change, reason) => {
    const task = await rig.start('math-101');
    const before = layout();
    expect(shown(await task.updateLayout(change))).toEqual([400, 1028, `UpdateLayout: ${reason}`]);
    expect(layout()).toEqual(before);
  });

  test.each(['individual', 'web'] as const)('%s has no layout', async (mode) => {
    const task = await rig.startIn(mode, 'room');
    expect(shown(await task.updateLayout({}))).toEqual([400, 2, 'UpdateLayout: mode must be mix']);
    expect(layout()).toBeUndefined();
  });
});

test('a task answers to its own mode only, and a resourceId to its scene', async () => {
  const task = await rig.start('math-101');
  const query = (mode: string) =>
    rig.call(
      'GET',
      `/v1/apps/0123456789abcdef0123456789abcdef/cloud_recording/resourceid/${task.resourceId}/sid/${task.sid}/mode/${mode}/query`,
    );
  expect(shown(await query('web'))).toEqual([400, 432, 'mode does not match resourceId']);
  expect((await query('mix')).status).toBe(200);
});
