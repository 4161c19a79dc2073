import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appId, createRig, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

const base = `/v1/apps/${appId}/cloud_recording`;
const acquireRequest = { cname: 'math-101', uid: '101', clientRequest: {} };

describe('the gateway', () => {
  const credentials = (text: string) => Buffer.from(text).toString('base64');
  test.each([
    ['Bearer x', 'Invalid authentication credentials'],
    [credentials('id:secret'), 'Invalid authentication credentials'],
    [`Basic ${credentials('id:wrong')}`, 'Invalid authentication credentials'],
    [`Basic ${credentials('wrong:secret')}`, 'Invalid authentication credentials'],
  ])('Authorization: %s -> 401', async (authorization, message) => {
    const reply = await rig.call('POST', `${base}/acquire`, acquireRequest, { authorization });
    expect(reply).toEqual({ status: 401, body: { message } });
  });

  test('no Authorization -> 401 in other words', async () => {
    const response = await fetch(rig.agora.url + base, { method: 'POST' });
    expect([response.status, await response.json()]).toEqual([401, { message: 'Unauthorized' }]);
  });

  test.each([
    ['GET', `${base}/acquire`],
    ['POST', `${base}/Acquire`],
    ['POST', `${base}/acquire/`],
    ['PUT', `${base}/resourceid/r/mode/mix/start`],
    ['POST', `${base}/resourceid/r/sid/s/mode/mix/query`],
    ['GET', `${base}/resourceid/r/sid/s/mode/mix/stop`],
    ['POST', `${base}/resourceid/r/sid/s/mode/mix/pause`],
    ['POST', `${base}/resourceid/r/mode/mix/stop`],
    ['POST', `/v1/v1/apps/${appId}/cloud_recording/acquire`],
    ['GET', '/%zz'],
    ['GET', '/dev/v1/kicking-rule'],
  ])('%s %s -> no Route', async (method, path) => {
    const body = method === 'GET' ? undefined : acquireRequest;
    expect(await rig.call(method, path, body)).toEqual({
      status: 404,
      body: { message: 'no Route matched with those values' },
    });
  });

  test('another App ID is invalid', async () => {
    const reply = await rig.call('POST', `/v1/apps/${'f'.repeat(32)}/cloud_recording/acquire`, acquireRequest);
    expect(reply).toEqual({ status: 400, body: { message: 'appid is invalid' } });
  });

  test('ten requests a second, over which 429; the refused ones do not count', async () => {
    const strict = await createRig({ qps: 10 });
    const statuses: number[] = [];
    for (let n = 0; n < 14; n++) statuses.push((await strict.post('acquire', acquireRequest)).status);
    expect(statuses).toEqual([...Array(10).fill(200), ...Array(4).fill(429)]);
    const refused = await strict.post('acquire', acquireRequest);
    expect(refused).toEqual({ status: 429, body: { message: 'API rate limit exceeded' } });
    await new Promise((resolve) => setTimeout(resolve, 1_010));
    expect((await strict.post('acquire', acquireRequest)).status).toBe(200);
    await strict.close();
  });

  test('a body that is not JSON, or not called so', async () => {
    const bad = ['{"cname":', 'application/json'] as const;
    const plain = [JSON.stringify(acquireRequest), 'text/plain'] as const;
    for (const [body, type] of [bad, plain]) {
      const reply = await rig.call('POST', `${base}/acquire`, body, { 'content-type': type });
      expect([reply.status, reply.body.code]).toEqual([400, 8]);
    }
    const charset = { 'content-type': 'application/json;charset=utf-8' };
    expect((await rig.call('POST', `${base}/acquire`, acquireRequest, charset)).status).toBe(200);
  });
});

test('the transcript has every call and no secret', async () => {
  const own = await createRig();
  const task = await own.start('math-101', '101');
  await task.query();
  expect(own.agora.requests.map((r) => [r.method, r.endpoint, r.status])).toEqual([
    ['POST', 'acquire', 200],
    ['POST', 'start', 200],
    ['GET', 'query', 200],
  ]);
  expect(own.agora.requests[2]?.path).toBe(`${base}/${`resourceid/${task.resourceId}/sid/${task.sid}/mode/mix/query`}`);
  const text = JSON.stringify(own.agora.requests);
  expect(text).toContain('"bucket":"recordings"');
  for (const hidden of ['"AK"', '"SK"', '"007']) expect(text).not.toContain(hidden);
  await own.close();
});
