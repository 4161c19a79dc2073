import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import S3rver from '@20minutes/s3rver';
import { afterEach, describe, expect, test } from 'vitest';
import { createStorage } from '../../../sandbox/storage/create-storage.ts';
import { startAzurite } from '../../files/support/start-azurite.ts';
import { bucket, createRig, type Rig, startRequest, until } from './rig.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
const kept = <T extends { close(): Promise<unknown> }>(thing: T): T => {
  closers.push(() => thing.close());
  return thing;
};

const storageConfig = (change: object) => ({
  storageConfig: { ...(startRequest('', '1').storageConfig as object), ...change },
});
const eventTypes = async (rig: Rig, sid: string) => (await rig.notices(sid)).map((n) => n.eventType);

/** Stands before a bucket: lets requests through, holds them up, or answers for it. */
async function createGate(target: () => string) {
  const gate = { url: '', delayMs: 0, answer: undefined as number | undefined, seen: 0, close: async () => undefined };
  const server = createServer(async (req, res) => {
    gate.seen += 1;
    if (gate.delayMs > 0) await delay(gate.delayMs);
    if (gate.answer !== undefined) {
      req.resume();
      res.writeHead(gate.answer).end();
      return;
    }
    const { hostname, port } = new URL(target());
    const onward = request({ hostname, port, method: req.method, path: req.url, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(res);
    });
    req.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  gate.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  gate.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve(undefined));
      server.closeAllConnections();
    });
  return gate;
}

async function createGatedRig() {
  const storage = kept(await createStorage(bucket));
  const gate = kept(await createGate(() => storage.url));
  const rig = kept(await createRig({ storage: { url: gate.url }, uploadRetryWaits: [1, 1] }));
  return { rig, gate, storage };
}

describe('a bucket that is slow', () => {
  test('holds up nothing but what waits for it', async () => {
    const { rig, gate, storage } = await createGatedRig();
    const task = await rig.start('math-101');
    gate.delayMs = 150;
    rig.moveClock(20);
    // Six slices and a list are on their way, and Agora answers all the same.
    expect((await task.query()).body.serverResponse).toEqual({ status: 4 });
    expect(storage.list('')).toEqual([]);
    await until(() => storage.list('').length === 7);
    await rig.agora.settled();
    expect((await task.query()).body.serverResponse).toMatchObject({ status: 5, fileList: expect.any(String) });
    expect(rig.agora.ledger()[0]?.billedSeconds).toBe(20);
  });

  test('a stop that waits, waits for the last of it', async () => {
    const { rig, gate, storage } = await createGatedRig();
    const task = await rig.start('math-101');
    await rig.pass(10);
    gate.delayMs = 100;
    let answered = false;
    const stop = task.stop({}).then((reply) => {
      answered = true;
      return reply;
    });
    await until(() => rig.agora.panel().tasks[0]?.statusText === 'uploading');
    rig.moveClock(10);
    rig.agora.tick();
    expect([answered, rig.agora.panel().tasks[0]?.statusText]).toEqual([false, 'uploading']);
    await rig.agora.settled();
    expect((await stop).body.serverResponse?.uploadingStatus).toBe('uploaded');
    expect(String(storage.get(`${task.sid}_math-101.m3u8`))).toContain('ENDLIST');
  });

  test('an upload of more than 20 s ends the wait with 206/50, and the upload goes on', async () => {
    const rig = kept(await createRig());
    const task = await rig.start('math-101');
    await rig.pass(10);
    rig.agora.fault({ kind: 'slow_upload', sid: task.sid, seconds: 45 });
    const stop = task.stop({});
    await until(() => rig.agora.panel().tasks[0]?.statusText === 'uploading');
    await rig.pass(20);
    expect(await stop).toEqual({ status: 206, body: { code: 50, reason: 'upload not completed' } });
    expect((await task.query()).body.serverResponse?.status).toBe(6);
    await rig.pass(25);
    expect((await task.query()).status).toBe(404);
    expect(await eventTypes(rig, task.sid)).toContain(31);
  });
});

describe('a bucket that does not answer', () => {
  test('is tried again, which is told; then Agora keeps the files and brings them later', async () => {
    const { rig, gate, storage } = await createGatedRig();
    const task = await rig.start('math-101');
    await rig.pass(10);
    const before = storage.list('').length;
    gate.answer = 503;
    await rig.pass(10);
    expect((await task.query()).body.serverResponse?.status).toBe(5);
    expect((await task.stopAndWait()).body.serverResponse?.uploadingStatus).toBe('backuped');
    expect(storage.list('')).toHaveLength(before);
    // While the bucket is still away nothing is said to be there.
    await rig.pass(60);
    await rig.agora.settled();
    expect(storage.list('')).toHaveLength(before);
    expect((await rig.notices(task.sid)).map((n) => n.eventType)).not.toContain(31);
    gate.answer = undefined;
    await rig.pass(60);
    await until(() => storage.list('').length > before);
    expect(String(storage.get(`${task.sid}_math-101.m3u8`))).toContain('ENDLIST');
    const notices = await rig.notices(task.sid);
    const warnings = notices.filter((n) => n.eventType === 2).map((n) => n.payload.details.warnCode);
    expect([warnings.includes(31), warnings.filter((w) => w === 32).length]).toEqual([true, 1]);
    const types = notices.map((n) => n.eventType);
    expect(types.lastIndexOf(31)).toBeGreaterThan(types.indexOf(32));
  });

  test.each([408, 429, 500])('one answer %d is no trouble', async (status) => {
    const { rig, gate, storage } = await createGatedRig();
    const task = await rig.start('math-101');
    gate.answer = status;
    rig.moveClock(6);
    rig.agora.tick();
    await until(() => gate.seen > 0);
    gate.answer = undefined;
    await rig.agora.settled();
    expect((await task.stopAndWait()).body.serverResponse?.uploadingStatus).toBe('uploaded');
    expect(storage.list('').length).toBeGreaterThan(1);
  });

  test('keys that are taken back in the middle end the recording at that upload', async () => {
    const { rig, gate } = await createGatedRig();
    const task = await rig.start('math-101');
    await rig.live(51);
    gate.answer = 403;
    await rig.pass(25);
    expect((await task.query()).status).toBe(404);
    // The slice that was complete at 53 s was the first to be refused.
    expect(rig.agora.ledger()[0]?.billedSeconds).toBe(53);
    const error = (await rig.notices(task.sid)).find((n) => n.eventType === 1);
    expect(error?.payload.details).toMatchObject({ module: 1, errorCode: 32 });
    // What would have come later in this stretch of time did not come.
    expect((await eventTypes(rig, task.sid)).slice(-3)).toEqual([4, 1, 11]);
  });
});

describe('an STS token', () => {
  const hours = 4 * 3_600;
  async function record(change: object = {}) {
    const clock = { now: () => Date.now() };
    const storage = kept(await createStorage({ ...bucket, tokenNow: () => clock.now() }));
    const rig = kept(await createRig({ certificate: false, clouds: { 1: storage.url } }));
    clock.now = rig.now;
    const sts = (life = hours + 60) => {
      const { until: end, ...keys } = storage.issue(life);
      return {
        ...storageConfig({ vendor: 1, extensionParams: undefined, ...keys, ...change }).storageConfig,
        stsExpiration: Math.round(end / 1000),
      };
    };
    const task = await rig.start('math-101', '101', { storageConfig: sts() });
    return { storage, rig, sts, task };
  }

  test('that runs out stops the uploads with event 34, until update brings another', async () => {
    const { storage, rig, sts, task } = await record();
    await rig.pass(hours);
    const before = storage.list('').length;
    await rig.pass(600);
    expect(storage.list('').length).toBeLessThan(before + 30);
    const stuck = storage.list('').length;
    await rig.pass(60);
    expect(storage.list('')).toHaveLength(stuck);
    expect((await task.query()).body.serverResponse?.status).toBe(5);
    const types = await eventTypes(rig, task.sid);
    expect(types.filter((t) => t === 34)).toHaveLength(1);
    expect((await task.update({ storageConfig: sts() })).status).toBe(200);
    await rig.pass(3);
    expect(storage.list('').length).toBeGreaterThan(stuck);
    expect((await task.stopAndWait()).body.serverResponse?.uploadingStatus).toBe('uploaded');
  });

  test('that is not renewed leaves the rest in the backup for good', async () => {
    const { storage, rig, task } = await record();
    await rig.pass(hours + 120);
    expect((await task.stopAndWait()).body.serverResponse?.uploadingStatus).toBe('backuped');
    const stuck = storage.list('').length;
    await rig.pass(600);
    expect(storage.list('')).toHaveLength(stuck);
    const types = await eventTypes(rig, task.sid);
    expect([types.includes(32), types.includes(31)]).toEqual([true, false]);
  });

  test('that the bucket knows to be over, whatever was said of its end, is no end of the recording', async () => {
    const { storage, rig, sts, task } = await record();
    await rig.pass(600);
    // Its end was said to be later than it is.
    const claimed = { ...sts(700), stsExpiration: Math.round(rig.now() / 1000) + 2 * hours };
    expect((await task.update({ storageConfig: claimed })).status).toBe(200);
    await rig.pass(690);
    await rig.live(30);
    const stuck = storage.list('').length;
    await rig.live(30);
    expect(storage.list('')).toHaveLength(stuck);
    const refused = (await rig.notices(task.sid)).filter((n) => n.eventType === 34 || n.eventType === 1);
    expect(refused.map((n) => [n.eventType, n.payload.details.errorCode, n.payload.details.errorLevel])).toEqual([
      [34, undefined, undefined],
      [1, 47, 3],
    ]);
    expect((await task.update({ storageConfig: sts() })).status).toBe(200);
    await rig.pass(3);
    expect(storage.list('').length).toBeGreaterThan(stuck);
    expect((await task.stopAndWait()).body.serverResponse?.uploadingStatus).toBe('uploaded');
    // Nothing of what was held back is missing.
    const list = String(storage.get(`${task.sid}_math-101.m3u8`));
    const named = list.split('\n').filter((line) => line.endsWith('.ts'));
    expect(named.filter((name) => storage.get(name) === undefined)).toEqual([]);
  });

  test('update refuses one that ends soon', async () => {
    const { rig, sts, task } = await record();
    await rig.pass(5);
    const soon = sts(3_600);
    expect((await task.update({ storageConfig: soon })).body).toEqual({
      code: 2,
      reason: 'Update: clientRequest.storageConfig.stsExpiration must be four hours away',
    });
  });
});

describe('other servers than the sandbox has', () => {
  test('an S3 server of somebody else takes what is uploaded', async () => {
    const directory = mkdtempSync(join(tmpdir(), 's3rver-'));
    const server = new S3rver({
      address: '127.0.0.1',
      port: 0,
      silent: true,
      directory,
      configureBuckets: [{ name: 'recordings', configs: [] }],
    });
    const { port } = await server.run();
    closers.push(async () => {
      await server.close();
      rmSync(directory, { recursive: true, force: true });
    });
    const rig = kept(await createRig({ clouds: { 1: `http://127.0.0.1:${port}` } }));
    // s3rver's only account.
    const keys = { accessKey: 'S3RVER', secretKey: 'S3RVER' };
    const config = storageConfig({ vendor: 1, extensionParams: undefined, ...keys });
    const task = await rig.start('math 101', '101', config);
    await rig.pass(10);
    expect((await task.stopAndWait()).body.serverResponse?.uploadingStatus).toBe('uploaded');
    const list = await fetch(`http://127.0.0.1:${port}/recordings/${task.sid}_math%20101.m3u8`);
    expect(await list.text()).toContain('ENDLIST');
    // It checks signatures: with another secret the recording breaks as at Agora.
    const wrong = storageConfig({ vendor: 1, extensionParams: undefined, ...keys, secretKey: 'another' });
    const refused = await rig.start('physics', '101', wrong);
    await rig.pass(10);
    expect((await refused.query()).status).toBe(404);
    const error = (await rig.notices(refused.sid)).find((n) => n.eventType === 1);
    expect(error?.payload.details).toMatchObject({ module: 1, errorCode: 32 });
  });

  test('Azure takes it over the Blob API', async () => {
    const azurite = kept(await startAzurite());
    const { bucket: container, accessKey, secretKey, linkEndpoint = '' } = azurite.bucket;
    const rig = kept(await createRig({ clouds: { 5: linkEndpoint } }));
    const keys = { vendor: 5, extensionParams: undefined, bucket: container, accessKey, secretKey };
    const task = await rig.start('math-101', '101', storageConfig({ ...keys, fileNamePrefix: ['acme'] }));
    await rig.pass(10);
    expect((await task.stopAndWait()).body.serverResponse).toMatchObject({
      fileList: `acme/${task.sid}_math-101.m3u8`,
      uploadingStatus: 'uploaded',
    });
    const wrong = await rig.start('physics', '101', storageConfig({ ...keys, bucket: 'other' }));
    await rig.pass(10);
    expect((await wrong.query()).status).toBe(404);
  }, 60_000);
});
