import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appId, createRig, type Rig, startRequest, token } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

const events = async (sid: string, count: number) => (await rig.notices(sid, count)).map((n) => n.eventType);
const billed = (sid: string) => rig.agora.ledger().find((e) => e.sid === sid)?.billedSeconds;

describe('a recording from start to files', () => {
  test('status goes up step by step, files come with the first slice, stop says what was uploaded', async () => {
    const task = await rig.start('math-101');
    expect(task.resourceId).toMatch(/^[A-Za-z0-9_-]{300}$/);
    expect(task.sid).toMatch(/^[0-9a-f]{32}$/);
    const seen: unknown[] = [];
    for (const seconds of [0, 0.6, 0.5, 1]) {
      rig.pass(seconds);
      const { body } = await task.query();
      seen.push(body.serverResponse);
    }
    expect(seen).toEqual([{ status: 1 }, { status: 2 }, { status: 3 }, { status: 4 }]);

    rig.pass(4);
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
    expect(await events(task.sid, 7)).toEqual([40, 42, 4, 41, 31, 33, 11]);
  });

  test('an asynchronous stop answers at once, a second one 49, and one after the upload 404', async () => {
    const task = await rig.start('math-101');
    rig.pass(10);
    const first = await task.stop();
    expect([first.status, first.body.serverResponse]).toEqual([200, {}]);
    expect((await task.query()).body.serverResponse?.status).toBe(6);
    expect(await task.stop()).toEqual({ status: 400, body: { code: 49, reason: 'invalid operation' } });
    rig.pass(2);
    expect((await task.stop()).status).toBe(404);
  });

  test.each(['empty-room', 'silent-room'])('%s: nobody publishes, so stop has nothing to show', async (cname) => {
    const task = await rig.start(cname);
    rig.pass(10);
    expect((await task.query()).body.serverResponse).toEqual({ status: 4 });
    expect(await task.stop()).toMatchObject({ status: 206, body: { code: 435, reason: 'no recorded data' } });
    rig.pass(2);
    expect(await events(task.sid, 3)).toEqual([40, 41, 11]);
    expect(rig.storage.list('')).toEqual([]);
  });
});

describe('the end that comes by itself', () => {
  test.each([1, 7, 1_000])('idle for maxIdleTime, seen in steps of %d s: the bill is the same', async (step) => {
    const config = { channelType: 1, maxIdleTime: 40 };
    const task = await rig.start('math-101', '101', { recordingConfig: config });
    rig.pass(20);
    rig.agora.setPublishers('math-101', 0);
    for (let t = 0; t < 60; t += step) rig.pass(step);
    expect(billed(task.sid)).toBe(60);
    expect((await task.query()).status).toBe(404);
    const notices = await rig.notices(task.sid, 7);
    expect(notices.find((n) => n.eventType === 41)?.payload.details).toMatchObject({ leaveCode: 4 });
    expect(notices.map((n) => n.eventType)).toContain(31);
  });

  test('somebody who comes back in time keeps it going, and the gap is marked', async () => {
    const task = await rig.start('math-101');
    rig.pass(10);
    rig.agora.setPublishers('math-101', 0);
    rig.pass(29);
    rig.agora.setPublishers('math-101', 1);
    rig.pass(31);
    expect((await task.query()).body.serverResponse?.status).toBe(5);
    const list = rig.storage.get(`${task.sid}_math-101.m3u8`)?.toString() ?? '';
    expect(list.match(/TRACK_TYPE=VIDEO/g)).toHaveLength(2);
    const [, second] = (await rig.notices(task.sid, 4)).filter((n) => n.eventType === 42);
    const { startUtcMs, discontinueUtcMs } = second?.payload.details ?? {};
    expect(Number(startUtcMs) - Number(discontinueUtcMs)).toBe(29_000);
  });

  test('the token runs out: the recorder is out of the channel at that second', async () => {
    const task = await rig.start('math-101', '101', { token: token('math-101', '101', 50) });
    rig.pass(40);
    expect((await task.query()).body.serverResponse?.status).toBe(5);
    rig.pass(100);
    // Tokens count whole seconds, so up to one is lost on the way.
    expect([49, 50]).toContain(billed(task.sid));
    expect((await task.query()).status).toBe(404);
    expect(await events(task.sid, 7)).toContain(31);
  });

  test.each([
    ['of another channel', token('physics', '101'), 110],
    ['of another uid', token('math-101', '102'), 110],
    ['missing', undefined, 110],
    ['nonsense', '007abc', 110],
  ])('a token that is %s: start says yes, event 1 says no', async (_, wrong, errorCode) => {
    const task = await rig.start('math-101', '101', { token: wrong });
    rig.pass(1);
    expect((await task.query()).body.serverResponse?.status).toBe(3);
    rig.pass(9);
    expect((await task.query()).status).toBe(404);
    const [error, exit] = await rig.notices(task.sid, 2);
    expect([error?.eventType, error?.payload.details]).toMatchObject([1, { module: 0, errorCode, errorLevel: 5 }]);
    expect([exit?.eventType, exit?.payload.details]).toMatchObject([11, { exitStatus: 1 }]);
    expect(billed(task.sid)).toBe(2);
  });

  test('without a certificate tokens are not looked at', async () => {
    const open = await createRig({ certificate: false });
    const task = await open.start('math-101', '101', { token: 'nonsense' });
    open.pass(10);
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
    rig.pass(4);
    expect((await task.query()).body.serverResponse).toEqual({ status: 4 });
    rig.pass(6);
    expect((await task.query()).status).toBe(404);
    const error = (await rig.notices(task.sid, 3)).find((n) => n.eventType === 1);
    expect(error?.payload.details).toMatchObject({ module: 1, errorCode: 32 });
    expect(rig.storage.list('')).toEqual([]);
  });

  test('a stop that meets wrong storage keys is answered, though nothing could be uploaded', async () => {
    const storageConfig = { ...(startRequest('math-101', '101').storageConfig as object), secretKey: 'wrong' };
    const task = await rig.start('math-101', '101', { storageConfig });
    rig.pass(4);
    expect((await task.stop({})).status).toBe(404);
  });
});

describe('faults', () => {
  test('a recorder that dies is gone at once and its list has no end', async () => {
    const task = await rig.start('math-101');
    rig.pass(20);
    expect(rig.agora.fault({ kind: 'recorder_dies', sid: task.sid })).toEqual({ ok: true });
    expect([(await task.query()).status, (await task.stop()).status]).toEqual([404, 404]);
    rig.pass(100);
    expect(billed(task.sid)).toBe(20);
    expect(rig.storage.get(`${task.sid}_math-101.m3u8`)?.toString()).not.toContain('ENDLIST');
    const notices = await rig.notices(task.sid, 4);
    expect(notices.at(-1)).toMatchObject({ eventType: 11, payload: { details: { exitStatus: 1 } } });
    expect(rig.agora.panel().tasks[0]).toMatchObject({ status: 20, statusText: 'exited abnormally', alive: false });
    expect(rig.agora.fault({ kind: 'failover', sid: task.sid })).toEqual({ ok: false, error: 'This task has ended.' });
  });

  test('a failover is a minute of 404, billed, and then goes on under a new uid and bak0_ names', async () => {
    const task = await rig.start('math-101');
    rig.pass(20);
    rig.agora.fault({ kind: 'failover', sid: task.sid });
    rig.pass(59);
    expect([(await task.query()).status, (await task.stop()).status]).toEqual([404, 404]);
    rig.pass(11);
    const { body } = await task.query();
    expect([body.uid, body.serverResponse?.status, body.serverResponse?.fileList]).toEqual([
      '101',
      5,
      `bak0_${task.sid}_math-101.m3u8`,
    ]);
    await task.stop();
    rig.pass(2);
    const notices = await rig.notices(task.sid, 10);
    const failover = notices.find((n) => n.eventType === 12);
    const newUid = Number(failover?.payload.details.newUid);
    expect(newUid).toBeGreaterThan(0);
    expect(newUid).not.toBe(101);
    expect(notices.find((n) => n.eventType === 31)?.payload).toMatchObject({
      uid: String(newUid),
      details: {
        fileList: [{ fileName: `${task.sid}_math-101.m3u8` }, { fileName: `bak0_${task.sid}_math-101.m3u8` }],
      },
    });
    expect(billed(task.sid)).toBe(90);
    for (const list of [`${task.sid}_math-101.m3u8`, `bak0_${task.sid}_math-101.m3u8`])
      expect(rig.storage.get(list)?.toString()).toContain('ENDLIST');
  });

  test('the fourth failover is the end', async () => {
    const task = await rig.start('math-101');
    rig.pass(10);
    for (let n = 0; n < 3; n++) {
      rig.agora.fault({ kind: 'failover', sid: task.sid });
      rig.pass(70);
      expect((await task.query()).status).toBe(200);
    }
    rig.agora.fault({ kind: 'failover', sid: task.sid });
    rig.pass(70);
    expect((await task.query()).status).toBe(404);
    expect(billed(task.sid)).toBe(220);
  });

  test('a recorder that is not in the channel yet, or not there, cannot fail over', async () => {
    const task = await rig.start('math-101');
    const refused = { ok: false, error: 'Only a recorder that is in the channel can fail over.' };
    expect(rig.agora.fault({ kind: 'failover', sid: task.sid })).toEqual(refused);
    expect(rig.agora.fault({ kind: 'failover', sid: 'none' })).toEqual({ ok: false, error: 'There is no such task.' });
  });

  test('an upload to the backup is "backuped" first and lands a minute later', async () => {
    const task = await rig.start('math-101');
    rig.pass(10.5);
    rig.agora.fault({ kind: 'upload_to_backup', sid: task.sid });
    expect((await task.stopAndWait()).body.serverResponse?.uploadingStatus).toBe('backuped');
    const list = `${task.sid}_math-101.m3u8`;
    expect(rig.storage.get(list)?.toString()).not.toContain('ENDLIST');
    const before = rig.storage.list(task.sid).length;
    rig.pass(59);
    expect(rig.storage.list(task.sid)).toHaveLength(before);
    expect(rig.agora.panel().tasks[0]?.statusText).toBe('in backup');
    rig.pass(1);
    expect(rig.storage.list(task.sid)).toHaveLength(before + 1);
    expect(rig.storage.get(list)?.toString()).toContain('ENDLIST');
    expect(await events(task.sid, 8)).toEqual([40, 42, 4, 41, 32, 33, 11, 31]);
  });

  test('http_500 meets every call, until it is off', async () => {
    rig.agora.fault({ kind: 'http_500_on' });
    expect(rig.agora.panel().restFault).toBe('http_500');
    const body = { cname: 'math-101', uid: '101', clientRequest: {} };
    expect(await rig.post('acquire', body)).toEqual({ status: 500, body: { code: 500, reason: 'internal_error' } });
    rig.agora.fault({ kind: 'http_500_off' });
    expect((await rig.post('acquire', body)).status).toBe(200);
  });

  test('failNext answers instead, or cuts the line before or after the effect', async () => {
    const body = { cname: 'math-101', uid: '101', clientRequest: {} };
    rig.agora.failNext({ endpoint: 'acquire', status: 500, body: { code: 504, reason: 'allocate_timeout' }, times: 2 });
    const statuses = [
      await rig.post('acquire', body),
      await rig.post('acquire', body),
      await rig.post('acquire', body),
    ];
    expect(statuses.map((r) => r.status)).toEqual([500, 500, 200]);

    const resourceId = await rig.acquire('math-101');
    const path = `resourceid/${resourceId}/mode/mix/start`;
    const start = () =>
      rig.post(path, { cname: 'math-101', uid: '101', clientRequest: startRequest('math-101', '101') });
    rig.agora.failNext({ endpoint: 'start', drop: 'before' });
    await expect(start()).rejects.toThrow();
    expect(rig.agora.ledger()).toEqual([]);
    rig.agora.failNext({ endpoint: 'start', drop: 'after' });
    await expect(start()).rejects.toThrow();
    expect(rig.agora.ledger()).toHaveLength(1);
    expect(await start()).toEqual({ status: 201, body: { code: 7, reason: 'already started' } });
  });
});

describe('kicking rules', () => {
  const rule = { appid: appId, cname: 'math-101', uid: 101, ip: '', time_in_seconds: 60, privileges: ['join_channel'] };
  const kick = (change: object = {}) => rig.call('POST', '/dev/v1/kicking-rule', { ...rule, ...change });

  test('a recorder is put out, its files are uploaded, and its uid cannot come back for a minute', async () => {
    const task = await rig.start('math-101');
    const other = await rig.start('math-101', '102');
    rig.pass(10);
    expect(await kick()).toEqual({ status: 200, body: { status: 'success', id: expect.any(Number) } });
    rig.pass(2);
    expect([(await task.query()).status, (await other.query()).status]).toEqual([404, 200]);
    expect(await events(task.sid, 7)).toContain(31);
    const again = await rig.start('math-101');
    rig.pass(5);
    expect((await again.query()).status).toBe(404);
    rig.pass(60);
    const later = await rig.start('math-101');
    rig.pass(5);
    expect((await later.query()).status).toBe(200);
  });

  test.each([
    [{ appid: 'f'.repeat(32) }, 'invalid appid'],
    [{ cname: '' }, 'the sandbox plays only rules with cname and uid and without ip'],
    [{ uid: undefined }, 'the sandbox plays only rules with cname and uid and without ip'],
    [{ ip: '10.0.0.1' }, 'the sandbox plays only rules with cname and uid and without ip'],
    [{ uid: 0 }, 'invalid uid value!'],
    [{ uid: '101' }, 'invalid uid value!'],
    [{ privileges: ['everything'] }, 'invalid privileges[0] value!'],
    [{ privileges: undefined }, 'missing privileges!'],
  ])('%o -> 400 %s', async (change, message) => {
    const task = await rig.start('math-101');
    rig.pass(10);
    expect(await kick(change)).toEqual({ status: 400, body: { message } });
    expect((await task.query()).status).toBe(200);
  });
});
