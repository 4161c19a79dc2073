import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

const config = (change: object) => ({ recordingConfig: { channelType: 1, subscribeUidGroup: 0, ...change } });
const snapshots = { snapshotConfig: { fileType: ['jpg'], captureInterval: 5 } };
/** What is in the bucket, without the recording's own part of the names and without times. */
const kinds = (sid: string) => [
  ...new Set(rig.storage.list('').map((key) => key.replace(`${sid}_math-101`, '').replace(/\d{17}/, 'UTC'))),
];

describe('individual recording', () => {
  test('writes sound and picture of each person, and says so as a list', async () => {
    const task = await rig.startIn('individual', 'math-101');
    await rig.pass(4);
    expect((await task.query()).body.serverResponse).toEqual({ status: 4 });
    await rig.pass(4);
    const item = (uid: string, trackType: string) => ({
      fileName: `${task.sid}_math-101__uid_s_${uid}__uid_e_${trackType}.m3u8`,
      trackType,
      uid,
      mixedAllUser: false,
      isPlayable: true,
      sliceStartTime: expect.any(Number),
    });
    const both = (uid: string) => [item(uid, 'video'), item(uid, 'audio')];
    const { serverResponse } = (await task.query()).body;
    expect(serverResponse).toEqual({
      status: 5,
      fileListMode: 'json',
      fileList: expect.arrayContaining([...both('1001'), ...both('1002')]),
      sliceStartTime: expect.any(Number),
    });
    expect(serverResponse?.fileList).toHaveLength(4);
    expect((await task.stopAndWait()).body.serverResponse).toEqual({
      fileListMode: 'json',
      fileList: serverResponse?.fileList,
      uploadingStatus: 'uploaded',
    });
    expect(kinds(task.sid)).toEqual(
      ['1001', '1002'].flatMap((uid) =>
        ['audio', 'video'].flatMap((t) => [`__uid_s_${uid}__uid_e_${t}.m3u8`, `__uid_s_${uid}__uid_e_${t}_UTC.ts`]),
      ),
    );
    const list = rig.storage.get(item('1001', 'audio').fileName)?.toString() ?? '';
    expect(list).toContain('TRACK_TYPE=AUDIO');
    expect(list).not.toMatch(/VIDEO|ROTATE/);
    expect(list).toMatch(/#EXT-X-ENDLIST\n$/);
  });

  test.each<[string, object, string[]]>([
    ['sound only', { streamTypes: 0 }, ['1001 audio', '1002 audio']],
    ['pictures only', { streamTypes: 1 }, ['1001 video', '1002 video']],
    ['original sound', { streamTypes: 0, streamMode: 'original' }, ['1001 audio', '1002 audio']],
    ['one person, heard', { subscribeAudioUids: ['1002'] }, ['1002 audio']],
    ['all but one, seen', { unSubscribeVideoUids: ['1002'] }, ['1001 video']],
    [
      'everybody heard and one seen',
      { subscribeAudioUids: ['#allstream#'], subscribeVideoUids: ['1001'] },
      ['1001 audio', '1001 video', '1002 audio'],
    ],
    ['nobody who is there', { subscribeAudioUids: ['7'] }, []],
  ])('%s', async (_, change, wanted) => {
    const task = await rig.startIn('individual', 'math-101', config(change));
    await rig.pass(10);
    const lists = rig.storage.list('').flatMap((key) => {
      const [, uid, track] = /__uid_s_(\d+)__uid_e_(audio|video)\.m3u8$/.exec(key) ?? [];
      return uid ? [`${uid} ${track}`] : [];
    });
    expect(lists).toEqual(wanted);
    if (wanted.length === 0) expect((await task.stop()).body.code).toBe(435);
  });

  test('standard mode has one list of both as well', async () => {
    const task = await rig.startIn('individual', 'math-101', config({ streamMode: 'standard' }));
    await rig.pass(10);
    const base = `${task.sid}_math-101__uid_s_1001__uid_e_`;
    const merged = rig.storage.get(`${base}av.m3u8`)?.toString() ?? '';
    expect(merged).toContain(`URI="${base}audio.m3u8"`);
    expect(merged).toContain(`\n${base}video.m3u8\n`);
    expect((await task.query()).body.serverResponse?.fileList).toContainEqual(
      expect.objectContaining({ fileName: `${base}av.m3u8`, trackType: 'audio_and_video', uid: '1001' }),
    );
  });

  test('who comes and goes has files of that time', async () => {
    rig.agora.setPublishers('math-101', ['7']);
    const task = await rig.startIn('individual', 'math-101');
    await rig.pass(11);
    rig.agora.setPublishers('math-101', ['7', '8']);
    await rig.pass(9);
    rig.agora.setPublishers('math-101', ['8']);
    await rig.pass(10);
    await task.stopAndWait();
    const seconds = (uid: string) =>
      [...String(rig.storage.get(`${task.sid}_math-101__uid_s_${uid}__uid_e_video.m3u8`)).matchAll(/EXTINF:([\d.]+)/g)]
        .map((m) => Number(m[1]))
        .reduce((a, b) => a + b, 0);
    expect([seconds('7'), seconds('8')]).toEqual([18, 21]);
    const states = (await rig.notices(task.sid))
      .filter((n) => n.eventType === 44)
      .map((n) => [n.payload.details.streamUid, n.payload.details.state]);
    expect(states).toEqual([
      ['7', 0],
      ['8', 0],
      ['7', 1],
      ['8', 1],
    ]);
    const starts = (await rig.notices(task.sid)).filter((n) => n.eventType === 42).map((n) => n.payload.details);
    expect(starts.map((d) => `${d.streamUid} ${d.trackType} ${d.mixedAllUser}`)).toEqual([
      '7 video false',
      '7 audio false',
      '8 video false',
      '8 audio false',
    ]);
  });

  test('a failover begins new lists for everybody', async () => {
    const task = await rig.startIn('individual', 'math-101', config({ streamTypes: 1 }));
    await rig.pass(10);
    rig.agora.fault({ kind: 'failover', sid: task.sid });
    await rig.pass(70);
    const lists = (await task.stopAndWait()).body.serverResponse?.fileList as { fileName: string }[];
    expect(lists.map((f) => f.fileName.replace(task.sid, 'sid'))).toEqual([
      'sid_math-101__uid_s_1001__uid_e_video.m3u8',
      'sid_math-101__uid_s_1002__uid_e_video.m3u8',
      'bak0_sid_math-101__uid_s_1001__uid_e_video.m3u8',
      'bak0_sid_math-101__uid_s_1002__uid_e_video.m3u8',
    ]);
  });
});

describe('snapshots', () => {
  test('alone: a picture of each person at the interval, and no list anywhere', async () => {
    const clientRequest = { ...snapshots, recordingFileConfig: undefined };
    const startedAt = rig.now();
    const task = await rig.startIn('individual', 'math-101', clientRequest);
    await rig.pass(2 + 11);
    expect(kinds(task.sid)).toEqual(['__uid_s_1001__uid_e_video_UTC.jpg', '__uid_s_1002__uid_e_video_UTC.jpg']);
    expect(rig.storage.list('')).toHaveLength(4);
    expect(rig.storage.get(rig.storage.list('')[0] ?? '')?.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    expect((await task.query()).body.serverResponse).toEqual({ status: 5, sliceStartTime: startedAt + 7_000 });
    expect((await task.stopAndWait()).body.serverResponse).toEqual({ uploadingStatus: 'uploaded' });
    const notices = await rig.notices(task.sid);
    expect(notices.map((n) => n.eventType)).toEqual([
      ...[40, 44, 43, 44, 43, 45, 45, 45, 45],
      ...[41, 44, 43, 44, 43, 11, 31, 33],
    ]);
    const shot = notices[5]?.payload;
    expect(shot).toMatchObject({ serviceScene: 'rtc_snapshot', serviceType: 1 });
    expect(rig.storage.list('')).toContain(shot?.details.fileName);
  });

  test('only of those whose picture is subscribed to', async () => {
    await rig.startIn('individual', 'math-101', {
      ...snapshots,
      ...config({ subscribeVideoUids: ['1002'] }),
      recordingFileConfig: undefined,
    });
    await rig.pass(8);
    expect(rig.storage.list('')).toEqual([expect.stringContaining('__uid_s_1002__uid_e_video_')]);
  });

  test('beside a recording: both', async () => {
    const task = await rig.startIn('individual', 'math-101', snapshots);
    await rig.pass(10);
    expect((await task.query()).body.serverResponse).toMatchObject({ status: 5, fileListMode: 'json' });
    const pictures = rig.storage.list('').filter((key) => key.endsWith('.jpg'));
    expect([pictures.length, rig.storage.list('').length > pictures.length]).toEqual([2, true]);
  });

  test('nobody is seen any more: no pictures until somebody is', async () => {
    const task = await rig.startIn('individual', 'math-101', {
      ...snapshots,
      ...config({ maxIdleTime: 600 }),
      recordingFileConfig: undefined,
    });
    await rig.pass(12);
    rig.agora.setPublishers('math-101', 0);
    await rig.pass(100);
    expect(rig.storage.list('')).toHaveLength(4);
    rig.agora.setPublishers('math-101', ['9']);
    await rig.pass(6);
    expect(rig.storage.list('')).toHaveLength(5);
    await task.stop();
  });
});
