import { randomBytes } from 'node:crypto';
import { beginTask, stsEnd, uploadTarget } from './begin-task.ts';
import type { BucketClient } from './bucket-client.ts';
import { type Check, type Fields, fieldsOf } from './check.ts';
import type { KickingRules } from './kicking-rules.ts';
import type { Media } from './media.ts';
import type { Notifier } from './notifier.ts';
import { stoppedResponse, taskResponse } from './server-response.ts';
import { stsProblem } from './storage-config.ts';
import type { Task } from './task.ts';
import { layoutIn } from './transcoding-config.ts';
import {
  acquireBody,
  isChannelName,
  isMode,
  type Mode,
  startBody,
  stopBody,
  updateBody,
  updateLayoutBody,
} from './validate.ts';
import type { WebPage } from './web-recorder.ts';

export interface Answer {
  status: number;
  body: object;
}

/** What the REST calls work on. */
export interface World {
  appId: string;
  /** Without it tokens are neither asked for nor looked at, as in an Agora project without a certificate. */
  appCertificate: string | undefined;
  /** Real ms. */
  realNow(): number;
  /** Virtual ms. */
  now(): number;
  /** Waits so many real ms. */
  sleep(ms: number): Promise<unknown>;
  maxConcurrent(): number;
  tasks: Task[];
  bySid: Map<string, Task>;
  /** The newest task of each channel and uid, by {@link identityKey}. */
  lastOf: Map<string, Task>;
  /** Takes a new task in. */
  begun(task: Task): void;
  /** Something happened to that task in which nothing could happen by itself. */
  stirred(sid: string): void;
  resources: Map<string, Resource>;
  rules: KickingRules;
  /** The address of the server that a storageConfig means; undefined: one that this sandbox does not stand for. */
  bucketBase(vendor: number, endpoint: unknown): string | undefined;
  bucket: BucketClient;
  uploadRetryWaits: readonly number[] | undefined;
  media: Media;
  notifier: Notifier;
  publishers(cname: string): readonly string[];
  page(url: string): WebPage;
  /** sids whose last update is not answered yet. */
  updating: Set<string>;
}

export interface Resource {
  cname: string;
  uid: string;
  /** Virtual ms. */
  acquiredAt: number;
  scene: 0 | 1;
  /** Virtual ms; set by start: resourceExpiredHour counts from the sid. */
  controlEndsAt?: number;
  resourceExpiredHour: number;
  /** What start must say, in canonical JSON. */
  startParameter: string | undefined;
  sid?: string;
}

/** Milliseconds that a resourceId may wait for its start (Agora docs, rest-api/acquire). */
const resourceLife = 5 * 60_000;

/** Real ms that Agora's backend needs for an update; another one meanwhile gets in its way. */
const updateTime = 30;

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
  if (rest === 'acquire') return acquire(w, body);
  const mode = starting?.[2] ?? controlling?.[3] ?? '';
  if (!isMode(mode)) return refuse(400, 2, 'invalid mode value!');
  if (starting) return start(w, mode, starting[1] ?? '', body);
  const [, resourceId = '', sid = '', , verb = ''] = controlling ?? [];
  const at: Place = { mode, resourceId, sid };
  if (verb === 'query') return query(w, at);
  if (verb === 'stop') return stop(w, at, body);
  return verb === 'update' ? update(w, at, body) : updateLayout(w, at, body);
}

/** What the path of a call says. */
interface Place {
  mode: Mode;
  resourceId: string;
  sid: string;
}

function acquire(w: World, body: unknown): Answer {
  const problem = acquireBody(body, '');
  if (problem) return refuse(400, 2, `Acquire: ${problem}`);
  const { cname, uid, clientRequest } = body as { cname: string; uid: string; clientRequest: Fields };
  const scene = clientRequest.scene === 1 ? 1 : 0;
  if (!isChannelName(cname, scene === 1 ? 128 : 64)) return refuse(400, 401, 'invalid_channel_name');
  const isFull = () => w.tasks.filter((t) => t.endedAt() === undefined).length >= w.maxConcurrent();
  if (w.tasks.length >= w.maxConcurrent() && isFull()) return refuse(400, 406, 'vendor_over_load');
  const resourceId = randomBytes(225).toString('base64url');
  w.resources.set(resourceId, {
    cname,
    uid,
    acquiredAt: w.now(),
    scene,
    resourceExpiredHour: Number(clientRequest.resourceExpiredHour ?? 72),
    startParameter: clientRequest.startParameter === undefined ? undefined : canonical(clientRequest.startParameter),
  });
  return { status: 200, body: { cname, uid, resourceId } };
}

function start(w: World, mode: Mode, resourceId: string, body: unknown): Answer {
  const problem =
    startBody[mode](body, '') ??
    stsProblem(fieldsOf(fieldsOf(fieldsOf(body).clientRequest).storageConfig), w.realNow() / 1000);
  if (problem) return refuse(400, 2, `Start: ${problem}`);
  const { cname, uid, clientRequest } = body as { cname: string; uid: string; clientRequest: Fields };
  const resource = w.resources.get(resourceId);
  if (!resource) return refuse(400, 1001, 'cannot decrypt resourceId');
  if (resource.cname !== cname || resource.uid !== uid)
    return refuse(400, 432, 'cname or uid does not match resourceId');
  if ((mode === 'web') !== (resource.scene === 1))
    return refuse(400, 2, 'Start: mode does not fit the scene of acquire');
  if (resource.sid !== undefined) return refuse(201, 7, 'already started');
  if (w.now() - resource.acquiredAt > resourceLife) return refuse(400, 433, 'resourceId expired');
  if (resource.startParameter !== undefined && resource.startParameter !== canonical(clientRequest))
    return refuse(400, 2, 'Start: clientRequest differs from startParameter of acquire');
  // Only the last one of an identity can still run.
  const last = w.lastOf.get(identityKey(cname, uid));
  if (last && last.endedAt() === undefined) return refuse(400, 53, 'task conflict');
  const sid = randomBytes(16).toString('hex');
  resource.sid = sid;
  resource.controlEndsAt = w.now() + resource.resourceExpiredHour * 3_600_000;
  w.begun(beginTask(w, mode, { sid, resourceId, cname, uid, clientRequest }));
  return { status: 200, body: { cname, uid, resourceId, sid } };
}

/** The task of a path, or the answer that there is none to speak to. */
function find(w: World, { mode, resourceId, sid }: Place): Task | Answer {
  const resource = w.resources.get(resourceId);
  if (!resource) return refuse(400, 1001, 'cannot decrypt resourceId');
  const task = w.bySid.get(sid);
  if (!task) return gone;
  if (task.resourceId !== resourceId) return refuse(400, 1003, 'sid does not match resourceId');
  if (task.plan.mode !== mode) return refuse(400, 432, 'mode does not match resourceId');
  if (w.now() > (resource.controlEndsAt ?? Number.POSITIVE_INFINITY)) return refuse(400, 433, 'resourceId expired');
  return task.reachable() ? task : gone;
}

/** The same, with the body checked and its cname and uid held against the task's. */
function findFor(
  w: World,
  call: { name: string; check: Check; at: Place; body: unknown },
): { task: Task; clientRequest: Fields } | Answer {
  const problem = call.check(call.body, '');
  if (problem) return refuse(400, call.name === 'UpdateLayout' ? 1028 : 2, `${call.name}: ${problem}`);
  const { cname, uid, clientRequest } = call.body as { cname: string; uid: string; clientRequest: Fields };
  const task = find(w, call.at);
  if ('body' in task) return task;
  if (task.cname !== cname || task.uid !== uid) return refuse(400, 432, 'cname or uid does not match resourceId');
  if (task.exiting()) return refuse(400, 49, 'invalid operation');
  return { task, clientRequest };
}

/** (App ID, cname, uid) is the identity of a task. */
export const identityKey = (cname: string, uid: string): string => `${uid} ${cname}`;

const identity = ({ cname, uid, resourceId, sid }: Task) => ({ cname, uid, resourceId, sid });

/** Until the upload is over a task that is exiting still answers, with status 6; the older answer 501 is not played. */
function query(w: World, at: Place): Answer {
  const task = find(w, at);
  if ('body' in task) return task;
  return { status: 200, body: { ...identity(task), serverResponse: taskResponse(task) } };
}

/**
 * Lets a change of one task take the time that Agora's backend takes. A second one before the first is answered is not made and gets 206/65:
 * Agora asks for one after the other (Agora docs, rest-api/update).
 */
async function change(w: World, task: Task, make: () => void): Promise<Answer> {
  if (w.updating.has(task.sid)) return refuse(206, 65, 'request not completed');
  w.updating.add(task.sid);
  try {
    make();
    await w.sleep(updateTime);
  } finally {
    w.updating.delete(task.sid);
  }
  return { status: 200, body: identity(task) };
}

/** Who is subscribed, the page's pause and live push, the bucket's keys. */
async function update(w: World, at: Place, body: unknown): Promise<Answer> {
  const found = findFor(w, { name: 'Update', check: updateBody[at.mode], at, body });
  if ('body' in found) return found;
  const { task, clientRequest } = found;
  const { storageConfig } = clientRequest;
  const problem = stsProblem(storageConfig, w.realNow() / 1000);
  if (problem) return refuse(400, 2, `Update: ${problem}`);
  return change(w, task, () => {
    task.update(clientRequest, w.now());
    if (storageConfig === undefined) return;
    const storage = fieldsOf(storageConfig);
    task.refreshStorage(uploadTarget(w, storage), stsEnd(w, storage));
  });
}

/** The whole layout is replaced. The test film looks the same afterwards; the panel shows what is in force. */
async function updateLayout(w: World, at: Place, body: unknown): Promise<Answer> {
  if (at.mode !== 'mix') return refuse(400, 2, 'UpdateLayout: mode must be mix');
  const found = findFor(w, { name: 'UpdateLayout', check: updateLayoutBody, at, body });
  if ('body' in found) return found;
  const { task, clientRequest } = found;
  return change(w, task, () => {
    task.plan.layout = layoutIn(clientRequest);
  });
}

async function stop(w: World, at: Place, body: unknown): Promise<Answer> {
  const found = findFor(w, { name: 'Stop', check: stopBody, at, body });
  if ('body' in found) return found;
  const { task, clientRequest } = found;
  const upload = task.stop(w.now());
  if (!task.files.any()) return { status: 206, body: { code: 435, reason: 'no recorded data', ...identity(task) } };
  if (clientRequest.async_stop === true) return { status: 200, body: { ...identity(task), serverResponse: {} } };
  const how = await upload;
  if (how === 'failed') return gone;
  // Documented as code 50 in English and as HTTP 206 in Chinese.
  if (how === 'late') return refuse(206, 50, 'upload not completed');
  return { status: 200, body: { ...identity(task), serverResponse: stoppedResponse(task, how) } };
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
