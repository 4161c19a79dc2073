import { setTimeout as delay } from 'node:timers/promises';
import type { Log, Priority, Recorder, Refusal, TaskRef } from '../recording/ports.ts';
import { type CallParts, call } from './call.ts';
import { createHosts } from './hosts.ts';
import { createRateBucket } from './rate-bucket.ts';
import { acquireReply, readQuery, readStop, startReply } from './replies.ts';
import { acquireBody, removeBody, type StorageConfig, startBody } from './requests.ts';
import { recorderToken } from './token.ts';

export interface CloudRecordingOptions {
  appId: string;
  customerId: string;
  customerSecret: string;
  /** With it the recorder gets a token; without it the project must not ask for one. */
  appCertificate?: string | undefined;
  /** Tried in order. */
  apiUrls: readonly string[];
  /** Requests a second for this App ID. */
  qps: number;
  storage: StorageConfig;
  maxIdleTimeSeconds: number;
  /** 0 communication, 1 live (the default); must equal the profile of the channel's clients (Agora docs, rest-api/start). */
  channelType?: 0 | 1;
  now: () => number;
  log: Log;
  sleep?: (ms: number) => Promise<void>;
}

/** Agora Cloud Recording over its REST API, for composite recordings. */
export function createCloudRecording(options: CloudRecordingOptions): Recorder {
  const { appId, now, log, sleep = (ms: number) => delay(ms) } = options;
  const parts: CallParts = {
    customerId: options.customerId,
    customerSecret: options.customerSecret,
    hosts: createHosts(options.apiUrls, now),
    bucket: createRateBucket({ qps: options.qps, now, sleep }),
    now,
    log,
  };
  const base = `/v1/apps/${encodeURIComponent(appId)}/cloud_recording`;
  const taskPath = (r: TaskRef, verb: string) =>
    `${base}/resourceid/${encodeURIComponent(r.resourceId)}/sid/${encodeURIComponent(r.sid)}/mode/${r.mode}/${verb}`;

  return {
    async acquire(r, priority) {
      const answer = await call(parts, 'acquire', priority, {
        method: 'POST',
        path: `${base}/acquire`,
        json: acquireBody(r),
      });
      if (answer.class !== 'done') return answer;
      const { data } = acquireReply.safeParse(answer.body);
      return data ? { class: 'done', value: { resourceId: data.resourceId } } : senseless('retry_same');
    },

    async start(r, priority) {
      const token = options.appCertificate
        ? recorderToken({
            appId,
            appCertificate: options.appCertificate,
            channelName: r.channelName,
            uid: r.uid,
            seconds: r.tokenSeconds,
          })
        : undefined;
      if (options.appCertificate && token === undefined) return noToken;
      const body = startBody({
        channelName: r.channelName,
        uid: r.uid,
        token,
        storage: options.storage,
        maxIdleTimeSeconds: options.maxIdleTimeSeconds,
        channelType: options.channelType ?? 1,
      });
      const path = `${base}/resourceid/${encodeURIComponent(r.resourceId)}/mode/${r.recipe.mode}/start`;
      const answer = await call(parts, 'start', priority, { method: 'POST', path, json: body });
      if (answer.class !== 'done') return answer;
      const { data } = startReply.safeParse(answer.body);
      return data ? { class: 'done', value: { sid: data.sid } } : senseless('unknown');
    },

    async query(r, priority) {
      const answer = await call(parts, 'query', priority, { method: 'GET', path: taskPath(r, 'query') });
      if (answer.class !== 'done') return answer;
      const value = readQuery(answer.body);
      return value ? { class: 'done', value } : senseless('retry_same');
    },

    async update(r, priority) {
      const json = { cname: r.channelName, uid: r.uid, clientRequest: r.change };
      const answer = await call(parts, 'update', priority, { method: 'POST', path: taskPath(r, 'update'), json });
      return answer.class === 'done' ? { class: 'done', value: null } : answer;
    },

    async updateLayout(r, priority) {
      const json = { cname: r.channelName, uid: r.uid, clientRequest: r.layout };
      const answer = await call(parts, 'updateLayout', priority, {
        method: 'POST',
        path: taskPath(r, 'updateLayout'),
        json,
      });
      return answer.class === 'done' ? { class: 'done', value: null } : answer;
    },

    async stop(r, priority) {
      const json = { cname: r.channelName, uid: r.uid, clientRequest: { async_stop: false } };
      const answer = await call(parts, 'stop', priority, { method: 'POST', path: taskPath(r, 'stop'), json });
      return answer.class === 'done' ? { class: 'done', value: readStop(answer.body) } : answer;
    },

    async remove(r, priority: Priority) {
      const json = removeBody({ appId, ...r });
      if (!json) return senseless('user_mistake');
      const answer = await call(parts, 'remove', priority, { method: 'POST', path: '/dev/v1/kicking-rule', json });
      return answer.class === 'done' ? { class: 'done', value: null } : answer;
    },
  };
}

/** HTTP 200 with a body that says nothing. */
function senseless(kind: Refusal['class']): Refusal {
  return {
    class: kind,
    code: '200/-',
    cause: 'Agora gave an answer that makes no sense.',
    next: 'It is tried again; if it repeats, check AGORA_API_URLS.',
    reason: 'unreadable body',
  };
}

const noToken: Refusal = {
  class: 'operator_mistake',
  code: 'token',
  cause: 'No token could be made for the recorder.',
  next: 'Check AGORA_APP_ID and AGORA_APP_CERTIFICATE: each is 32 hexadecimal digits.',
  reason: 'empty token',
};
