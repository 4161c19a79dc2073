import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appId, createRig, type Rig, shown, startRequest } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

const base = `/v1/apps/${appId}/cloud_recording`;

describe('query, update and stop', () => {
  const path = (resourceId: string, sid: string, verb: string) =>
    `resourceid/${resourceId}/sid/${sid}/mode/mix/${verb}`;

  test.each(['query', 'update', 'updateLayout', 'stop'])('%s of something that is not there', async (verb) => {
    const task = await rig.start(`missing-${verb}`);
    const other = await rig.start(`other-${verb}`);
    const ask = (resourceId: string, sid: string) =>
      verb === 'query'
        ? rig.call('GET', `${base}/${path(resourceId, sid, verb)}`)
        : rig.post(path(resourceId, sid, verb), { cname: `missing-${verb}`, uid: '101', clientRequest: {} });
    expect(shown(await ask('nonsense', task.sid))).toEqual([400, 1001, 'cannot decrypt resourceId']);
    expect(shown(await ask(other.resourceId, task.sid))).toEqual([400, 1003, 'sid does not match resourceId']);
    expect(shown(await ask(task.resourceId, 'f'.repeat(32)))).toEqual([404, 404, 'failed to find worker']);
  });

  test.each<[string, string, object, number, string]>([
    ['update', 'subscribes', { streamSubscribe: { audioUidList: { subscribeAudioUids: ['#allstream#'] } } }, 200, ''],
    [
      'update',
      'spells unSubscribe with a capital S',
      { streamSubscribe: { audioUidList: { unsubscribeAudioUids: ['1'] } } },
      2,
      'Update: unknown parameter clientRequest.streamSubscribe.audioUidList.unsubscribeAudioUids',
    ],
    [
      'update',
      'takes one list of two',
      { streamSubscribe: { videoUidList: { subscribeVideoUids: ['1'], unSubscribeVideoUids: ['2'] } } },
      2,
      'Update: clientRequest.streamSubscribe.videoUidList: its lists exclude each other',
    ],
    [
      'update',
      'has no pause in mix',
      { webRecordingConfig: { onhold: true } },
      2,
      'Update: unknown parameter clientRequest.webRecordingConfig',
    ],
    ['updateLayout', 'changes the layout', { mixedVideoLayout: 1, backgroundColor: '#FF00FF' }, 200, ''],
    [
      'updateLayout',
      'has its own code for mistakes',
      { mixedVideoLayout: 4 },
      1028,
      'UpdateLayout: invalid clientRequest.mixedVideoLayout value!',
    ],
    ['stop', 'takes a boolean', { async_stop: 'true' }, 2, 'Stop: clientRequest.async_stop must be boolean'],
  ])('%s %s', async (verb, _, clientRequest, code, reason) => {
    const task = await rig.start('update-room');
    const reply = await rig.post(path(task.resourceId, task.sid, verb), {
      cname: 'update-room',
      uid: '101',
      clientRequest,
    });
    const { resourceId, sid } = task;
    if (code === 200)
      expect(reply).toEqual({ status: 200, body: { cname: 'update-room', uid: '101', resourceId, sid } });
    else expect(shown(reply)).toEqual([400, code, reason]);
    await task.stop();
  });

  test('the identity of a stop is that of its start', async () => {
    const task = await rig.start('identity');
    const stop = (change: object) =>
      rig.post(path(task.resourceId, task.sid, 'stop'), {
        cname: 'identity',
        uid: '101',
        clientRequest: {},
        ...change,
      });
    expect(shown(await stop({ uid: '102' }))).toEqual([400, 432, 'cname or uid does not match resourceId']);
    expect(shown(await stop({ cname: 'x' }))).toEqual([400, 432, 'cname or uid does not match resourceId']);
    expect(rig.agora.ledger().find((e) => e.sid === task.sid)?.endedAt).toBeUndefined();
  });

  test('past resourceExpiredHour nothing can be asked or stopped, and it goes on billing', async () => {
    const short = await createRig({ certificate: false });
    const resourceId = await short.acquire('math-101', '101', { resourceExpiredHour: 1 });
    const clientRequest = startRequest('math-101', '101');
    const started = await short.post(`resourceid/${resourceId}/mode/mix/start`, {
      cname: 'math-101',
      uid: '101',
      clientRequest,
    });
    const query = () => short.call('GET', `${base}/${path(resourceId, String(started.body.sid), 'query')}`);
    await short.pass(3_600);
    expect((await query()).status).toBe(200);
    await short.pass(1);
    expect(shown(await query())).toEqual([400, 433, 'resourceId expired']);
    expect(short.agora.ledger()[0]).toMatchObject({ billedSeconds: 3_601 });
    await short.close();
  });
});
