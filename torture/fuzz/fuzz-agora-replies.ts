import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { createCloudRecording } from '../../src/agora/create-cloud-recording.ts';
import type { Recorder } from '../../src/recording/ports.ts';
import { damaged, jsonAround } from './damaged.ts';
import { type Fuzz, tryAll } from './try-all.ts';

/** What stands before Agora, or Agora on a very bad day, answers. */
export interface OddAnswer {
  status: number;
  body: Buffer;
  type: string;
  /** Said in the header; what is really sent may be less, or something else. */
  encoding: string;
  date: string;
  /** The connection is cut after so many bytes of the body; undefined: it is not. */
  cutAt: number | undefined;
}

const names = [
  'code',
  'reason',
  'message',
  'resourceId',
  'sid',
  'serverResponse',
  'status',
  'fileList',
  'fileListMode',
  'fileName',
  'filename',
  'uid',
  'sliceStartTime',
  'uploadingStatus',
  'extensionServiceState',
  'serviceName',
  'payload',
  'onhold',
  'cname',
];
const values = fc.constantFrom<unknown>(
  'uploaded',
  'backuped',
  'r',
  's',
  0,
  2,
  7,
  49,
  53,
  65,
  404,
  435,
  200,
  4,
  5,
  8,
  20,
);

const queryBody = JSON.stringify({
  resourceId: 'r',
  sid: 's',
  serverResponse: { status: 5, fileList: [{ fileName: 'a.m3u8', sliceStartTime: 1 }], uploadingStatus: 'uploaded' },
});

/** Bodies as texts: any JSON with Agora's field names, real ones damaged, HTML, nothing, a great deal. */
export const oddBodies: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: jsonAround(names, values).map((v) => JSON.stringify(v) ?? '') },
  { weight: 2, arbitrary: damaged(queryBody) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'null',
      '<html><body><h1>502 Bad Gateway</h1></body></html>',
      '{"code":2,"reason":"conn"',
      `${'['.repeat(20_000)}`,
      JSON.stringify({ sid: 's'.repeat(300_000), resourceId: 'r'.repeat(300_000) }),
      JSON.stringify({ serverResponse: { status: 5, fileList: Array(20_000).fill({ fileName: 'a.ts' }) } }),
    ),
  },
);

const answers: fc.Arbitrary<OddAnswer> = fc.record({
  status: fc.oneof(
    fc.constantFrom(200, 200, 200, 201, 206, 301, 302, 304, 400, 401, 403, 404, 408, 429, 432, 433, 500, 502, 503, 504),
    fc.integer({ min: 200, max: 999 }),
  ),
  body: fc.oneof(
    { weight: 4, arbitrary: oddBodies.map((t) => Buffer.from(t)) },
    { weight: 1, arbitrary: fc.uint8Array().map((b) => Buffer.from(b)) },
  ),
  type: fc.constantFrom('application/json', 'text/html', 'application/octet-stream', ''),
  encoding: fc.constantFrom('', '', '', '', 'gzip', 'br', 'deflate', 'nonsense'),
  date: fc.constantFrom('', 'never', 'Tue, 01 Jan 1980 00:00:00 GMT', '+275760'),
  cutAt: fc.option(fc.nat(200), { nil: undefined, freq: 5 }),
});

const secrets = ['customer-secret-canary', 'secret-key-canary', 'b'.repeat(32)];
const storage = {
  vendor: 11,
  region: 0,
  bucket: 'b',
  accessKey: 'k',
  secretKey: 'secret-key-canary',
  fileNamePrefix: [],
};
const recipe = { profile: 'default', project: 'default', storage: 'default', mode: 'mix' } as const;
const task = { project: 'default', channelName: 'c', uid: '1', mode: 'mix', resourceId: 'r', sid: 's' } as const;

const calls: readonly ((r: Recorder) => Promise<{ class: string; value?: unknown }>)[] = [
  (r) => r.acquire({ recipe, channelName: 'c', uid: '1', hours: 1 }, 'start'),
  (r) => r.start({ recipe, channelName: 'c', uid: '1', resourceId: 'r', tokenSeconds: 60 }, 'start'),
  (r) => r.query(task, 'health'),
  (r) => r.stop(task, 'person'),
  (r) => r.update({ ...task, change: { webRecordingConfig: { onhold: true } } }, 'person'),
  (r) => r.updateLayout({ ...task, layout: { mixedVideoLayout: 1 } }, 'person'),
  (r) => r.remove(task, 'overdue'),
];

/** Whatever Agora answers over a real socket becomes a reply: never an error, never a secret, and a success only where it is one. */
export const fuzzAgoraReplies: Fuzz = async (how) => {
  let odd: OddAnswer | undefined;
  const server = createServer((req, res) => {
    req.resume();
    req.on('end', () => odd && send(res, odd));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const nothing = () => undefined;
  const recorder = createCloudRecording({
    projects: new Map([
      [
        'default',
        {
          appId: 'a'.repeat(32),
          appCertificate: 'b'.repeat(32),
          customerId: 'customer',
          customerSecret: 'customer-secret-canary',
          apiUrls: [`http://127.0.0.1:${port}`],
          qps: 1e6,
        },
      ],
    ]),
    storages: new Map([['default', { ...storage, endpoint: '127.0.0.1' }]]),
    limits: { maxIdleTime: 300_000, maxDuration: 3_600_000 },
    env: nothing,
    now: Date.now,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    sleep: async () => undefined,
  });
  try {
    return await tryAll('answers of Agora', fc.tuple(fc.nat(calls.length - 1), answers), how, async ([n, answer]) => {
      odd = answer;
      const reply = await calls[n]?.(recorder);
      if (!reply) return 'no reply';
      const text = JSON.stringify(reply);
      if (secrets.some((s) => text.includes(s))) return `a secret in ${text.slice(0, 300)}`;
      if (reply.class !== 'done') return undefined;
      if (answer.status !== 200) return `status ${answer.status} was taken as done`;
      if (answer.cutAt !== undefined && answer.cutAt < answer.body.length) return 'half an answer was taken as done';
      const { sid, resourceId } = { sid: undefined, resourceId: undefined, ...(reply.value ?? {}) };
      const id: unknown = n === 0 ? resourceId : n === 1 ? sid : 'id';
      return typeof id === 'string' && id !== '' ? undefined : `done without an id: ${text.slice(0, 300)}`;
    });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
};

function send(res: ServerResponse, { status, body, type, encoding, date, cutAt }: OddAnswer): void {
  res.writeHead(status, {
    'content-length': body.length,
    ...(type ? { 'content-type': type } : {}),
    ...(encoding ? { 'content-encoding': encoding } : {}),
    ...(date ? { date } : {}),
    ...(status >= 300 && status < 400 ? { location: 'http://127.0.0.1:9/' } : {}),
  });
  if (cutAt === undefined || cutAt >= body.length) {
    res.end(body);
    return;
  }
  res.write(body.subarray(0, cutAt), () => res.destroy());
}
