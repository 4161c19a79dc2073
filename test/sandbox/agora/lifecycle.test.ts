import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, joining, leaving, type Rig, startRequest, token, until } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

const events = async (sid: string) => (await rig.notices(sid)).map((n) => n.eventType);
const billed = (sid: string) => rig.agora.ledger().find((e) => e.sid === sid)?.billedSeconds;

describe('a recording from start to files', () => {
  test('status goes up step by step, files come with the first slice, stop says what was uploaded', async () => {
    const task = await rig.start('math-101');
    expect(task.resourceId).toMatch(/^[A-Za-z0-9_-]{300}$/);
    expect(task.sid).toMatch(/^[0-9a-f]{32}$/);
    const seen: unknown[] = [];
    for (const seconds of [0, 0.6, 0.5, 1]) {
      await rig.pass(seconds);
      const { body } = await task.query();
      seen.push(body.serverResponse);
    }
    expect(seen).toEqual([{ status: 1 }, { status: 2 }, { status: 3 }, { status: 4 }]);

    await rig.pass(4);
    const list = `${task.sid}_math-101.m3u8`;
    const { sid, resourceId } = task;
    const running = await task.query();
    expect(running).toEqual({
      status: 200,
      body: {
        cname: 'math-101',
        uid: '101',
        resourceId,
        sid,
        serverResponse: { status: 5, fileListMode: 'string', fileList: list, sliceStartTime: expect.any(Number) },
      },
    });
    expect(rig.storage.get(list)?.toString()).not.toContain('ENDLIST');

    expect(await task.stopAndWait()).toEqual({
      status: 200,
      body: {
        cname: 'math-101',
        uid: '101',
        resourceId,
        sid,
        serverResponse: { fileListMode: 'string', fileList: list, uploadingStatus: 'uploaded' },
      },
    });
    expect(rig.storage.get(list)?.toString()).toMatch(/#EXT-X-ENDLIST\n$/);
    expect(await task.query()).toEqual({ status: 404, body: { code: 404, reason: 'failed to find worker' } });
    expect(await events(task.sid)).toEqual([...joining, 4, ...leaving, 11, 31, 33]);
  });

  test('an asynchronous stop answers at once, a second one 49, and one after the upload 404', async () => {
    const task = await rig.start('math-101');
    await rig.pass(10);
    const first = await task.stop();
    expect([first.status, first.body.serverResponse]).toEqual([200, {}]);
    expect((await task.query()).body.serverResponse?.status).toBe(6);
    expect(await task.stop()).toEqual({ status: 400, body: { code: 49, reason: 'invalid operation' } });
    await rig.pass(2);
    expect((await task.stop()).status).toBe(404);
  });

  test.each(['empty-room', 'silent-room'])('%s: nobody publishes, so stop has nothing to show', async (cname) => {
    const task = await rig.start(cname);
    await rig.pass(10);
    expect((await task.query()).body.serverResponse).toEqual({ status: 4 });
    expect(await task.stop()).toMatchObject({ status: 206, body: { code: 435, reason: 'no recorded data' } });
    await rig.pass(2);
    expect(await events(task.sid)).toEqual([40, 41, 11]);
    expect(rig.storage.list('')).toEqual([]);
  });
});

describe('the end that comes by itself', () => {
  test.each([1, 7, 1_000])('idle for maxIdleTime, seen in steps of %d s: the bill is the same', async (step) => {
    const config = { channelType: 1, maxIdleTime: 40 };
    const task = await rig.start('math-101', '101', { recordingConfig: config });
    await rig.pass(20);
    rig.agora.setPublishers('math-101', 0);
    for (let t = 0; t < 60; t += step) await rig.pass(step);
    expect(billed(task.sid)).toBe(60);
    expect((await task.query()).status).toBe(404);
    const notices = await rig.notices(task.sid);
    expect(notices.find((n) => n.eventType === 41)?.payload.details).toMatchObject({ leaveCode: 4 });
    expect(notices.map((n) => n.eventType)).toContain(31);
  });

  test('who leaves between two ticks was there until then', async () => {
    const task = await rig.start('math-101');
    rig.moveClock(20);
    rig.agora.setPublishers('math-101', 0);
    await rig.pass(100);
    expect(billed(task.sid)).toBe(50);
  });

  test('somebody who comes back in time keeps it going, and the gap is marked', async () => {
    const task = await rig.start('math-101');
    await rig.pass(10);
    rig.agora.setPublishers('math-101', 0);
    await rig.pass(29);
    rig.agora.setPublishers('math-101', 1);
    await rig.pass(31);
    expect((await task.query()).body.serverResponse?.status).toBe(5);
    const list = rig.storage.get(`${task.sid}_math-101.m3u8`)?.toString() ?? '';
    expect(list.match(/TRACK_TYPE=VIDEO/g)).toHaveLength(2);
    const [, second] = (await rig.notices(task.sid)).filter((n) => n.eventType === 42);
    const { startUtcMs, discontinueUtcMs } = second?.payload.details ?? {};
    expect(Number(startUtcMs) - Number(discontinueUtcMs)).toBe(29_000);
  });

  test('the token runs out: the recorder is out of the channel at that second', async () => {
    const task = await rig.start('math-101', '101', { token: token('math-101', '101', 50) });
    await rig.pass(40);
    expect((await task.query()).body.serverResponse?.status).toBe(5);
    await rig.pass(100);
    // Tokens count whole seconds, so up to one is lost on the way.
    expect([49, 50]).toContain(billed(task.sid));
    expect((await task.query()).status).toBe(404);
    expect(await events(task.sid)).toContain(31);
  });

  test.each([
    ['of another channel', token('physics', '101'), 110],
    ['of another uid', token('math-101', '102'), 110],
    ['missing', undefined, 110],
    ['nonsense', '007abc', 110],
  ])('a token that is %s: start says yes, event 1 says no', async (_, wrong, errorCode) => {
    const task = await rig.start('math-101', '101', { token: wrong });
    await rig.pass(1);
    expect((await task.query()).body.serverResponse?.status).toBe(3);
    await rig.pass(9);
    expect((await task.query()).status).toBe(404);
    const [error, exit] = await rig.notices(task.sid);
    expect([error?.eventType, error?.payload.details]).toMatchObject([1, { module: 0, errorCode, errorLevel: 5 }]);
    expect([exit?.eventType, exit?.payload.details]).toMatchObject([11, { exitStatus: 1 }]);
    expect(billed(task.sid)).toBe(2);
  });

  test('without a certificate tokens are not looked at', async () => {
    const open = await createRig({ certificate: false });
    const task = await open.start('math-101', '101', { token: 'nonsense' });
    await open.pass(10);
    expect((await task.query()).body.serverResponse?.status).toBe(5);
    await open.close();
  });

  test.each([
    ['secretKey', { secretKey: 'wrong' }],
    ['accessKey', { accessKey: 'wrong' }],
    ['bucket', { bucket: 'wrong' }],
    ['vendor', { vendor: 1, extensionParams: {} }],
    ['endpoint', { extensionParams: { endpoint: 'elsewhere.example' } }],
  ])('storage with a wrong %s: event 1 of the uploader, then 404', async (_, change) => {
    const storageConfig = { ...(startRequest('math-101', '101').storageConfig as object), ...change };
    const task = await rig.start('math-101', '101', { storageConfig });
    await rig.pass(4);
    expect((await task.query()).body.serverResponse).toEqual({ status: 4 });
    await rig.pass(6);
    expect((await task.query()).status).toBe(404);
    const error = (await rig.notices(task.sid)).find((n) => n.eventType === 1);
    expect(error?.payload.details).toMatchObject({ module: 1, errorCode: 32 });
    expect(rig.storage.list('')).toEqual([]);
  });

  test('wrong storage keys and the end of the token in one step: what came first counts', async () => {
    const storageConfig = { ...(startRequest('math-101', '101').storageConfig as object), secretKey: 'wrong' };
    const task = await rig.start('math-101', '101', { storageConfig, token: token('math-101', '101', 20) });
    await rig.pass(28);
    expect(await events(task.sid)).toEqual([...joining, 1, 11]);
    expect(billed(task.sid)).toBe(5);
  });

  test('a stop that meets wrong storage keys is answered, though nothing could be uploaded', async () => {
    const storageConfig = { ...(startRequest('math-101', '101').storageConfig as object), secretKey: 'wrong' };
    const task = await rig.start('math-101', '101', { storageConfig });
    await rig.pass(4);
    expect((await task.stop({})).status).toBe(404);
  });
});

test('with a speed, time passes by itself and many times as fast', async () => {
  const fast = await createRig({ speed: 100, autoTick: true, now: Date.now });
  const before = fast.agora.panel().now;
  const task = await fast.start('math-101');
  await until(() => fast.agora.panel().tasks[0]?.status === 5);
  expect(fast.agora.panel().now - before).toBeGreaterThanOrEqual(5_000);
  expect((await task.stop({})).body.serverResponse?.uploadingStatus).toBe('uploaded');
  const [entry] = fast.agora.ledger();
  expect(entry?.billedSeconds).toBeGreaterThanOrEqual(5);
  expect(fast.agora.panel()).toMatchObject({ speed: 100, billedSecondsTotal: entry?.billedSeconds });
  await fast.close();
});
