import { randomBytes } from 'node:crypto';
import type { StorageSandbox } from '../storage/create-storage.ts';
import type { Notifier } from './notifier.ts';
import { createRecordingWriter, type MediaSlice } from './recording-writer.ts';
import { createTask, type Task } from './task.ts';
import { judgeToken } from './token.ts';
import { acquireBody, isChannelName, kickBody, startBody, stopBody } from './validate.ts';

export interface Answer {
  status: number;
  body: object;
}

/** What the REST calls work on. */
export interface World {
  appId: string;
  appCertificate: string | undefined;
  /** Real ms: tokens are made by the bot's clock. */
  realNow(): number;
  /** Virtual ms. */
  now(): number;
  maxConcurrent: number;
  tasks: Task[];
  resources: Map<string, Resource>;
  storage: StorageSandbox;
  storageEndpointHost: string;
  media: readonly MediaSlice[];
  notifier: Notifier;
  publishers(cname: string): number;
  billed(task: Task): void;
}

interface Resource {
  cname: string;
  uid: string;
  acquiredAt: number;
  expiresAt: number;
  startParameter: string | undefined;
  sid?: string;
}

type Fields = Record<string, unknown>;
const fieldsOf = (v: unknown): Fields => (typeof v === 'object' && v !== null ? (v as Fields) : {});

const gone: Answer = { status: 404, body: { code: 404, reason: 'failed to find worker' } };
const refuse = (status: number, code: number, reason: string): Answer => ({ status, body: { code, reason } });
const noRoute: Answer = { status: 404, body: { message: 'no Route matched with those values' } };

/** Milliseconds that a resourceId may wait for its start (Agora docs, rest-api/acquire). */
const resourceLife = 5 * 60_000;

/** Routes one authenticated call. */
export async function answer(w: World, method: string, path: string, body: unknown): Promise<Answer> {
  const kick = method === 'POST' && path === '/dev/v1/kicking-rule';
  if (kick) return kickOut(w, body);
  const match = /^\/v1\/apps\/([^/]+)\/cloud_recording\/(.+)$/.exec(path);
  if (!match) return noRoute;
  if (match[1] !== w.appId) return { status: 400, body: { message: 'appid is invalid' } };
  const rest = match[2] ?? '';
  if (method === 'POST' && rest === 'acquire') return acquire(w, body);
  const started = /^resourceid\/([^/]+)\/mode\/([^/]+)\/start$/.exec(rest);
  if (method === 'POST' && started) return start(w, started[1] ?? '', started[2] ?? '', body);
  const task = /^resourceid\/([^/]+)\/sid\/([^/]+)\/mode\/([^/]+)\/(query|stop|update|updateLayout)$/.exec(rest);
  if (!task) return noRoute;
  const [, resourceId = '', sid = '', mode = '', verb = ''] = task;
  if (method !== (verb === 'query' ? 'GET' : 'POST')) return noRoute;
  if (mode !== 'mix') return refuse(400, 2, 'the sandbox records mode mix only');
  if (verb === 'query') return query(w, resourceId, sid);
  if (verb === 'stop') return stop(w, resourceId, sid, body);
  return refuse(400, 2, `the sandbox does not do ${verb}`);
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
    expiresAt: w.now() + Number(clientRequest.resourceExpiredHour ?? 72) * 3_600_000,
    startParameter: clientRequest.startParameter === undefined ? undefined : canonical(clientRequest.startParameter),
  });
  return { status: 200, body: { cname, uid, resourceId } };
}

function start(w: World, resourceId: string, mode: string, body: unknown): Answer {
  if (mode !== 'mix') return refuse(400, 2, 'the sandbox records mode mix only');
  const problem = startBody(body, '');
  if (problem) return refuse(400, 2, `Start: ${problem}`);
  const { cname, uid, clientRequest } = body as { cname: string; uid: string; clientRequest: Fields };
  const resource = w.resources.get(resourceId);
  if (!resource) return refuse(400, 1001, 'cannot decrypt resourceId');
  if (resource.cname !== cname || resource.uid !== uid)
    return refuse(400, 432, 'cname or uid does not match resourceId');
  if (resource.sid !== undefined) return { status: 201, body: { code: 7, reason: 'already started' } };
  if (w.now() - resource.acquiredAt > resourceLife) return refuse(400, 433, 'resourceId expired');
  if (resource.startParameter !== undefined && resource.startParameter !== canonical(clientRequest)) {
    return refuse(400, 2, 'Start: clientRequest differs from startParameter');
  }
  if (w.tasks.some((t) => t.cname === cname && t.uid === uid && t.endedAt() === undefined))
    return refuse(400, 53, 'task conflict');
  const recording = fieldsOf(clientRequest.recordingConfig);
  const storage = fieldsOf(clientRequest.storageConfig);
  const sid = randomBytes(16).toString('hex');
  resource.sid = sid;
  const judged = w.appCertificate
    ? judgeToken(typeof clientRequest.token === 'string' ? clientRequest.token : undefined, {
        appId: w.appId,
        appCertificate: w.appCertificate,
        channelName: cname,
        uid,
        nowSeconds: w.realNow() / 1000,
      })
    : ({ ok: true, seconds: 86_400 } as const);
  // Only this sandbox's bucket can be written to; any other is like wrong keys.
  const ours = storage.vendor === 11 && fieldsOf(storage.extensionParams).endpoint === w.storageEndpointHost;
  w.tasks.push(
    createTask({
      sid,
      resourceId,
      cname,
      uid,
      startedAt: w.now(),
      tokenEnd: judged.ok ? { at: w.now() + judged.seconds * 1000 } : { errorCode: judged.errorCode },
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
        sid,
        cname,
        correctExtinf: String(recording.privateParams ?? '').includes('"correctEXTINF":true'),
      }),
      notifier: w.notifier,
      publishers: w.publishers,
      billed: w.billed,
    }),
  );
  return { status: 200, body: { cname, uid, resourceId, sid } };
}

/** The task of a path, or the answer that there is none. */
function find(w: World, resourceId: string, sid: string): Task | Answer {
  const resource = w.resources.get(resourceId);
  if (!resource) return refuse(400, 1001, 'cannot decrypt resourceId');
  const task = w.tasks.find((t) => t.sid === sid);
  if (!task) return gone;
  if (task.resourceId !== resourceId) return refuse(400, 1003, 'sid does not match resourceId');
  if (w.now() > resource.expiresAt) return refuse(400, 433, 'resourceId expired');
  return task;
}

function query(w: World, resourceId: string, sid: string): Answer {
  const task = find(w, resourceId, sid);
  if ('body' in task) return task;
  if (!task.reachable()) return gone;
  const list = task.writer.lists();
  const files =
    list.length > 0
      ? { fileListMode: 'string', fileList: list.at(-1), sliceStartTime: Math.round(task.sliceStart() ?? 0) }
      : {};
  return {
    status: 200,
    body: { cname: task.cname, uid: task.uid, resourceId, sid, serverResponse: { status: task.status(), ...files } },
  };
}

async function stop(w: World, resourceId: string, sid: string, body: unknown): Promise<Answer> {
  const problem = stopBody(body, '');
  if (problem) return refuse(400, 2, `Stop: ${problem}`);
  const { cname, uid, clientRequest } = body as { cname: string; uid: string; clientRequest: Fields };
  const task = find(w, resourceId, sid);
  if ('body' in task) return task;
  if (task.cname !== cname || task.uid !== uid) return refuse(400, 432, 'cname or uid does not match resourceId');
  if (!task.reachable()) return gone;
  if (task.exiting()) return refuse(400, 49, 'invalid operation');
  const done = task.stop(w.now());
  const identity = { cname, uid, resourceId, sid };
  if (!task.recordedAnything()) {
    return { status: 206, body: { code: 435, reason: 'no recorded data', ...identity } };
  }
  if (clientRequest.async_stop === true) return { status: 200, body: { ...identity, serverResponse: {} } };
  const uploadingStatus = await done;
  return {
    status: 200,
    body: {
      ...identity,
      serverResponse: { fileListMode: 'string', fileList: task.writer.lists().at(-1), uploadingStatus },
    },
  };
}

/** Channel Management: puts users out of channels (Agora docs, create rules). Only a channel together with a uid is played here. */
function kickOut(w: World, body: unknown): Answer {
  const problem = kickBody(body, '');
  if (problem) return { status: 400, body: { message: problem } };
  const { appid, cname, uid } = body as { appid: string; cname?: string; uid?: number };
  if (appid !== w.appId) return { status: 400, body: { message: 'invalid appid' } };
  for (const task of w.tasks) {
    const hit = (cname === undefined || task.cname === cname) && (uid === undefined || task.uid === String(uid));
    if (hit && task.endedAt() === undefined) task.kick(w.now());
  }
  return { status: 200, body: { status: 'success', id: 1_000 + w.tasks.length } };
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
