import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appId, createRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

const events = async (sid: string) => (await rig.notices(sid)).map((n) => n.eventType);

describe('kicking rules', () => {
  const rule = { appid: appId, cname: 'math-101', uid: 101, ip: '', time_in_seconds: 60, privileges: ['join_channel'] };
  const kick = (change: object = {}) => rig.call('POST', '/dev/v1/kicking-rule', { ...rule, ...change });

  test('a recorder is put out, its files are uploaded, and its uid cannot come back for a minute', async () => {
    const task = await rig.start('math-101');
    const other = await rig.start('math-101', '102');
    await rig.pass(10);
    expect(await kick()).toEqual({ status: 200, body: { status: 'success', id: expect.any(Number) } });
    await rig.pass(2);
    expect([(await task.query()).status, (await other.query()).status]).toEqual([404, 200]);
    expect(await events(task.sid)).toContain(31);
    const again = await rig.start('math-101');
    await rig.pass(5);
    expect((await again.query()).status).toBe(404);
    await rig.pass(60);
    const later = await rig.start('math-101');
    await rig.pass(5);
    expect((await later.query()).status).toBe(200);
  });

  test('after a failover the recorder has another uid, and only that one puts it out', async () => {
    const task = await rig.start('math-101');
    await rig.pass(10);
    rig.agora.fault({ kind: 'failover', sid: task.sid });
    await rig.pass(70);
    expect((await kick()).status).toBe(200);
    await rig.pass(5);
    expect((await task.query()).status).toBe(200);
    const failover = (await rig.notices(task.sid)).find((n) => n.eventType === 12);
    await kick({ uid: failover?.payload.details.newUid });
    await rig.pass(2);
    expect((await task.query()).status).toBe(404);
  });

  test('time 0 puts out and does not ban', async () => {
    const task = await rig.start('math-101');
    await rig.pass(10);
    await kick({ time_in_seconds: 0 });
    await rig.pass(2);
    expect((await task.query()).status).toBe(404);
    const again = await rig.start('math-101');
    await rig.pass(5);
    expect((await again.query()).status).toBe(200);
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
    await rig.pass(10);
    expect(await kick(change)).toEqual({ status: 400, body: { message } });
    expect((await task.query()).status).toBe(200);
  });
});
