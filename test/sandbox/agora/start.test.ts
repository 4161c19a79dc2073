import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRig, type Rig, requests, shown, startRequest } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

describe('start', () => {
  const start = (resourceId: string, change: object = {}, mode = 'mix') =>
    rig.post(`resourceid/${resourceId}/mode/${mode}/start`, {
      cname: 'start-room',
      uid: '7',
      clientRequest: startRequest('start-room', '7'),
      ...change,
    });

  test.each([
    ['Mix', 'invalid mode value!'],
    ['composite', 'invalid mode value!'],
  ])('mode %s -> code 2', async (mode, reason) => {
    expect(shown(await start('any', {}, mode))).toEqual([400, 2, reason]);
  });

  test('a resourceId is for its identity, once, and for five minutes', async () => {
    const resourceId = await rig.acquire('start-room', '7');
    expect(shown(await start(resourceId, { uid: '8' }))).toEqual([400, 432, 'cname or uid does not match resourceId']);
    expect(shown(await start(resourceId, { cname: 'x' }))).toEqual([
      400,
      432,
      'cname or uid does not match resourceId',
    ]);
    await rig.pass(300);
    expect((await start(resourceId)).status).toBe(200);
    expect(shown(await start(resourceId))).toEqual([201, 7, 'already started']);

    const late = await rig.acquire('start-room', '7');
    await rig.pass(301);
    expect(shown(await start(late))).toEqual([400, 433, 'resourceId expired']);
  });

  test.each([
    ['web', 0],
    ['mix', 1],
    ['individual', 1],
  ] as const)('%s does not go with scene %d', async (mode, scene) => {
    const resourceId = await rig.acquire('start-room', '11', { scene });
    const reply = await rig.post(`resourceid/${resourceId}/mode/${mode}/start`, {
      cname: 'start-room',
      uid: '11',
      clientRequest: requests[mode]('start-room', '11'),
    });
    expect(shown(reply)).toEqual([400, 2, 'Start: mode does not fit the scene of acquire']);
  });

  test('one recorder for a channel and uid at a time; another uid is another recorder', async () => {
    const task = await rig.start('conflict');
    const resourceId = await rig.acquire('conflict');
    const again = () =>
      rig.post(`resourceid/${resourceId}/mode/mix/start`, {
        cname: 'conflict',
        uid: '101',
        clientRequest: startRequest('conflict', '101'),
      });
    expect(shown(await again())).toEqual([400, 53, 'task conflict']);
    const other = await rig.start('conflict', '102');
    await rig.pass(5);
    await Promise.all([task.stop(), other.stop()]);
    expect((await again()).status).toBe(200);
  });

  test('startParameter is not checked by acquire, and must then be what start says', async () => {
    const clientRequest = startRequest('start-room', '9');
    const begin = async (startParameter: unknown) => {
      const resourceId = await rig.acquire('start-room', '9', { startParameter });
      const reply = await rig.post(`resourceid/${resourceId}/mode/mix/start`, {
        cname: 'start-room',
        uid: '9',
        clientRequest,
      });
      return shown(reply).slice(0, 2);
    };
    expect(await begin({ storageConfig: 'nonsense' })).toEqual([400, 2]);
    expect(await begin({ ...clientRequest, token: 'another' })).toEqual([400, 2]);
    // The order of the fields is of no account.
    expect(await begin(Object.fromEntries(Object.entries(clientRequest).reverse()))).toEqual([200, '-']);
  });
});
