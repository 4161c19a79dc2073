import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultEndpoint } from '../../../sandbox/ui-protocol.ts';
import { appId, createRig, type Rig, requests, shown } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig({ hosts: 2, maxConcurrent: 1_000 });
});
afterAll(() => rig.close());

/** Calls one endpoint as it should be called, for a task that runs. */
async function call(endpoint: FaultEndpoint, cname: string) {
  if (endpoint === 'kicking-rule')
    return rig.call('POST', '/dev/v1/kicking-rule', { appid: appId, cname, uid: 9, privileges: ['join_channel'] });
  if (endpoint === 'acquire') return rig.post('acquire', { cname, uid: '101', clientRequest: {} });
  if (endpoint === 'start') {
    const resourceId = await rig.acquire(cname, '102');
    const body = { cname, uid: '102', clientRequest: requests.mix(cname, '102') };
    return rig.post(`resourceid/${resourceId}/mode/mix/start`, body);
  }
  const task = await rig.start(cname);
  await rig.pass(5);
  const reply = await (endpoint === 'query'
    ? task.query()
    : task[endpoint](endpoint === 'stop' ? { async_stop: true } : {}));
  rig.agora.fault({ kind: 'recorder_dies', sid: task.sid });
  return reply;
}

let rooms = 0;
const room = () => `room-${rooms++}`;

describe('answers on demand', () => {
  const everywhere: FaultEndpoint[] = ['acquire', 'start', 'query', 'update', 'updateLayout', 'stop'];
  const control: FaultEndpoint[] = ['query', 'update', 'updateLayout', 'stop'];
  const rows: [FaultEndpoint[], number, object][] = [
    [everywhere, 400, { message: 'appid is invalid' }],
    [everywhere, 401, { message: 'Unauthorized' }],
    [everywhere, 401, { message: 'Invalid authentication credentials' }],
    [everywhere, 404, { message: 'no Route matched with those values' }],
    [everywhere, 429, { message: 'API rate limit exceeded' }],
    [everywhere, 400, { code: 2, reason: 'Acquire: invalid resourceExpiredHour value!' }],
    [['acquire'], 400, { code: 400, reason: 'invalid_appid' }],
    [['acquire'], 400, { code: 401, reason: 'invalid_channel_name' }],
    [['acquire'], 400, { code: 405, reason: 'no_active_status' }],
    [['acquire'], 400, { code: 406, reason: 'vendor_over_load' }],
    [['acquire'], 500, { code: 500, reason: 'internal_error' }],
    [['acquire'], 500, { code: 501, reason: 'no_worker_manager_available' }],
    [['acquire'], 500, { code: 504, reason: 'allocate_timeout' }],
    [['start'], 201, { code: 7, reason: 'already started' }],
    [['start', ...control], 206, { code: 65, reason: 'request not completed' }],
    [['start'], 400, { code: 53, reason: 'task conflict' }],
    [['start'], 500, { code: 502, reason: 'Failed to allocate worker' }],
    [['start'], 500, { code: 62, reason: 'request timeout' }],
    [control, 504, { code: 62, reason: 'request timeout' }],
    [control, 404, { code: 404, reason: 'failed to find worker' }],
    [['stop'], 206, { code: 435, reason: 'no recorded data' }],
    [['stop'], 400, { code: 49, reason: 'invalid operation' }],
    [['stop'], 206, { code: 50, reason: 'upload not completed' }],
    [['start'], 500, { resourceId: 'r', sid: '', code: 15 }],
    [['kicking-rule'], 504, {}],
  ];
  const each = rows.flatMap(([endpoints, status, body]) => endpoints.map((e) => [e, status, body] as const));
  test.each(each)('%s -> %i %o, once', async (endpoint, status, body) => {
    rig.agora.fault({ kind: 'answer', endpoint, status, body });
    expect(await call(endpoint, room())).toEqual({ status, body });
    expect((await call(endpoint, room())).status).toBe(200);
  });

  test('so many times, and calls of other endpoints are not met', async () => {
    rig.agora.fault({ kind: 'answer', endpoint: 'acquire', status: 500, times: 2 });
    const cname = room();
    const kick = await call('kicking-rule', cname);
    const statuses = [await call('acquire', cname), await call('acquire', cname), await call('acquire', cname)];
    expect([kick.status, ...statuses.map((r) => r.status)]).toEqual([200, 500, 500, 200]);
  });

  test('several wait for their turn', async () => {
    for (const code of [500, 501, 504])
      rig.agora.fault({ kind: 'answer', endpoint: 'acquire', status: 500, body: { code } });
    const codes: unknown[] = [];
    for (let n = 0; n < 3; n++) codes.push((await call('acquire', room())).body.code);
    expect(codes).toEqual([500, 501, 504]);
  });

  test.each([
    [false, 0],
    [true, 1],
  ])('an error of start, after its effect: %s', async (after, started) => {
    const cname = room();
    rig.agora.fault({ kind: 'answer', endpoint: 'start', status: 500, body: { code: 62 }, after });
    expect((await call('start', cname)).status).toBe(500);
    expect(rig.agora.ledger().filter((e) => e.cname === cname)).toHaveLength(started);
    // The transcript has what was answered.
    expect(rig.agora.requests.at(-1)).toMatchObject({ endpoint: 'start', status: 500, code: 62 });
  });

  test.each([
    [false, 0],
    [true, 1],
  ])('a lost answer of start, after its effect: %s', async (after, started) => {
    const cname = room();
    rig.agora.fault({ kind: 'drop', endpoint: 'start', after });
    await expect(call('start', cname)).rejects.toThrow();
    expect(rig.agora.ledger().filter((e) => e.cname === cname)).toHaveLength(started);
  });

  test('an answer that takes long: others are answered meanwhile', async () => {
    rig.agora.fault({ kind: 'delay', endpoint: 'acquire', delayMs: 200 });
    const order: string[] = [];
    await Promise.all([
      call('acquire', room()).then((r) => order.push(`slow ${r.status}`)),
      new Promise((resolve) => setTimeout(resolve, 20))
        .then(() => call('acquire', room()))
        .then((r) => order.push(`quick ${r.status}`)),
    ]);
    expect(order).toEqual(['quick 200', 'slow 200']);
  });
});

describe('one host of several', () => {
  const ask = (host: number) =>
    fetch(`${rig.agora.urls[host]}/v1/apps/${appId}/cloud_recording/acquire`, { method: 'POST' }).then((r) => r.status);

  test('is down while the other answers, and comes back', async () => {
    expect(rig.agora.urls).toHaveLength(2);
    expect(rig.agora.fault({ kind: 'host_down', host: 0 })).toEqual({ ok: true });
    await expect(ask(0)).rejects.toThrow();
    expect(await ask(1)).toBe(401);
    rig.agora.fault({ kind: 'host_up', host: 0 });
    expect(await ask(0)).toBe(401);
    expect(rig.agora.fault({ kind: 'host_down', host: 2 })).toEqual({ ok: false, error: 'There is no such host.' });
  });

  test('knows the tasks of the other', async () => {
    const task = await rig.start(room());
    const path = `/v1/apps/${appId}/cloud_recording/resourceid/${task.resourceId}/sid/${task.sid}/mode/mix/query`;
    const authorization = `Basic ${Buffer.from('id:secret').toString('base64')}`;
    const reply = await fetch(`${rig.agora.urls[1]}${path}`, { headers: { authorization } });
    expect(reply.status).toBe(200);
  });
});

test('recorders of every mode share the capacity', async () => {
  const small = await createRig({ maxConcurrent: 2 });
  await small.startIn('individual', 'one');
  const page = await small.startIn('web', 'two');
  const acquire = (scene: number) => small.post('acquire', { cname: 'three', uid: '1', clientRequest: { scene } });
  expect(shown(await acquire(0))).toEqual([400, 406, 'vendor_over_load']);
  expect(shown(await acquire(1))).toEqual([400, 406, 'vendor_over_load']);
  await page.stop();
  expect((await acquire(0)).status).toBe(200);
  await small.close();
});
