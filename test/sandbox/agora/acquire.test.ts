import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRig, type Rig, shown } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

const acquireRequest = { cname: 'math-101', uid: '101', clientRequest: {} };

describe('acquire', () => {
  test('gives a resourceId for the identity', async () => {
    const reply = await rig.post('acquire', {
      ...acquireRequest,
      clientRequest: { scene: 0, resourceExpiredHour: 24 },
    });
    expect(reply).toEqual({
      status: 200,
      body: { cname: 'math-101', uid: '101', resourceId: expect.stringMatching(/^[\w-]{300}$/) },
    });
  });

  test.each<[string, unknown, string]>([
    ['no cname', { uid: '1', clientRequest: {} }, 'missing cname!'],
    ['no uid', { cname: 'c', clientRequest: {} }, 'missing uid!'],
    ['no clientRequest', { cname: 'c', uid: '1' }, 'missing clientRequest!'],
    ['an array', [], 'the body must be object'],
    ['null', 'null', 'the body must be object'],
    ['a number as uid', { ...acquireRequest, uid: 101 }, 'invalid uid value!'],
    ['uid 0', { ...acquireRequest, uid: '0' }, 'invalid uid value!'],
    ['a uid with a zero before it', { ...acquireRequest, uid: '0101' }, 'invalid uid value!'],
    ['a uid of 2^32', { ...acquireRequest, uid: '4294967296' }, 'invalid uid value!'],
    ['a user account as uid', { ...acquireRequest, uid: 'maria' }, 'invalid uid value!'],
    ['a number as cname', { ...acquireRequest, cname: 101 }, 'cname must be a non-empty string'],
    ['an unknown field', { ...acquireRequest, extra: 1 }, 'unknown parameter extra'],
    ['a name of every object', { ...acquireRequest, toString: 1 }, 'unknown parameter toString'],
    [
      'hours as text',
      { ...acquireRequest, clientRequest: { resourceExpiredHour: '24' } },
      'invalid clientRequest.resourceExpiredHour value!',
    ],
    [
      'no hours',
      { ...acquireRequest, clientRequest: { resourceExpiredHour: 0 } },
      'invalid clientRequest.resourceExpiredHour value!',
    ],
    [
      '721 hours',
      { ...acquireRequest, clientRequest: { resourceExpiredHour: 721 } },
      'invalid clientRequest.resourceExpiredHour value!',
    ],
    [
      'a misspelt field',
      { ...acquireRequest, clientRequest: { resourceExpiredHours: 24 } },
      'unknown parameter clientRequest.resourceExpiredHours',
    ],
    [
      'a region Agora does not have',
      { ...acquireRequest, clientRequest: { region: 'MOON' } },
      'invalid clientRequest.region value!',
    ],
    ['scene 2', { ...acquireRequest, clientRequest: { scene: 2 } }, 'invalid clientRequest.scene value!'],
    [
      'a startParameter as text',
      { ...acquireRequest, clientRequest: { startParameter: '{}' } },
      'clientRequest.startParameter must be object',
    ],
    [
      'region 5',
      { ...acquireRequest, clientRequest: { regionAffinity: 5 } },
      'invalid clientRequest.regionAffinity value!',
    ],
    [
      'one resourceId to exclude, not in a list',
      { ...acquireRequest, clientRequest: { excludeResourceIds: 'abc' } },
      'clientRequest.excludeResourceIds must be array',
    ],
    [
      'what is no resourceId',
      { ...acquireRequest, clientRequest: { excludeResourceIds: ['a b'] } },
      'invalid clientRequest.excludeResourceIds[0] value!',
    ],
  ])('%s -> code 2', async (_, body, reason) => {
    expect(shown(await rig.post('acquire', body))).toEqual([400, 2, `Acquire: ${reason}`]);
  });

  test.each(['café', 'a/b', 'a\\b', 'a"b', "a'b", 'a*b', 'x'.repeat(65), '教室'])(
    'channel name %s -> 401',
    async (cname) => {
      expect(shown(await rig.post('acquire', { ...acquireRequest, cname }))).toEqual([
        400,
        401,
        'invalid_channel_name',
      ]);
    },
  );

  test.each(['<!channel>', 'a b', '!#$%&()+-:;<=.>?@[]^_{}|~,', 'x'.repeat(64)])(
    'channel name %s is fine',
    async (cname) => {
      expect((await rig.post('acquire', { ...acquireRequest, cname })).status).toBe(200);
    },
  );

  test('takes everything that is documented at once', async () => {
    const sibling = await rig.acquire('math-101', '100');
    const clientRequest = {
      scene: 0,
      resourceExpiredHour: 720,
      startParameter: {},
      excludeResourceIds: [sibling],
      regionAffinity: 4,
      region: 'NA',
    };
    expect((await rig.post('acquire', { ...acquireRequest, clientRequest })).status).toBe(200);
  });

  test.each([
    [0, 64, 200],
    [0, 65, 400],
    [1, 128, 200],
    [1, 129, 400],
  ])('scene %d: a name of %d characters -> %d', async (scene, length, status) => {
    const reply = await rig.post('acquire', { ...acquireRequest, cname: 'x'.repeat(length), clientRequest: { scene } });
    expect(reply.status).toBe(status);
  });

  test('too many recorders at a time -> 406', async () => {
    const small = await createRig({ maxConcurrent: 1 });
    const task = await small.start('math-101');
    expect(shown(await small.post('acquire', acquireRequest))).toEqual([400, 406, 'vendor_over_load']);
    await task.stop();
    expect((await small.post('acquire', acquireRequest)).status).toBe(200);
    await small.close();
  });
});
