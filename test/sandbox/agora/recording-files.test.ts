import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, type Rig, startRequest, token } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

interface Playlist {
  head: string[];
  slices: { tags: string[]; seconds: number; comma: boolean; name: string }[];
  ended: boolean;
}

/** Reads a list strictly: what is no tag is a slice and follows its EXTINF. */
function parse(text: string): Playlist {
  const lines = text.trimEnd().split('\n');
  const firstSlice = lines.indexOf('#EXT-X-DISCONTINUITY');
  const list: Playlist = { head: lines.slice(0, firstSlice), slices: [], ended: lines.at(-1) === '#EXT-X-ENDLIST' };
  let tags: string[] = [];
  for (const line of lines.slice(firstSlice, list.ended ? -1 : undefined)) {
    if (line.startsWith('#')) tags.push(line);
    else {
      const length = /^#EXTINF:(\d+\.\d{6})(,?)$/.exec(tags.pop() ?? '');
      if (!length) throw new Error(`no EXTINF before ${line}`);
      list.slices.push({ tags, seconds: Number(length[1]), comma: length[2] === ',', name: line });
      tags = [];
    }
  }
  if (tags.length > 0) throw new Error(`tags without a slice: ${tags.join(' ')}`);
  return list;
}

const read = (key: string) => parse(rig.storage.get(key)?.toString() ?? '');

test('the list while it runs and when it is over', async () => {
  const task = await rig.start('math-101');
  await rig.pass(11);
  const key = `${task.sid}_math-101.m3u8`;
  const running = read(key);
  expect([running.ended, running.slices.length]).toEqual([false, 3]);
  await task.stop();
  await rig.pass(2);
  const list = read(key);
  expect(list.head).toEqual([
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-ALLOW-CACHE:YES',
    '#EXT-X-TARGETDURATION:3',
  ]);
  expect(list.ended).toBe(true);
  const target = Number(list.head.at(-1)?.split(':')[1]);
  for (const slice of list.slices) {
    expect(Math.round(slice.seconds)).toBeLessThanOrEqual(target);
    expect(slice.comma).toBe(false);
    expect(rig.storage.get(slice.name)?.[0]).toBe(0x47);
  }
  const [first, second] = list.slices;
  const time = /_(\d{17})\.ts$/.exec(first?.name ?? '')?.[1];
  expect(first?.tags).toEqual([
    '#EXT-X-DISCONTINUITY',
    `#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=${time}`,
    `#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=${time}`,
    `#EXT-X-AGORA-ROTATE:WIDTH=320,HEIGHT=180,ROTATE=0,TIME=${time}`,
  ]);
  expect(second?.tags).toEqual([]);
  expect(list.slices.map((s) => s.name)).toEqual([...new Set(list.slices.map((s) => s.name))].sort());
});

test('the name of a slice is its beginning in UTC', async () => {
  const startedAt = rig.now();
  const task = await rig.start('math-101');
  await rig.pass(9);
  const names = read(`${task.sid}_math-101.m3u8`).slices.map((s) => s.name);
  // The recorder needs two seconds to be ready.
  const wanted = [2_000, 5_000].map((ms) => new Date(startedAt + ms).toISOString().replace(/\D/g, ''));
  expect(names).toEqual(wanted.map((utc) => `${task.sid}_math-101_${utc}.ts`));
});

test('where the film begins anew there is a discontinuity and nothing else', async () => {
  const task = await rig.start('math-101');
  await rig.live(2 + 45 * 3);
  const tagged = read(`${task.sid}_math-101.m3u8`).slices.flatMap((s, i) =>
    s.tags.length > 0 ? [[i, s.tags.length]] : [],
  );
  expect(tagged).toEqual([
    [0, 4],
    [20, 1],
    [40, 1],
  ]);
});

test.each([
  ['math-101', 'math-101'],
  ['a_b.c:d', 'a-b-c-d'],
  ['<!channel> 1', '--channel- 1'],
  ['#$%&()+;=?@[]^{}|~,', '-------------------'],
])('channel %s: special characters become dashes', async (cname, inNames) => {
  const task = await rig.start(cname);
  await rig.pass(5);
  expect(rig.storage.list('')).toEqual([expect.stringMatching(/\.m3u8$/), expect.stringMatching(/_\d{17}\.ts$/)]);
  expect(rig.storage.list('')[0]).toBe(`${task.sid}_${inNames}.m3u8`);
});

test('the prefix is a folder; names inside the list are bare', async () => {
  const old = startRequest('math-101', '101').storageConfig as object;
  const task = await rig.start('math-101', '101', { storageConfig: { ...old, fileNamePrefix: ['acme', 'prod'] } });
  await rig.pass(5);
  const key = `acme/prod/${task.sid}_math-101.m3u8`;
  expect((await task.query()).body.serverResponse?.fileList).toBe(key);
  const [slice] = read(key).slices;
  expect(rig.storage.list('')).toEqual([key, `acme/prod/${slice?.name}`]);
});

describe('the comma after EXTINF', () => {
  test.each([
    [undefined, false],
    ['{"correctEXTINF":false}', false],
    ['{ "correctEXTINF" : true }', true],
  ])('privateParams %s -> %s', async (privateParams, comma) => {
    const task = await rig.start('math-101', '101', { recordingConfig: { channelType: 1, privateParams } });
    await rig.pass(8);
    expect(read(`${task.sid}_math-101.m3u8`).slices.map((s) => s.comma)).toEqual([comma, comma]);
  });
});

test('an end in the middle of a long step: the last slice is as long as what it holds', async () => {
  const task = await rig.start('math-101', '101', { token: token('math-101', '101', 730) });
  await rig.pass(5_000);
  const { slices, ended } = read(`${task.sid}_math-101.m3u8`);
  const seconds = slices.reduce((sum, s) => sum + s.seconds, 0);
  // From the third second to the 730th; tokens count whole seconds, so up to one is lost on the way.
  expect([ended, seconds]).toEqual([true, 729]);
  expect(slices.at(-1)?.seconds).toBe(9);
});

test('an hour in one step: nothing of it is missing, in longer slices until it has caught up', async () => {
  const task = await rig.start('math-101');
  await rig.pass(3_500);
  const { slices } = read(`${task.sid}_math-101.m3u8`);
  expect(slices.reduce((sum, s) => sum + s.seconds, 0)).toBe(3_498);
  expect([slices[0]?.seconds, slices.at(-1)?.seconds]).toEqual([60, 3]);
  const times = slices.map((s) =>
    Date.parse(
      (/_(\d{17})/.exec(s.name)?.[1] ?? '').replace(/(....)(..)(..)(..)(..)(..)(...)/, '$1-$2-$3T$4:$5:$6.$7Z'),
    ),
  );
  expect(times.slice(1).map((t, i) => t - (times[i] ?? 0))).toEqual(slices.slice(0, -1).map((s) => s.seconds * 1000));
  const [row] = rig.agora.panel().tasks;
  // The panel shows the list and the newest slices only.
  expect(row?.files).toHaveLength(21);
  expect(row?.files[0]).toBe(`${task.sid}_math-101.m3u8`);
});
