import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCloudRecording } from '../../src/agora/create-cloud-recording.ts';
import { type Endpoint, familyRows, outcomeRows } from '../../src/agora/outcome-rows.ts';
import { defaultRecipe } from '../../src/recording/create-session.ts';
import type { OutcomeClass, Recorder } from '../../src/recording/ports.ts';
import { captureLog } from '../support/quiet-log.ts';

/**
 * What Agora writes down about its answers (rest-api/status-codes and the common-errors page), one line for each, with the calls that it may come
 * from: `all` where none is named.
 */
type Line = [endpoints: Endpoint[], status: number, body: object, expected: OutcomeClass];

const code = (n: number, reason = 'why') => ({ code: n, reason });
const message = (text: string) => ({ message: text });
const ok = { cname: 'c', uid: '1', resourceId: 'r', sid: 's' };
const all: Endpoint[] = ['acquire', 'start', 'query', 'update', 'updateLayout', 'stop'];
const changes: Endpoint[] = ['update', 'updateLayout'];
const looksOn: Endpoint[] = ['acquire', 'start', 'query', 'stop'];

const statusCodes: Line[] = [
  [all, 400, message('appid is invalid'), 'operator_mistake'],
  [all, 401, message('Unauthorized'), 'operator_mistake'],
  [all, 401, message('Invalid authentication credentials'), 'operator_mistake'],
  [all, 404, message('no Route matched with those values'), 'operator_mistake'],
  [all, 429, message('API rate limit exceeded'), 'retry_same'],
  [looksOn, 400, code(2), 'operator_mistake'],
  [changes, 400, code(2), 'user_mistake'],
  [['acquire'], 400, code(400, 'invalid_appid'), 'operator_mistake'],
  [['acquire'], 400, code(401, 'invalid_channel_name'), 'user_mistake'],
  [['acquire'], 400, code(405, 'no_active_status'), 'operator_mistake'],
  [['acquire'], 400, code(406, 'vendor_over_load'), 'retry_same'],
  [['acquire'], 500, code(500, 'internal_error'), 'retry_same'],
  [['acquire'], 500, code(501, 'no_worker_manager_available'), 'retry_same'],
  [['acquire'], 500, code(504, 'allocate_timeout'), 'retry_same'],
  [['start'], 201, code(7, 'already started'), 'already'],
  [['query'], 206, code(65, 'request not completed'), 'retry_same'],
  [['start', 'update', 'updateLayout', 'stop'], 206, code(65, 'request not completed'), 'unknown'],
  [['start'], 400, code(53, 'task conflict'), 'other_uid'],
  [['start'], 500, code(502, 'Failed to allocate worker'), 'retry_new_resource'],
  [['start'], 500, code(62, 'request timeout'), 'unknown'],
  [['query'], 504, code(62, 'request timeout'), 'retry_same'],
  [['update', 'updateLayout', 'stop'], 504, code(62, 'request timeout'), 'unknown'],
  [['query', 'update', 'updateLayout', 'stop'], 404, code(404, 'failed to find worker'), 'gone'],
  [['query', 'update', 'updateLayout', 'stop'], 404, message('Failed to find worker.'), 'gone'],
  [['stop'], 206, code(435, 'no recorded data'), 'nothing_recorded'],
  [['stop'], 400, code(49, 'invalid operation'), 'already'],
  [['stop'], 400, code(50), 'uploading'],
];

const commonErrors: Line[] = [
  [all, 400, code(8), 'operator_mistake'],
  [['acquire'], 400, code(62), 'operator_mistake'],
  [['start'], 400, code(109), 'operator_mistake'],
  [['start'], 400, code(110), 'operator_mistake'],
  [all, 400, code(432), 'operator_mistake'],
  [['acquire', 'start'], 400, code(433), 'retry_new_resource'],
  [['query', 'update', 'updateLayout', 'stop'], 400, code(433), 'gone'],
  [['query'], 400, code(501), 'already'],
  [['acquire', 'start'], 400, code(1001), 'retry_new_resource'],
  [['query', 'update', 'updateLayout', 'stop'], 400, code(1001), 'operator_mistake'],
  [all, 400, code(1003), 'operator_mistake'],
  [all, 400, code(1013), 'user_mistake'],
  [['updateLayout'], 400, code(1028), 'user_mistake'],
];

/** Seen in the wild, or what follows from the above where nothing is written down. */
const seen: Line[] = [
  [all, 400, message('Invalid appid'), 'operator_mistake'],
  [['start'], 500, { resourceId: 'r', sid: '', code: 15 }, 'unknown'],
  [['stop'], 400, code(501), 'already'],
  [changes, 400, code(49), 'user_mistake'],
  [changes, 400, code(501), 'user_mistake'],
  [['acquire'], 206, code(65), 'retry_same'],
  [['start', 'stop'], 504, code(62), 'unknown'],
  [['remove'], 400, {}, 'operator_mistake'],
  [['remove'], 403, {}, 'operator_mistake'],
  [['remove'], 404, {}, 'operator_mistake'],
];

const families: Line[] = [
  [['start'], 201, {}, 'already'],
  [['acquire', 'query'], 206, {}, 'retry_same'],
  // A stop that was believed too early would leave a recorder that runs and bills; one that is repeated does no harm.
  [['start', 'update', 'updateLayout', 'stop'], 206, {}, 'unknown'],
  [all, 301, {}, 'operator_mistake'],
  [all, 302, {}, 'operator_mistake'],
  [all, 307, {}, 'operator_mistake'],
  [all, 308, {}, 'operator_mistake'],
  [all, 403, {}, 'operator_mistake'],
  // Without a code it does not come from Cloud Recording, so it says nothing about a recording.
  [all, 404, {}, 'operator_mistake'],
  [['acquire', 'start'], 404, code(404), 'operator_mistake'],
  [['query', 'update', 'updateLayout', 'stop'], 404, code(1), 'gone'],
  [['acquire', 'query'], 408, {}, 'retry_same'],
  [['start', 'update', 'updateLayout', 'stop'], 408, {}, 'unknown'],
  [changes, 400, {}, 'user_mistake'],
  [looksOn, 400, {}, 'operator_mistake'],
  // An error of Agora's, or of something in between: what was asked may have been done.
  [['acquire', 'query'], 500, {}, 'retry_same'],
  [['acquire', 'query'], 502, code(9999), 'retry_same'],
  [['start', 'update', 'updateLayout', 'stop'], 500, {}, 'unknown'],
  [['start', 'update', 'updateLayout', 'stop'], 502, code(9999), 'unknown'],
];

const successes: Line[] = [
  [['acquire'], 200, ok, 'done'],
  [['acquire'], 200, { resourceId: 'r' }, 'done'],
  [['acquire'], 200, {}, 'retry_same'],
  [['start'], 200, ok, 'done'],
  [['start'], 200, { resourceId: 'r', sid: 's' }, 'done'],
  [['start'], 200, { resourceId: 'r' }, 'unknown'],
  [
    ['query'],
    200,
    { ...ok, serverResponse: { status: 5, fileListMode: 'string', fileList: 'a.m3u8', sliceStartTime: 1 } },
    'done',
  ],
  [['query'], 200, { ...ok, serverResponse: { status: '4' } }, 'done'],
  [['query'], 200, { ...ok }, 'retry_same'],
  [changes, 200, ok, 'done'],
  [
    ['stop'],
    200,
    { ...ok, serverResponse: { fileListMode: 'string', fileList: 'a.m3u8', uploadingStatus: 'uploaded' } },
    'done',
  ],
  [['stop'], 200, { ...ok, serverResponse: {} }, 'done'],
];

const spread = (lines: Line[]) =>
  lines.flatMap(([endpoints, ...rest]) =>
    endpoints.map((e) => [e, ...rest] as [Endpoint, number, object, OutcomeClass]),
  );
const errors = spread([...statusCodes, ...commonErrors, ...seen, ...families]);
const rows = [...errors, ...spread(successes)];

let answer: { status: number; body: object; drop?: boolean };
const server = createServer((req, res) => {
  if (answer.drop) {
    req.socket.destroy();
    return;
  }
  res.writeHead(answer.status, { 'content-type': 'application/json' });
  res.end(JSON.stringify(answer.body));
});
const canaries = {
  customerSecret: 'canary-customer-secret',
  accessKey: 'canary-access-key',
  secretKey: 'canary-storage-secret',
};
const captured = captureLog();
let recorder: Recorder;

function make(url: string, more: { appCertificate?: string } = {}): Recorder {
  return createCloudRecording({
    projects: new Map([
      [
        'default',
        {
          appId: 'a'.repeat(32),
          customerId: 'customer',
          customerSecret: canaries.customerSecret,
          apiUrls: [url],
          qps: 1000,
          ...more,
        },
      ],
    ]),
    storages: new Map([
      ['default', { vendor: 1, region: 0, bucket: 'b', accessKey: canaries.accessKey, secretKey: canaries.secretKey }],
    ]),
    limits: { maxIdleTime: 300_000, maxDuration: 28_800_000 },
    env: () => undefined,
    now: Date.now,
    log: captured.log,
  });
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  recorder = make(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const recipe = defaultRecipe;
const task = { project: 'default', channelName: 'c', uid: '1', mode: 'mix', resourceId: 'r', sid: 's' } as const;
function ask(endpoint: Endpoint) {
  switch (endpoint) {
    case 'acquire':
      return recorder.acquire({ channelName: 'c', uid: '1', recipe, hours: 72 }, 'start');
    case 'start':
      return recorder.start({ channelName: 'c', uid: '1', recipe, resourceId: 'r', tokenSeconds: 60 }, 'start');
    case 'query':
      return recorder.query(task, 'health');
    case 'update':
      return recorder.update({ ...task, change: {} }, 'person');
    case 'updateLayout':
      return recorder.updateLayout({ ...task, layout: { mixedVideoLayout: 1 } }, 'person');
    case 'stop':
      return recorder.stop(task, 'person');
    case 'remove':
      return recorder.remove({ project: 'default', channelName: 'c', uid: '1' }, 'overdue');
  }
}

describe('the outcome table', () => {
  test.each(rows)('%s %i %j is %s', async (endpoint, status, body, expected) => {
    answer = { status, body };
    const reply = await ask(endpoint);
    expect(reply.class).toBe(expected);
    if (reply.class === 'done') return;
    // People get whole sentences, operators the raw code.
    expect(reply.cause).toMatch(/^[A-Z].*\.$/);
    expect(reply.next).toMatch(/^[A-Z].*\.$/);
    expect(reply.code).toMatch(/^\d{3}\/(\d+|-)$/);
  });

  test('all that Agora writes down is here: 24 lines with a code or a message, 11 of the older list', () => {
    // Lines that mean different things to different calls stand here once for each meaning.
    expect(new Set(statusCodes.map(([, status, body]) => `${status} ${JSON.stringify(body)}`)).size).toBe(24);
    expect(new Set(commonErrors.map(([, , body]) => ('code' in body ? body.code : 0))).size).toBe(11);
    expect(spread(statusCodes)).toHaveLength(67);
    expect(spread(commonErrors)).toHaveLength(41);
  });

  test('every row of the table is met by a test, and each line of Agora meets a row of its own', () => {
    const key = (body: object) =>
      'code' in body
        ? Number(body.code)
        : 'message' in body
          ? String(body.message).toLowerCase().replace(/\.$/, '')
          : '';
    const meets = (r: (typeof outcomeRows)[number], [endpoint, status, body]: (typeof errors)[number]) =>
      (r.endpoint === 'any' || r.endpoint === endpoint) &&
      (r.status === 'any' || r.status === status) &&
      (r.code === 'any' || r.code === key(body) || (r.code === 'none' && key(body) === ''));
    const unmet = [...outcomeRows, ...familyRows].filter((r) => !errors.some((e) => meets(r, e)));
    expect(unmet.map((r) => `${r.endpoint} ${r.status} ${r.code}`)).toEqual([]);
    const unlisted = spread([...statusCodes, ...commonErrors]).filter((e) => !outcomeRows.some((r) => meets(r, e)));
    expect(unlisted).toEqual([]);
  });

  test('a lost answer is unknown where it may have taken effect, and to be repeated where not', async () => {
    answer = { status: 200, body: {}, drop: true };
    expect(await ask('start')).toMatchObject({ class: 'unknown', code: 'network' });
    expect(await ask('stop')).toMatchObject({ class: 'unknown', code: 'network' });
    expect(await ask('acquire')).toMatchObject({ class: 'retry_same', code: 'network' });
    expect(await ask('query')).toMatchObject({ class: 'retry_same', code: 'network' });
  });

  test('nobody at home: nothing was sent, so it may be repeated', async () => {
    const nobody = make('http://127.0.0.1:1');
    const reply = await nobody.start(
      { channelName: 'c', uid: '1', recipe, resourceId: 'r', tokenSeconds: 60 },
      'start',
    );
    expect(reply).toMatchObject({ class: 'retry_same', code: 'network' });
  });

  test('a certificate that is none is the operator’s mistake, and nothing is sent', async () => {
    const wrong = make('http://127.0.0.1:1', { appCertificate: 'not-hex' });
    const reply = await wrong.start({ channelName: 'c', uid: '1', recipe, resourceId: 'r', tokenSeconds: 60 }, 'start');
    expect(reply).toMatchObject({ class: 'operator_mistake', code: 'token' });
  });

  test('no secret is in the log', () => {
    const text = captured.text();
    expect(text.length).toBeGreaterThan(1000);
    const basic = Buffer.from(`customer:${canaries.customerSecret}`).toString('base64');
    for (const secret of [...Object.values(canaries), basic]) expect(text).not.toContain(secret);
  });
});
