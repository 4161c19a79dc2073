import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPanelRoutes } from '../../sandbox/panel-routes.ts';
import { createRig, type Rig } from './agora/rig.ts';

/** What the page's buttons do to the sandbox's Agora and its bucket. */
let rig: Rig;
let server: Server;
let changes: number;
beforeEach(async () => {
  changes = 0;
  rig = await createRig();
  const routes = createPanelRoutes({
    agora: rig.agora,
    storage: rig.storage,
    onChange: () => {
      changes += 1;
    },
    vendorDir: '.',
  });
  server = createServer((req, res) => {
    void routes(req, res, new URL(req.url ?? '/', 'http://page'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await rig.close();
  server.close();
  server.closeAllConnections();
});
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/ui/agora`;
const press = async (kind: string, more: object = {}) =>
  (await fetch(`${url()}/fault`, { method: 'POST', body: JSON.stringify({ kind, ...more }) })).json();
const panel = async () => (await fetch(url())).json();

describe('a button of the page', () => {
  test('takes all recorders, and gives them back', async () => {
    expect(await press('capacity_full_on')).toEqual({ ok: true });
    expect(await panel()).toMatchObject({ full: true });
    const acquire = { cname: 'math-101', uid: '101', clientRequest: {} };
    expect((await rig.post('acquire', acquire)).body).toMatchObject({ code: 406 });
    await press('capacity_full_off');
    expect((await rig.post('acquire', acquire)).status).toBe(200);
  });

  test('lets the bucket refuse files, and the recording breaks at the next one', async () => {
    const task = await rig.start('math-101');
    await rig.pass(10);
    expect(await press('bucket_refuses_on')).toEqual({ ok: true });
    expect([await panel(), changes]).toMatchObject([{ bucketRefuses: true }, 1]);
    await rig.pass(10);
    expect((await task.query()).status).toBe(404);
    await press('bucket_refuses_off');
    expect(await panel()).toMatchObject({ bucketRefuses: false });
  });

  test('loses the reply to the next start, which takes effect', async () => {
    expect(await press('lose_start_reply')).toEqual({ ok: true });
    await expect(rig.start('math-101')).rejects.toThrow();
    expect(rig.agora.ledger()).toHaveLength(1);
    await rig.start('physics');
  });

  test('answers 500 to three calls, and not to the fourth', async () => {
    expect(await press('http_500_thrice')).toEqual({ ok: true });
    const acquire = { cname: 'math-101', uid: '101', clientRequest: {} };
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await rig.post('acquire', acquire)).status);
    expect(statuses).toEqual([500, 500, 500, 200]);
  });

  test('makes an upload slow, for one task', async () => {
    const task = await rig.start('math-101');
    await rig.pass(10);
    expect(await press('slow_upload', { sid: task.sid })).toEqual({ ok: true });
    await task.stop();
    await rig.pass(40);
    expect(rig.agora.panel().tasks[0]?.statusText).toBe('uploading');
    await rig.pass(10);
    expect(rig.agora.panel().tasks[0]?.statusText).toBe('exited');
  });

  test.each([['slow_upload'], ['failover'], ['something'], ['answer']])('%s alone is no fault', async (kind) => {
    expect(await press(kind)).toEqual({ ok: false, error: 'That is not a fault.' });
  });
});
