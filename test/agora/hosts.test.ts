import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCloudRecording } from '../../src/agora/create-cloud-recording.ts';
import { defaultRecipe } from '../../src/recording/create-session.ts';
import type { Recorder } from '../../src/recording/ports.ts';
import { captureLog } from '../support/quiet-log.ts';

/** Two hosts that stand in for each other, over real HTTP; time passes only where the client waits. */
type Mood = 'works' | 'hangs up' | 'gateway error' | 'Agora error' | 'too many';
let servers: Server[];
let urls: string[];
let moods: Mood[];
/** Which host was asked, in order. */
let asked: number[];
let waits: number[];
let time: number;
let recorder: Recorder;
let dates: number[];

beforeEach(async () => {
  moods = ['works', 'works'];
  asked = [];
  waits = [];
  time = 1_000_000;
  dates = [];
  servers = [0, 1].map((i) =>
    createServer((req, res) => {
      asked.push(i);
      if (moods[i] === 'hangs up') return req.socket.destroy();
      const [status, body] = {
        works: [200, { resourceId: 'r', sid: 's', serverResponse: { status: 5 } }] as const,
        'gateway error': [502, {}] as const,
        'Agora error': [500, { code: 500, reason: 'internal_error' }] as const,
        'too many': [429, { message: 'API rate limit exceeded' }] as const,
      }[moods[i] ?? 'works'];
      res.writeHead(status, { 'content-type': 'application/json' });
      res.end(JSON.stringify(body));
    }),
  );
  await Promise.all(servers.map((s) => new Promise<void>((resolve) => s.listen(0, '127.0.0.1', resolve))));
  urls = servers.map((s) => `http://127.0.0.1:${(s.address() as AddressInfo).port}`);
  recorder = make(urls);
});
afterEach(() => {
  for (const s of servers) {
    s.close();
    s.closeAllConnections();
  }
});

function make(apiUrls: string[], qps = 1000): Recorder {
  const project = { appId: 'a'.repeat(32), customerId: 'c', customerSecret: 's', apiUrls, qps };
  return createCloudRecording({
    projects: new Map([['default', project]]),
    storages: new Map([['default', { vendor: 1, region: 0, bucket: 'b', accessKey: 'a', secretKey: 's' }]]),
    limits: { maxIdleTime: 300_000, maxDuration: 28_800_000 },
    env: () => undefined,
    now: () => time,
    onDate: (date) => dates.push(date),
    sleep: async (ms) => {
      // Shorter ones are the rate bucket's.
      if (ms >= 1000) waits.push(ms);
      time += ms;
    },
    log: captureLog().log,
  });
}

const task = { project: 'default', channelName: 'c', uid: '1', mode: 'mix', resourceId: 'r', sid: 's' } as const;
const acquire = () => recorder.acquire({ channelName: 'c', uid: '1', recipe: defaultRecipe, hours: 72 }, 'start');
const start = () =>
  recorder.start({ channelName: 'c', uid: '1', recipe: defaultRecipe, resourceId: 'r', tokenSeconds: 60 }, 'start');

describe('hosts', () => {
  test('the first failed twice: after 1 s, 3 s the second is asked, and the call succeeds', async () => {
    moods = ['hangs up', 'works'];
    expect(await recorder.query(task, 'health')).toMatchObject({ class: 'done' });
    expect(asked).toEqual([0, 0, 1]);
    expect(waits).toEqual([1_000, 3_000]);
  });

  test('both fail: four tries, 1 s, 3 s and 6 s apart, and then the truth', async () => {
    moods = ['hangs up', 'hangs up'];
    expect(await acquire()).toMatchObject({ class: 'retry_same', code: 'network' });
    expect(asked).toEqual([0, 0, 1, 1]);
    expect(waits).toEqual([1_000, 3_000, 6_000]);
  });

  test('while the first rests the second is asked at once; when it has recovered it is used again', async () => {
    moods = ['hangs up', 'works'];
    await recorder.query(task, 'health');
    asked = [];
    waits = [];
    await recorder.query(task, 'health');
    await start();
    expect(asked).toEqual([1, 1]);
    expect(waits).toEqual([]);
    moods = ['works', 'works'];
    time += 61_000;
    await recorder.query(task, 'health');
    await recorder.query(task, 'health');
    expect(asked).toEqual([1, 1, 0, 0]);
  });

  test('one call finds out whether it recovered; if not, it goes on to the second, and others never wait for it', async () => {
    moods = ['hangs up', 'works'];
    await recorder.query(task, 'health');
    time += 61_000;
    asked = [];
    waits = [];
    expect(await recorder.query(task, 'health')).toMatchObject({ class: 'done' });
    expect(asked).toEqual([0, 1]);
    expect(waits).toEqual([1_000]);
    await recorder.query(task, 'health');
    expect(asked).toEqual([0, 1, 1]);
  });

  test('what may have taken effect is not repeated here, and the failures count all the same', async () => {
    moods = ['hangs up', 'works'];
    expect(await start()).toMatchObject({ class: 'unknown', code: 'network' });
    expect(await recorder.stop(task, 'person')).toMatchObject({ class: 'unknown', code: 'network' });
    expect(asked).toEqual([0, 0]);
    expect(waits).toEqual([]);
    expect(await recorder.stop(task, 'person')).toMatchObject({ class: 'done' });
    expect(asked).toEqual([0, 0, 1]);
  });

  test('nothing was sent: any call is tried on the second host', async () => {
    recorder = make(['http://127.0.0.1:1', urls[1] ?? '']);
    expect(await start()).toMatchObject({ class: 'done' });
    expect(asked).toEqual([1]);
    expect(waits).toEqual([1_000, 3_000]);
  });

  test("a gateway's errors count against its host; Agora's own do not, and neither is repeated here", async () => {
    moods = ['Agora error', 'works'];
    for (let i = 0; i < 3; i++) expect(await acquire()).toMatchObject({ class: 'retry_same', code: '500/500' });
    expect(asked).toEqual([0, 0, 0]);
    moods = ['gateway error', 'works'];
    for (let i = 0; i < 2; i++) expect(await acquire()).toMatchObject({ class: 'retry_same', code: '502/-' });
    expect(await acquire()).toMatchObject({ class: 'done' });
    expect(asked).toEqual([0, 0, 0, 0, 0, 1]);
    expect(waits).toEqual([]);
  });

  test('a 429 slows down all calls of its project', async () => {
    recorder = make(urls, 10);
    const calls = async (many: number) => {
      const from = time;
      for (let i = 0; i < many; i++) await acquire();
      return time - from;
    };
    // The first of them wait for nobody.
    await calls(20);
    const usual = await calls(20);
    moods = ['too many', 'too many'];
    await acquire();
    moods = ['works', 'works'];
    const slowed = await calls(20);
    expect(slowed).toBeGreaterThan(1.4 * usual);
  });

  test('each answer says what time it is at Agora', async () => {
    await recorder.query(task, 'health');
    expect(dates).toHaveLength(1);
    expect(Math.abs(Date.now() - (dates[0] ?? 0))).toBeLessThan(60_000);
  });

  test('a single host is asked twice in one call, and again by the next call', async () => {
    recorder = make([urls[0] ?? '']);
    moods = ['hangs up', 'works'];
    expect(await recorder.query(task, 'health')).toMatchObject({ class: 'retry_same' });
    expect(asked).toEqual([0, 0]);
    moods = ['works', 'works'];
    expect(await recorder.query(task, 'health')).toMatchObject({ class: 'done' });
    expect(asked).toEqual([0, 0, 0]);
  });
});
