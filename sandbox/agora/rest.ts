import { randomBytes } from 'node:crypto';
import type { StorageSandbox } from '../storage/create-storage.ts';
import { type Check, type Fields, fieldsOf } from './check.ts';
import type { KickingRules } from './kicking-rules.ts';
import type { Notifier } from './notifier.ts';
import { createRecordingWriter, type MediaSlice } from './recording-writer.ts';
import { createTask, type Task } from './task.ts';
import { judgeToken } from './token.ts';
import { acquireBody, isChannelName, startBody, stopBody, updateBody, updateLayoutBody } from './validate.ts';

export interface Answer {
  status: number;
  body: object;
}

/** What the REST calls work on. */
export interface World {
  appId: string;
  /** Without it tokens are neither asked for nor looked at, as in an Agora project without a certificate. */
  appCertificate: string | undefined;
  /** Real ms: tokens are made by the bot's clock. */
  realNow(): number;
  /** Virtual ms. */
  now(): number;
  maxConcurrent: number;
  tasks: Task[];
  resources: Map<string, Resource>;
  rules: KickingRules;
  storage: StorageSandbox;
  storageEndpointHost: string;
  media: readonly MediaSlice[];
  notifier: Notifier;
  publishers(cname: string): number;
}

export interface Resource {
  cname: string;
  uid: string;
  /** Virtual ms. */
  acquiredAt: number;
  /** Virtual ms; set by start: resourceExpiredHour counts from the sid. */
  controlEndsAt?: number;
  resourceExpiredHour: number;
  /** What start must say, in canonical JSON. */
  startParameter: string | undefined;
  sid?: string;
}

/** Milliseconds that a resourceId may wait for its start (Agora docs, rest-api/acquire). */
const resourceLife = 5 * 60_000;

const refuse = (status: number, code: number, reason: string): Answer => ({ status, body: { code, reason } });
const gone = refuse(404, 404, 'failed to find worker');
const noRoute: Answer = { status: 404, body: { message: 'no Route matched with those values' } };

/** Routes one authenticated call. The path is as it came over the wire, without its query. */
export async function answer(w: World, method: string, path: string, body: unknown): Promise<Answer> {
  if (method === 'POST' && path === '/dev/v1/kicking-rule') return w.rules.create(body, w.tasks, w.now());
  const [, appId, rest = ''] = /^\/v1\/apps\/([^/]+)\/cloud_recording\/(.+)$/.exec(path) ?? [];
  if (appId === undefined) return noRoute;
  const starting = /^resourceid\/([^/]+)\/mode\/([^/]+)\/start$/.exec(rest);
  const controlling = /^resourceid\/([^/]+)\/sid\/([^/]+)\/mode\/([^/]+)\/(query|update|updateLayout|stop)$/.exec(rest);
  if (rest !== 'acquire' && !starting && !controlling) return noRoute;
  if (method !== (controlling?.[4] === 'query' ? 'GET' : 'POST')) return noRoute;
  if (appId !== w.appId) return { status: 400, body: { message: 'appid is invalid' } };
  if (method === 'POST' && body === undefined) return refuse(400, 8, 'the body is not JSON, or Content-Type says so');
  const mode = starting?.[2] ?? controlling?.[3] ?? 'mix';
  if (mode === 'individual' || mode === 'web') return refuse(400, 2, 'the sandbox records mode mix only');
  if (mode !== 'mix') return refuse(400, 2, 'invalid mode value!');
  if (starting) return start(w, starting[1] ?? '', body);
  if (!controlling) return acquire(w, body);
  const [, resourceId = '', sid = '', , verb = ''] = controlling;
  if (verb === 'query') return query(w, resourceId, sid);
  if (verb === 'stop') return stop(w, resourceId, sid, body);
  return update(w, verb, resourceId, sid, body);
}

function acquire(w: World, body: unknown): Answer {
  const problem = acquireBody(body, '');
  if (problem) return refuse(400, 2, `Acquire: ${problem}`);
  const { cname, uid, clientRequest } = body as { cname: string; uid: string; clientRequest: Fields };
  if (!isChannelName(cname)) return refuse(400, 401, 'invalid_channel_name');
  if ((clientRequest.scene ?? 0) !== 0) return refuse(400, 2, 'Acquire: the sandbox knows scene 0 only');
  if (w.tasks.filter((t) => t.endedAt() === undefined).length >= w.maxConcurrent)
    return refuse(400, 406, 'vendor_over_load');
  const resourceId = randomBytes(225).toString('base64url');
  w.resources.set(resourceId, {
    cname,
    uid,
    acquiredAt: w.now(),
    resourceExpiredHour: Number(clientRequest.resourceExpiredHour ?? 72),
    startParameter: clientRequest.startParameter === undefined ? undefined : canonical(clientRequest.startParameter),
  });
  return { status: 200, body: { cname, uid, resourceId } };
}

function start(w: World, resourceId: string, body: unknown): Answer {
  const problem = startBody(body, '');
  if (problem) return refuse(400, 2, `Start: ${problem}`);
  const { cname, uid, clientRequest } = body as { cname: string; uid: string; clientRequest: Fields };
  const resource = w.resources.get(resourceId);
  if (!resource) return refuse(400, 1001, 'cannot decrypt resourceId');
  if (resource.cname !== cname || resource.uid !== uid)
    return refuse(400, 432, 'cname or uid does not match resourceId');
  if (resource.sid !== undefined) return refuse(201, 7, 'already started');
  if (w.now() - resource.acquiredAt > resourceLife) return refuse(400, 433, 'resourceId expired');
  if (resource.startParameter !== undefined && resource.startParameter !== canonical(clientRequest))
    return refuse(400, 2, 'Start: clientRequest differs from startParameter of acquire');
  if (w.tasks.some((t) => t.cname === cname && t.uid === uid && t.endedAt() === undefined))
    return refuse(400, 53, 'task conflict');
  const sid = randomBytes(16).toString('hex');
  resource.sid = sid;
  resource.controlEndsAt = w.now() + resource.resourceExpiredHour * 3_600_000;
  w.tasks.push(newTask(w, { sid, resourceId, cname, uid, clientRequest }));
  return { status: 200, body: { cname, uid, resourceId, sid } };
}

function newTask(
  w: World,
  r: { sid: string; resourceId: string; cname: string; uid: string; clientRequest: Fields },
): Task {
  const recording = fieldsOf(r.clientRequest.recordingConfig);
  const storage = fieldsOf(r.clientRequest.storageConfig);
  // Only this sandbox's bucket can be written to; any other is like wrong keys.
  const ours = storage.vendor === 11 && fieldsOf(storage.extensionParams).endpoint === w.storageEndpointHost;
  const privateParams: unknown = JSON.parse(String(recording.privateParams ?? '{}'));
  return createTask({
    sid: r.sid,
    resourceId: r.resourceId,
    cname: r.cname,
    uid: r.uid,
    startedAt: w.now(),
    tokenEnd: tokenEnd(w, r.cname, r.uid, r.clientRequest.token),
    maxIdleTime: Number(recording.maxIdleTime ?? 30),
    writer: createRecordingWriter({
      storage: w.storage,
      media: w.media,
      keys: {
        bucket: ours ? String(storage.bucket) : '',
        accessKey: String(storage.accessKey),
        secretKey: String(storage.secretKey),
      },
      prefix: Array.isArray(storage.fileNamePrefix) ? storage.fileNamePrefix.map(String) : [],
      sid: r.sid,
      cname: r.cname,
      correctExtinf: fieldsOf(privateParams).correctEXTINF === true,
    }),
    notifier: w.notifier,
    publishers: w.publishers,
    mayJoin: w.rules.mayJoin,
  });
}

/** The token's remaining life is taken by the bot's clock and then counted in virtual seconds. */
function tokenEnd(w: World, cname: string, uid: string, token: unknown): { at: number } | { errorCode: 109 | 110 } {
  if (w.appCertificate === undefined) return { at: Number.POSITIVE_INFINITY };
  const judged = judgeToken(typeof token === 'string' ? token : undefined, {
    appId: w.appId,
    appCertificate: w.appCertificate,
    channelName: cname,
    uid,
    nowSeconds: w.realNow() / 1000,
  });
  return judged.ok ? { at: w.now() + judged.seconds * 1000 } : { errorCode: judged.errorCode };
}

/** The task of a path, or the answer that there is none to speak to. */
function find(w: World, resourceId: string, sid: string): Task | Answer {
  const resource = w.resources.get(resourceId);
  if (!resource) return refuse(400, 1001, 'cannot decrypt resourceId');
  const task = w.tasks.find((t) => t.sid === sid);
  if (!task) return gone;
  if (task.resourceId !== resourceId) return refuse(400, 1003, 'sid does not match resourceId');
  if (w.now() > (resource.controlEndsAt ?? Number.POSITIVE_INFINITY)) return refuse(400, 433, 'resourceId expired');
  return task.reachable() ? task : gone;
}

/** The same, with the body checked and its cname and uid held against the task's. */
function findFor(
  w: World,
  call: { name: string; check: Check; resourceId: string; sid: string; body: unknown },
): { task: Task; clientRequest: Fields } | Answer {
  const problem = call.check(call.body, '');
  if (problem) return refuse(400, call.name === 'UpdateLayout' ? 1028 : 2, `${call.name}: ${problem}`);
  const { cname, uid, clientRequest } = call.body as { cname: string; uid: string; clientRequest: Fields };
  const task = find(w, call.resourceId, call.sid);
  if ('body' in task) return task;
  if (task.cname !== cname || task.uid !== uid) return refuse(400, 432, 'cname or uid does not match resourceId');
  if (task.exiting()) return refuse(400, 49, 'invalid operation');
  return { task, clientRequest };
}

/** Until the upload is over a task that is exiting still answers, with status 6; the older answer 501 is not played. */
function query(w: World, resourceId: string, sid: string): Answer {
  const task = find(w, resourceId, sid);
  if ('body' in task) return task;
  const fileList = task.writer.lists().at(-1);
  const files =
    fileList === undefined
      ? {}
      : { fileListMode: 'string', fileList, sliceStartTime: Math.round(task.sliceStart() ?? 0) };
  const { cname, uid } = task;
  return { status: 200, body: { cname, uid, resourceId, sid, serverResponse: { status: task.status(), ...files } } };
}

/** Changes of subscription and layout are checked and taken; the test film looks the same afterwards. */
function update(w: World, verb: string, resourceId: string, sid: string, body: unknown): Answer {
  const call =
    verb === 'update' ? { name: 'Update', check: updateBody } : { name: 'UpdateLayout', check: updateLayoutBody };
  const found = findFor(w, { ...call, resourceId, sid, body });
  if ('body' in found) return found;
  const { cname, uid } = found.task;
  return { status: 200, body: { cname, uid, resourceId, sid } };
}

async function stop(w: World, resourceId: string, sid: string, body: unknown): Promise<Answer> {
  const found = findFor(w, { name: 'Stop', check: stopBody, resourceId, sid, body });
  if ('body' in found) return found;
  const { task, clientRequest } = found;
  const upload = task.stop(w.now());
  if (!upload) return gone;
  const { cname, uid } = task;
  const identity = { cname, uid, resourceId, sid };
  const fileList = task.writer.lists().at(-1);
  if (fileList === undefined) return { status: 206, body: { code: 435, reason: 'no recorded data', ...identity } };
  if (clientRequest.async_stop === true) return { status: 200, body: { ...identity, serverResponse: {} } };
  const uploadingStatus = await upload;
  return {
    status: 200,
    body: { ...identity, serverResponse: { fileListMode: 'string', fileList, uploadingStatus } },
  };
}

/** The same text for the same value, whatever the order of its fields. */
function canonical(v: unknown): string {
  if (Array.isArray(v)) return `[${v.map(canonical).join(',')}]`;
  if (typeof v !== 'object' || v === null) return JSON.stringify(v);
  return `{${Object.entries(v)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, x]) => `${JSON.stringify(k)}:${canonical(x)}`)
    .join(',')}}`;
}
