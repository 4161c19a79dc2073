import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, type Rig, webServices } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

const page = (change: object, ...more: object[]) => ({ extensionServiceConfig: webServices(change, ...more) });
const push = (rtmpUrl: string) => ({ serviceName: 'rtmp_publish_service', serviceParam: { outputs: [{ rtmpUrl }] } });
const billed = (sid: string) => rig.agora.ledger().find((e) => e.sid === sid)?.billedSeconds;
const events = async (sid: string) => (await rig.notices(sid)).map((n) => n.eventType);
const detailsOf = async (sid: string, eventType: number) =>
  (await rig.notices(sid)).filter((n) => n.eventType === eventType).map((n) => n.payload.details);
const extinf = (key: string) =>
  [...String(rig.storage.get(key)).matchAll(/EXTINF:([\d.]+)/g)].map((m) => Number(m[1])).reduce((a, b) => a + b, 0);

describe('a page from start to files', () => {
  test('begins five seconds after start, and everything is said in extensionServiceState', async () => {
    const startedAt = rig.now();
    const task = await rig.startIn('web', 'board');
    const state = (v: object) => [{ serviceName: 'web_recorder_service', payload: v }];
    await rig.pass(4);
    expect((await task.query()).body.serverResponse).toEqual({
      status: 4,
      extensionServiceState: state({ state: 'init', onhold: false, fileList: [] }),
    });
    await rig.pass(5);
    const list = { filename: `${task.sid}_board.m3u8`, sliceStartTime: startedAt + 5_000 };
    expect((await task.query()).body.serverResponse).toEqual({
      status: 5,
      extensionServiceState: state({ state: 'inProgress', onhold: false, fileList: [list] }),
    });
    expect((await task.stopAndWait()).body.serverResponse).toEqual({
      extensionServiceState: [
        ...state({ state: 'exit', onhold: false, fileList: [list] }),
        { serviceName: 'upload_service', payload: { uploadingStatus: 'uploaded' } },
      ],
    });
    // Slices carry milliseconds.
    expect(rig.storage.list('')).toEqual([
      list.filename,
      `${task.sid}_board_${startedAt + 5_000}.ts`,
      `${task.sid}_board_${startedAt + 8_000}.ts`,
    ]);
    const notices = await rig.notices(task.sid);
    expect(notices.map((n) => n.eventType)).toEqual([70, 4, 71, 11, 31, 33]);
    expect(new Set(notices.map((n) => (n.payload as { serviceScene?: string }).serviceScene))).toEqual(
      new Set(['web_record']),
    );
    expect(notices[0]?.payload).toMatchObject({ serviceType: 6, details: { recorderStartTime: startedAt + 5_000 } });
    expect(notices[2]?.payload.details).toEqual({
      msgName: 'web_recorder_stopped',
      code: 0,
      message: 'ok',
      details: '',
      fileList: [list],
    });
    expect(notices[4]?.payload.details).toEqual({ msgName: 'uploaded', status: 0 });
  });

  test('it is in no channel: no token, no idleness, no kicking', async () => {
    const task = await rig.startIn('web', 'empty-board');
    await rig.pass(10_000);
    expect((await task.query()).body.serverResponse?.status).toBe(5);
    await rig.call('POST', '/dev/v1/kicking-rule', {
      appid: '0123456789abcdef0123456789abcdef',
      cname: 'empty-board',
      uid: 101,
      privileges: ['join_channel'],
    });
    await rig.pass(10);
    expect((await task.query()).body.serverResponse?.status).toBe(5);
  });

  test('maxRecordingHour ends it, however large the step', async () => {
    const task = await rig.startIn('web', 'board', page({ maxRecordingHour: 1 }));
    await rig.pass(10_000);
    expect(billed(task.sid)).toBe(3_605);
    expect((await task.query()).status).toBe(404);
    expect(extinf(`${task.sid}_board.m3u8`)).toBe(3_600);
    const [stopped] = await detailsOf(task.sid, 71);
    expect(stopped).toMatchObject({ code: 1, message: 'max_recording_hour' });
  });
});

test('a failover gives no second maxRecordingHour', async () => {
  const task = await rig.startIn('web', 'board', page({ maxRecordingHour: 1 }));
  await rig.pass(1_800);
  rig.agora.fault({ kind: 'failover', sid: task.sid });
  await rig.pass(3_600);
  expect(billed(task.sid)).toBe(3_605);
});

describe('a page that does not come', () => {
  test.each([
    ['https://class.example/never-ready', 0, [70, 4]],
    ['https://class.example/board', 5, [70, 4]],
    ['https://class.example/board', 2, [73, 71, 11]],
    ['https://class.example/never-ready', 30, [73, 71, 11]],
  ])('%s with readyTimeout %d -> events %o', async (url, readyTimeout, wanted) => {
    const task = await rig.startIn('web', 'board', page({ url, readyTimeout }));
    await rig.pass(120);
    expect(await events(task.sid)).toEqual(expect.arrayContaining(wanted));
    const reloads = await detailsOf(task.sid, 73);
    const stops = await detailsOf(task.sid, 71);
    if (wanted.includes(71)) {
      expect(reloads).toMatchObject([{ reason: 'page_load_timeout' }]);
      expect(stops).toMatchObject([{ code: 4, message: 'page_load_timeout', fileList: [] }]);
      expect(billed(task.sid)).toBe(2 + 2 * readyTimeout);
    } else expect([reloads, stops]).toEqual([[], []]);
  });

  test('a page that answers 404 ends it', async () => {
    rig.agora.setPage('https://class.example/gone', { status: 503 });
    const missing = await rig.startIn('web', 'one', page({ url: 'https://class.example/missing' }));
    const gone = await rig.startIn('web', 'two', page({ url: 'https://class.example/gone' }));
    await rig.pass(10);
    for (const task of [missing, gone]) {
      expect(await detailsOf(task.sid, 71)).toMatchObject([{ code: 5, message: 'access_url_failed' }]);
      expect(billed(task.sid)).toBe(3);
    }
  });
});

describe('what a page does while it is recorded', () => {
  test.each(['resolution', 'WebGL', 'bandwidth'] as const)(
    'too much %s: event 72, and it stops at once',
    async (what) => {
      const task = await rig.startIn('web', 'board');
      await rig.pass(20);
      expect(rig.agora.fault({ kind: 'web_page', sid: task.sid, what })).toEqual({ ok: true });
      await rig.pass(10);
      expect(await detailsOf(task.sid, 72)).toMatchObject([{ limitType: what }]);
      expect(await detailsOf(task.sid, 71)).toMatchObject([{ code: 2 }]);
      expect(billed(task.sid)).toBe(20);
    },
  );

  test('silence: it is loaded anew, and the list goes on after the gap', async () => {
    const task = await rig.startIn('web', 'board');
    await rig.pass(11);
    rig.agora.fault({ kind: 'web_page', sid: task.sid, what: 'audio_silence' });
    await rig.pass(9);
    expect(await detailsOf(task.sid, 73)).toMatchObject([{ reason: 'audio_silence' }]);
    await task.stopAndWait();
    const list = String(rig.storage.get(`${task.sid}_board.m3u8`));
    expect([extinf(`${task.sid}_board.m3u8`), list.match(/TRACK_TYPE=VIDEO/g)?.length]).toEqual([12, 2]);
  });

  test('its recorder breaks: code 6, and the files are there', async () => {
    const task = await rig.startIn('web', 'board');
    await rig.pass(11);
    rig.agora.fault({ kind: 'web_page', sid: task.sid, what: 'recorder_error' });
    await rig.pass(5);
    expect(await detailsOf(task.sid, 71)).toMatchObject([{ code: 6, message: 'recorder_error' }]);
    expect(String(rig.storage.get(`${task.sid}_board.m3u8`))).toContain('ENDLIST');
  });

  test('a page that is loading, or a channel, cannot', async () => {
    const task = await rig.startIn('web', 'board');
    const channel = await rig.start('math-101');
    await rig.pass(3);
    for (const { sid } of [task, channel])
      expect(rig.agora.fault({ kind: 'web_page', sid, what: 'WebGL' })).toEqual({
        ok: false,
        error: 'Only a page that is being recorded can do that.',
      });
  });

  test('a failover loads it again under bak0_ names', async () => {
    const task = await rig.startIn('web', 'board');
    await rig.pass(11);
    rig.agora.fault({ kind: 'failover', sid: task.sid });
    await rig.pass(59);
    expect((await task.query()).status).toBe(404);
    await rig.pass(11);
    const { serverResponse } = (await task.query()).body;
    expect(JSON.stringify(serverResponse)).toContain(`bak0_${task.sid}_board.m3u8`);
  });
});

describe('on hold', () => {
  test('no slices while it lasts, and the page shows it', async () => {
    const task = await rig.startIn('web', 'board');
    await rig.pass(11);
    expect((await task.update({ webRecordingConfig: { onhold: true } })).status).toBe(200);
    const row = () => rig.agora.panel().tasks[0];
    expect(row()).toMatchObject({ onHold: true, statusText: 'on hold', mode: 'web' });
    const slices = rig.storage.list('').length;
    await rig.pass(100);
    expect(rig.storage.list('').length).toBe(slices);
    expect(JSON.stringify((await task.query()).body)).toContain('"onhold":true');
    await task.update({ webRecordingConfig: { onhold: false } });
    expect(row()).toMatchObject({ onHold: false, statusText: 'recording' });
    await rig.pass(6);
    await task.stopAndWait();
    expect(extinf(`${task.sid}_board.m3u8`)).toBe(12);
    expect(billed(task.sid)).toBe(117);
  });

  test('from the start, until it is resumed', async () => {
    const task = await rig.startIn('web', 'board', page({ onhold: true }));
    await rig.pass(60);
    expect(rig.storage.list('')).toEqual([]);
    await task.update({ webRecordingConfig: { onhold: false } });
    await rig.pass(6);
    expect(extinf(`${task.sid}_board.m3u8`)).toBe(6);
  });
});

describe('the live push', () => {
  const url = 'rtmp://live.example/app/key';
  const outputs = async (query: Promise<{ body: { serverResponse?: Record<string, unknown> } }>) => {
    const services = (await query).body.serverResponse?.extensionServiceState as {
      serviceName: string;
      payload: { outputs?: unknown };
    }[];
    return services.find((s) => s.serviceName === 'rtmp_publish_service')?.payload.outputs;
  };

  test('connects, publishes, holds, moves, and ends, with an event for each', async () => {
    const task = await rig.startIn('web', 'board', page({}, push(url)));
    await rig.pass(5.5);
    expect(await outputs(task.query())).toEqual([{ rtmpUrl: url, status: 'connecting' }]);
    await rig.pass(2);
    expect(await outputs(task.query())).toEqual([{ rtmpUrl: url, status: 'publishing' }]);
    await task.update({ webRecordingConfig: { onhold: true } });
    await task.update({ webRecordingConfig: { onhold: false } });
    const other = 'rtmps://other.example/app';
    await task.update({ rtmpPublishConfig: { outputs: [{ rtmpUrl: other }] } });
    await rig.pass(3);
    expect(rig.agora.panel().tasks[0]?.outputs).toEqual([{ rtmpUrl: other, status: 'publishing' }]);
    await task.stopAndWait();
    const told = (await detailsOf(task.sid, 100)).map((d) => [d.rtmpUrl, d.status]);
    expect(told).toEqual([
      [url, 'connecting'],
      [url, 'publishing'],
      [url, 'onhold'],
      [url, 'publishing'],
      [url, 'disconnected'],
      [other, 'connecting'],
      [other, 'publishing'],
      [other, 'disconnected'],
    ]);
  });

  test('one that cannot be reached does not stop the recording', async () => {
    const task = await rig.startIn('web', 'board', page({}, push('rtmp://unreachable.example/app')));
    await rig.pass(20);
    const { serverResponse } = (await task.query()).body;
    expect(serverResponse?.status).toBe(5);
    expect(await outputs(task.query())).toEqual([
      { rtmpUrl: 'rtmp://unreachable.example/app', status: 'disconnected' },
    ]);
  });
});
