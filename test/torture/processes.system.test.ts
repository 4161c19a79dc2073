import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { countRepeats, createCallLog } from '../../torture/processes/call-log.ts';
import { createFaultProxy } from '../../torture/processes/fault-proxy.ts';
import { judgeRecording } from '../../torture/processes/judge-recording.ts';
import { processes } from '../../torture/processes/processes.ts';
import { rolling } from '../../torture/processes/rolling.ts';
import { appId, basic, createRig } from '../sandbox/agora/rig.ts';
import { until } from '../support/until.ts';
import { runBounded } from './run-bounded.ts';

test('two replicas, killed and cut off at random: nothing is left behind', { timeout: 1_500_000 }, async () => {
  // With these events Redis is set back before the first stop: else the end of a recording may be a matter of a quarter of an hour.
  const { figures, violations } = await runBounded(processes, 2);
  expect(violations).toEqual([]);
  expect(Object.fromEntries(figures)).toMatchObject({ recordings: 10, 'recorders left behind': 0 });
});

test('replicas restarted one after the other: nobody notices', { timeout: 600_000 }, async () => {
  const { figures, violations } = await runBounded(rolling);
  expect(violations).toEqual([]);
  expect(Object.fromEntries(figures)).toMatchObject({
    restarts: 4,
    'recorders left behind': 0,
    'messages said twice': 0,
  });
});

test('every call is known with its recording and its caller, those that got no answer too', async () => {
  const rig = await createRig();
  const log = await createCallLog(rig.agora, 2);
  const acquire = async (place: number, cname: string) => {
    const url = `${log.urls[place]}/v1/apps/${appId}/cloud_recording/acquire`;
    const body = JSON.stringify({ cname, uid: '101', clientRequest: {} });
    const headers = { authorization: basic, 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body }).catch(() => undefined);
    return answer?.status;
  };
  const told = log.next(1, ['acquire']);
  expect(await acquire(1, 'math')).toBe(200);
  await told;
  rig.agora.failNext({ endpoint: 'acquire', drop: 'after' });
  expect(await acquire(0, 'art')).toBeUndefined();
  await until('both are known', () => log.all.length === 2);
  expect(log.all).toMatchObject([
    { place: 1, endpoint: 'acquire', cname: 'math' },
    { place: 0, endpoint: 'acquire', cname: 'art' },
  ]);
  await log.close();
  await rig.close();
});

test('a repeated call is put down to trouble only if that befell the caller of the one that it repeats', () => {
  const call = (place: number, endpoint: string, at: number, status = 200) => {
    return { place, endpoint, cname: 'math', at, end: at + 50, status };
  };
  const count = (...given: Parameters<typeof countRepeats>) => {
    const { forced, needless } = countRepeats(...given);
    return { forced: forced.map((c) => c.at), needless: needless.map((c) => c.at) };
  };
  const start = [call(0, 'acquire', 0), call(0, 'start', 100)];
  const killed = [{ place: 0, from: 120, to: 2_000 }];
  expect(count(start, killed)).toEqual({ forced: [], needless: [] });
  const again = [...start, call(1, 'start', 3_000)];
  expect(count(again, killed)).toEqual({ forced: [3_000], needless: [] });
  expect(count(again, [{ place: 1, from: 120, to: 2_000 }])).toEqual({ forced: [], needless: [3_000] });
  expect(count(again, [{ place: 'all', from: 120, to: 2_000 }])).toEqual({ forced: [3_000], needless: [] });
  expect(count(again, [{ place: 0, from: 1_500, to: 2_000 }])).toEqual({ forced: [], needless: [3_000] });
  // Who is put out of the channel makes up for a start whose answer was lost, and nothing else asks for it.
  const putOut = [...start, call(1, 'kicking-rule', 4_000)];
  expect(count(putOut, killed)).toEqual({ forced: [4_000], needless: [] });
  expect(count(putOut, [])).toEqual({ forced: [], needless: [4_000] });
  // That Agora does not know a task is believed only after a while, so the stop whose answer was lost is asked for until then.
  const stops = [
    call(0, 'stop', 100),
    call(1, 'stop', 3_000, 404),
    call(1, 'stop', 8_000, 404),
    call(1, 'stop', 15_000),
  ];
  expect(count(stops, killed)).toEqual({ forced: [3_000, 8_000, 15_000], needless: [] });
  expect(count([...stops, call(1, 'stop', 20_000)], killed).needless).toEqual([20_000]);
  expect(count(stops, []).needless).toEqual([3_000, 8_000, 15_000]);
  // Queries are repeated by the clock; only one that follows another one soon is one too many.
  const queries = [5_000, 10_000, 40_000, 55_000, 57_000].map((at) => call(0, 'query', at));
  expect(count([...start, ...queries], [])).toEqual({ forced: [], needless: [57_000] });
});

test('a stop is judged by the first ask for early, and by the last one before it began for late', () => {
  const measure = { length: 60_000, lateness: 10_000, now: 500_000 };
  const judged = (asks: number[], ...spans: [number, number?][]) => {
    const tasks = spans.map(([startedAt, endedAt], n) => ({
      sid: `sid${n}`,
      cname: 'math',
      uid: '1',
      billedSeconds: 0,
      startedAt,
      ...(endedAt === undefined ? {} : { endedAt }),
    }));
    return judgeRecording({ name: 'math', asks }, tasks, measure);
  };
  // The first ask was accepted, and its answer was late.
  expect(judged([100_000, 112_000], [113_000, 160_500]).violations).toEqual([]);
  expect(judged([100_000, 112_000], [113_000, 150_000]).violations).toEqual(['math was stopped 10 s early']);
  expect(judged([100_000], [101_000, 150_000]).violations).toEqual(['math was stopped 10 s early']);
  // The last one was, after a refusal.
  expect(judged([100_000, 112_000], [113_000, 173_000])).toEqual({ violations: [], latest: 1_000 });
  expect(judged([100_000, 112_000], [113_000, 183_000]).violations).toEqual(['math was stopped 11 s late']);
  // It ran already when she asked again, so that was not it.
  expect(judged([100_000, 112_000], [111_000, 171_000]).violations).toEqual(['math was stopped 11 s late']);
  expect(judged([100_000], [101_000, 130_000], [131_000, 161_000])).toEqual({ violations: [], latest: 1_000 });
  expect(judged([100_000], [101_000, 160_000], [131_000]).violations).toEqual([
    'math: sid1 still runs and bills',
    'math was stopped 340 s late',
  ]);
  expect(judged([100_000]).violations).toEqual(['math was accepted, and nothing was recorded']);
});

test('the proxy passes on, forgets connections and serves new ones, cuts, and takes no connection while it is down', async () => {
  const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const proxy = await createFaultProxy({ port: (echo.address() as AddressInfo).port });
  const closed = (socket: Socket) => new Promise((resolve) => socket.on('close', resolve));
  const open = () => {
    const heard: string[] = [];
    const socket = connect(proxy.port, '127.0.0.1');
    socket.on('data', (bytes) => heard.push(String(bytes)));
    socket.on('error', () => undefined);
    return { socket, heard };
  };
  const { socket, heard } = open();
  socket.write('one');
  await until('the echo', () => heard.join('') === 'one');
  expect([proxy.forget(), proxy.believed()]).toEqual([1, 1]);
  socket.write('two');
  const other = open();
  other.socket.write('two of another');
  await until('the echo of a new connection', () => other.heard.join('') === 'two of another');
  expect(heard.join('')).toBe('one');
  expect(socket.destroyed).toBe(false);
  expect(proxy.made()).toBe(2);
  socket.destroy();
  await until('it is seen that one was given up', () => proxy.believed() === 0);
  proxy.set('down');
  await closed(other.socket);
  const refused = open();
  await closed(refused.socket);
  proxy.set('open');
  const again = open();
  again.socket.write('three');
  await until('the echo again', () => again.heard.join('') === 'three');
  await proxy.close();
  echo.close();
});
