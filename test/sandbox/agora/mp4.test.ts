import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, type Rig, webServices } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

const recordingFileConfig = { avFileType: ['hls', 'mp4'] };
/** Seconds that an MP4 says it plays: duration and timescale of mvhd (ISO/IEC 14496-12, 8.2.2). */
function duration(key: string): number {
  const film = rig.storage.get(key);
  const at = film?.indexOf('mvhd') ?? -1;
  return film && at > 0 ? film.readUInt32BE(at + 20) / film.readUInt32BE(at + 16) : Number.NaN;
}
const mp4s = () => rig.storage.list('').filter((key) => key.endsWith('.mp4'));

describe('MP4 beside HLS', () => {
  test('comes with the end, is as long as the recording, and is named in a list of files', async () => {
    const task = await rig.start('math-101', '101', { recordingFileConfig });
    await rig.pass(35);
    expect(mp4s()).toEqual([]);
    const list = {
      fileName: `${task.sid}_math-101.m3u8`,
      trackType: 'audio_and_video',
      uid: '0',
      mixedAllUser: true,
      isPlayable: true,
      sliceStartTime: expect.any(Number),
    };
    const film = { ...list, fileName: `${task.sid}_math-101_0.mp4` };
    expect((await task.query()).body.serverResponse).toMatchObject({ fileListMode: 'json', fileList: [list] });
    expect((await task.stopAndWait()).body.serverResponse).toEqual({
      fileListMode: 'json',
      fileList: [list, film],
      uploadingStatus: 'uploaded',
    });
    expect(duration(film.fileName)).toBe(33);
    const infos = (await rig.notices(task.sid)).filter((n) => n.eventType === 4);
    expect(infos.map((n) => n.payload.details.fileList)).toEqual([list.fileName, film.fileName]);
  });

  test('rolls over after two hours in a channel', async () => {
    const recordingConfig = { channelType: 1 };
    const open = await createRig({ certificate: false });
    const task = await open.start('math-101', '101', { recordingFileConfig, recordingConfig });
    await open.pass(2 + 5 * 3_600);
    const names = () => open.storage.list('').filter((key) => key.endsWith('.mp4'));
    expect(names()).toEqual([0, 1].map((n) => `${task.sid}_math-101_${n}.mp4`));
    await task.stopAndWait();
    expect(names()).toHaveLength(3);
    await open.close();
  });

  test.each([
    [undefined, 2],
    [60, 4],
  ])('a page with maxVideoDuration %s has %d after four hours', async (maxVideoDuration, count) => {
    const extensionServiceConfig = webServices({ maxRecordingHour: 4, maxVideoDuration });
    const task = await rig.startIn('web', 'board', { recordingFileConfig, extensionServiceConfig });
    await rig.pass(4 * 3_600 + 10);
    expect(mp4s()).toEqual(Array.from({ length: count }, (_, n) => `${task.sid}_board_${n}.mp4`));
    expect(mp4s().map(duration)).toEqual(Array(count).fill((4 / count) * 3_600));
  });

  test('a failover closes one and begins anew', async () => {
    const task = await rig.start('math-101', '101', { recordingFileConfig });
    await rig.pass(11);
    rig.agora.fault({ kind: 'failover', sid: task.sid });
    await rig.pass(60 + 12);
    await task.stopAndWait();
    const found = mp4s().map((key) => [key.replace(task.sid, 'sid'), duration(key)]);
    expect(found.sort()).toEqual([
      ['bak0_sid_math-101_0.mp4', 12],
      ['sid_math-101_0.mp4', 9],
    ]);
  });
});
