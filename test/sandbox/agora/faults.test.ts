import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRig, joining, leaving, type Rig, startRequest } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

const events = async (sid: string) => (await rig.notices(sid)).map((n) => n.eventType);
const billed = (sid: string) => rig.agora.ledger().find((e) => e.sid === sid)?.billedSeconds;

describe('faults', () => {
  test('a recorder that dies is gone at once and its list has no end', async () => {
    const task = await rig.start('math-101');
    await rig.pass(20);
    expect(rig.agora.fault({ kind: 'recorder_dies', sid: task.sid })).toEqual({ ok: true });
    expect([(await task.query()).status, (await task.stop()).status]).toEqual([404, 404]);
    await rig.pass(100);
    expect(billed(task.sid)).toBe(20);
    expect(rig.storage.get(`${task.sid}_math-101.m3u8`)?.toString()).not.toContain('ENDLIST');
    const notices = await rig.notices(task.sid);
    expect(notices.at(-1)).toMatchObject({ eventType: 11, payload: { details: { exitStatus: 1 } } });
    expect(rig.agora.panel().tasks[0]).toMatchObject({ status: 20, statusText: 'exited abnormally', alive: false });
    expect(rig.agora.fault({ kind: 'failover', sid: task.sid })).toEqual({ ok: false, error: 'This task has ended.' });
  });

  test('a failover is a minute of 404, billed, and then goes on under a new uid and bak0_ names', async () => {
    const task = await rig.start('math-101');
    await rig.pass(20);
    rig.agora.fault({ kind: 'failover', sid: task.sid });
    await rig.pass(59);
    expect([(await task.query()).status, (await task.stop()).status]).toEqual([404, 404]);
    await rig.pass(11);
    const { body } = await task.query();
    expect([body.uid, body.serverResponse?.status, body.serverResponse?.fileList]).toEqual([
      '101',
      5,
      `bak0_${task.sid}_math-101.m3u8`,
    ]);
    await task.stop();
    await rig.pass(2);
    const notices = await rig.notices(task.sid);
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
    await rig.pass(10);
    for (let n = 0; n < 3; n++) {
      rig.agora.fault({ kind: 'failover', sid: task.sid });
      await rig.pass(70);
      expect((await task.query()).status).toBe(200);
    }
    rig.agora.fault({ kind: 'failover', sid: task.sid });
    await rig.pass(70);
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
    await rig.pass(10.5);
    rig.agora.fault({ kind: 'upload_to_backup', sid: task.sid });
    expect((await task.stopAndWait()).body.serverResponse?.uploadingStatus).toBe('backuped');
    const list = `${task.sid}_math-101.m3u8`;
    expect(rig.storage.get(list)?.toString()).not.toContain('ENDLIST');
    const before = rig.storage.list(task.sid).length;
    await rig.pass(59);
    expect(rig.storage.list(task.sid)).toHaveLength(before);
    expect(rig.agora.panel().tasks[0]?.statusText).toBe('in backup');
    await rig.pass(1);
    expect(rig.storage.list(task.sid)).toHaveLength(before + 1);
    expect(rig.storage.get(list)?.toString()).toContain('ENDLIST');
    expect(await events(task.sid)).toEqual([...joining, 4, ...leaving, 11, 32, 33, 31]);
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
