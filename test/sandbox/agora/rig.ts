import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import agoraToken from 'agora-token';
import { type AgoraOptions, type AgoraSandbox, createAgora } from '../../../sandbox/agora/create-agora.ts';
import { createStorage, type StorageSandbox } from '../../../sandbox/storage/create-storage.ts';

export const appId = '0123456789abcdef0123456789abcdef';
export const appCertificate = 'fedcba9876543210fedcba9876543210';
export const bucket = { bucket: 'recordings', accessKey: 'AK', secretKey: 'SK' };
export const secret = 'notification secret';
export const basic = `Basic ${Buffer.from('id:secret').toString('base64')}`;

export interface Notice {
  eventType: number;
  noticeId: string;
  productId: number;
  notifyMs: number;
  payload: { sid: string; uid: string; sequence: number; sendts: number; details: Record<string, unknown> };
}

export interface Receiver {
  url: string;
  received: { raw: string; headers: Record<string, string | string[] | undefined> }[];
  /** Answers the next requests with these, then with 200 and JSON again. */
  answers: { status: number; body: string }[];
  close(): Promise<void>;
}

/** A place that notifications are sent to. */
export async function createReceiver(): Promise<Receiver> {
  const received: Receiver['received'] = [];
  const answers: Receiver['answers'] = [];
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk);
    received.push({ raw: Buffer.concat(chunks).toString(), headers: req.headers });
    const answer = answers.shift() ?? { status: 200, body: '{}' };
    res.writeHead(answer.status, { location: '/elsewhere' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/agora`,
    received,
    answers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface Reply {
  status: number;
  body: Record<string, unknown> & { code?: number; serverResponse?: Record<string, unknown> };
}

/** An answer as the tables show it. */
export const shown = (r: Reply) => [r.status, r.body.code ?? '-', r.body.reason ?? r.body.message];

export interface Rig {
  agora: AgoraSandbox;
  storage: StorageSandbox;
  receiver: Receiver;
  /** Real ms since the epoch; the speed is 1, so virtual time is the same. */
  now(): number;
  /** Lets so many seconds pass in one step, and waits until all that was written meanwhile is uploaded. */
  pass(seconds: number): Promise<void>;
  /** The same in small steps, as a clock passes that nobody moves. */
  live(seconds: number): Promise<void>;
  /** Moves the clock, and the sandbox has not noticed yet. */
  moveClock(seconds: number): void;
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Under /v1/apps/{appId}/cloud_recording/ */
  post(path: string, body: unknown): Promise<Reply>;
  acquire(cname: string, uid?: string, clientRequest?: object): Promise<string>;
  /** A composite recording. */
  start(cname: string, uid?: string, change?: Record<string, unknown>): Promise<Running>;
  startIn(mode: 'mix' | 'individual' | 'web', cname: string, change?: Record<string, unknown>): Promise<Running>;
  /** All notifications of a task up to now, in the order of their sequence. */
  notices(sid: string): Promise<Notice[]>;
  close(): Promise<void>;
}

export interface Running {
  sid: string;
  resourceId: string;
  query(): Promise<Reply>;
  update(clientRequest: object): Promise<Reply>;
  updateLayout(clientRequest: object): Promise<Reply>;
  /** A stop that does not wait. */
  stop(clientRequest?: object): Promise<Reply>;
  /** A stop that waits for the upload, with time passing as it does. */
  stopAndWait(): Promise<Reply>;
}

/** A token as the bot makes it, valid by the machine's clock: the rig's clock starts there. */
export function token(cname: string, uid: string, seconds = 3600): string {
  const { RtcTokenBuilder, RtcRole } = agoraToken;
  return RtcTokenBuilder.buildTokenWithUid(
    appId,
    appCertificate,
    cname,
    Number(uid),
    RtcRole.SUBSCRIBER,
    seconds,
    seconds,
  );
}

/** start.clientRequest as a bot may send it. */
export function startRequest(cname: string, uid: string): Record<string, unknown> {
  return {
    token: token(cname, uid),
    recordingConfig: { channelType: 1, streamTypes: 2, maxIdleTime: 30 },
    recordingFileConfig: { avFileType: ['hls'] },
    storageConfig: { vendor: 11, region: 0, ...bucket, extensionParams: { endpoint: '127.0.0.1' } },
  };
}

/** start.clientRequest of each mode. */
export const requests = {
  mix: startRequest,
  individual: (cname: string, uid: string): Record<string, unknown> => ({
    ...startRequest(cname, uid),
    recordingConfig: { channelType: 1, streamTypes: 2, maxIdleTime: 30, subscribeUidGroup: 0 },
  }),
  web: (): Record<string, unknown> => ({
    storageConfig: startRequest('', '1').storageConfig,
    recordingFileConfig: { avFileType: ['hls'] },
    extensionServiceConfig: webServices({}),
  }),
};

/** extensionServiceConfig for one page. */
export const webServices = (change: object, ...more: object[]) => ({
  errorHandlePolicy: 'error_abort',
  extensionServices: [
    {
      serviceName: 'web_recorder_service',
      errorHandlePolicy: 'error_abort',
      serviceParam: {
        url: 'https://class.example/board',
        audioProfile: 0,
        videoWidth: 1280,
        videoHeight: 720,
        maxRecordingHour: 3,
        ...change,
      },
    },
    ...more,
  ],
});

/** What is told of two people who are there when a recorder comes, and of one that leaves them. */
export const joining = [40, 44, 43, 44, 43, 42];
export const leaving = [41, 44, 43, 44, 43];

/** Waits until the condition holds; the test's own time limit is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

export async function createRig(options: Partial<AgoraOptions> & { certificate?: false } = {}): Promise<Rig> {
  const { certificate, ...rest } = options;
  let clock = Date.now();
  const now = () => clock;
  const storage = await createStorage(bucket);
  const receiver = await createReceiver();
  const agora = await createAgora({
    appId,
    ...(certificate === false ? {} : { appCertificate }),
    customerId: 'id',
    customerSecret: 'secret',
    storage,
    storageEndpointHost: '127.0.0.1',
    notifications: { url: receiver.url, secret },
    now,
    autoTick: false,
    qps: 10_000,
    ...rest,
  });

  const moveClock = (seconds: number) => {
    clock += seconds * 1000;
  };
  const pass = async (seconds: number) => {
    moveClock(seconds);
    agora.tick();
    await agora.settled();
  };
  const live = async (seconds: number) => {
    for (let left = seconds; left > 0; left -= 10) await pass(Math.min(left, 10));
  };
  const call: Rig['call'] = async (method, path, body, headers) => {
    const response = await fetch(agora.url + path, {
      method,
      headers: { authorization: basic, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Reply['body'] };
  };
  const post: Rig['post'] = (path, body) => call('POST', `/v1/apps/${appId}/cloud_recording/${path}`, body);
  const acquire: Rig['acquire'] = async (cname, uid = '101', clientRequest = {}) => {
    const reply = await post('acquire', { cname, uid, clientRequest });
    return String(reply.body.resourceId);
  };

  async function begin(
    mode: 'mix' | 'individual' | 'web',
    cname: string,
    uid: string,
    change: Record<string, unknown>,
  ): Promise<Running> {
    const resourceId = await acquire(cname, uid, mode === 'web' ? { scene: 1 } : {});
    const clientRequest = { ...requests[mode](cname, uid), ...change };
    const started = await post(`resourceid/${resourceId}/mode/${mode}/start`, { cname, uid, clientRequest });
    if (started.status !== 200) throw new Error(`start: ${JSON.stringify(started)}`);
    const sid = String(started.body.sid);
    const path = `resourceid/${resourceId}/sid/${sid}/mode/${mode}`;
    const stop = (request: object = { async_stop: true }) =>
      post(`${path}/stop`, { cname, uid, clientRequest: request });
    return {
      sid,
      resourceId,
      query: () => call('GET', `/v1/apps/${appId}/cloud_recording/${path}/query`),
      update: (request) => post(`${path}/update`, { cname, uid, clientRequest: request }),
      updateLayout: (request) => post(`${path}/updateLayout`, { cname, uid, clientRequest: request }),
      stop,
      async stopAndWait() {
        const answered = stop({});
        const row = () => agora.panel().tasks.find((t) => t.sid === sid);
        await until(() => row()?.statusText === 'uploading');
        await pass(2);
        return answered;
      },
    };
  }

  return {
    agora,
    storage,
    receiver,
    now,
    pass,
    live,
    moveClock,
    call,
    post,
    acquire,
    start: (cname, uid = '101', change = {}) => begin('mix', cname, uid, change),
    startIn: (mode, cname, change = {}) => begin(mode, cname, '101', change),
    async notices(sid) {
      await agora.settled();
      await agora.notifier.idle();
      return receiver.received
        .map((r): Notice => JSON.parse(r.raw))
        .filter((n) => n.payload.sid === sid)
        .sort((a, b) => a.payload.sequence - b.payload.sequence);
    },
    async close() {
      await agora.close();
      await receiver.close();
      await storage.close();
    },
  };
}
