import { setTimeout as delay } from 'node:timers/promises';
import type {
  CredentialsReading,
  Log,
  Priority,
  Recorder,
  Refusal,
  Reply,
  SharedRate,
  TaskRef,
} from '../recording/ports.ts';
import { fillSecrets } from '../recording/recipe/fill-secrets.ts';
import { hideSecrets } from '../recording/recipe/hide-secrets.ts';
import type { Recipe } from '../recording/recipe/recipe.ts';
import { type RecipeLimits, withDefaults } from '../recording/recipe/recipe-defaults.ts';
import { type CallParts, call } from './call.ts';
import { credentialsEnd, currentStorage, noFresher } from './current-storage.ts';
import { createHosts } from './hosts.ts';
import { httpTransport } from './http-transport.ts';
import type { Endpoint } from './outcome-rows.ts';
import { senseless } from './outcomes.ts';
import { createRateBucket } from './rate-bucket.ts';
import { acquireReply, isRuleAnswer, isTaskAnswer, readQuery, readStop, startReply } from './replies.ts';
import { acquireBody, removeBody, type StorageConfig, startBody, storageBody } from './requests.ts';
import { recorderToken } from './token.ts';
import type { Transport } from './transport.ts';

/** One Agora project: an App ID with its credentials, hosts and rate. */
export interface AgoraProject {
  appId: string;
  customerId: string;
  customerSecret: string;
  /** With it the recorder gets a token; without it the project must not ask for one. */
  appCertificate?: string | undefined;
  /** Tried in order. */
  apiUrls: readonly string[];
  /** Requests a second for this App ID. */
  qps: number;
}

export interface CloudRecordingOptions {
  /** By name; `default` is the environment's. */
  projects: ReadonlyMap<string, AgoraProject>;
  storages: ReadonlyMap<string, StorageConfig>;
  /** The temporary keys of a storage as they are now; undefined where they stand in `storages`. */
  credentials?: (storage: string) => Promise<CredentialsReading | undefined>;
  /** The clock that credentials run out by, if it is another one than `now`. */
  clock?: (() => number) | undefined;
  /** What a recipe leaves to the environment. */
  limits: RecipeLimits;
  /** Looks up the variables that a recipe refers to for its secrets. */
  env: (name: string) => string | undefined;
  now: () => number;
  log: Log;
  sleep?: (ms: number) => Promise<void>;
  /** Told how long each call waited for the rate that Agora grants, in seconds. */
  onWait?: ((priority: Priority, seconds: number) => void) | undefined;
  /** The rate of an App ID, where other processes share it. */
  sharedRate?: ((appId: string) => SharedRate) | undefined;
  /** How requests travel; over HTTPS unless said. */
  transport?: Transport;
  /** Told what time it is at Agora with each answer, milliseconds since the epoch. */
  onDate?: ((date: number) => void) | undefined;
}

/** Agora Cloud Recording over its REST API, for all projects that are set up: each has hosts and a rate of its own. */
export function createCloudRecording(options: CloudRecordingOptions): Recorder {
  const {
    projects,
    storages,
    limits,
    env,
    now,
    log,
    onDate,
    onWait,
    sharedRate,
    transport = httpTransport,
    sleep = (ms: number) => delay(ms),
    credentials = () => Promise.resolve(undefined),
    clock = now,
  } = options;
  const known = new Map(
    [...projects].map(([name, project]) => {
      const parts: CallParts = {
        customerId: project.customerId,
        customerSecret: project.customerSecret,
        transport,
        hosts: createHosts(project.apiUrls, now),
        bucket: createRateBucket({ qps: project.qps, now, sleep, shared: sharedRate?.(project.appId) }),
        now,
        sleep,
        onDate,
        onWait,
        log,
      };
      return [name, { ...project, parts, base: `/v1/apps/${encodeURIComponent(project.appId)}/cloud_recording` }];
    }),
  );

  /** A task of a project that is no longer set up cannot be reached: the wish to stop it stays, and operators are told. */
  function ask(
    name: string,
    endpoint: Endpoint,
    priority: Priority,
    request: (p: { appId: string; base: string }) => { method: 'GET' | 'POST'; path: string; json?: object },
  ): ReturnType<typeof call> {
    const project = known.get(name);
    if (!project) return Promise.resolve(notSetUp(`project ${name}`));
    return call(project.parts, endpoint, priority, request(project));
  }
  const taskPath = (base: string, r: TaskRef, verb: string) =>
    `${base}/resourceid/${encodeURIComponent(r.resourceId)}/sid/${encodeURIComponent(r.sid)}/mode/${r.mode}/${verb}`;
  async function storageNow(name: string): Promise<{ class: 'done'; storage: StorageConfig } | Refusal> {
    const storage = storages.get(name);
    return storage ? currentStorage(name, storage, await credentials(name), clock()) : notSetUp(`storage ${name}`);
  }
  /** A 200 alone proves nothing: something else may have answered it. */
  function done(endpoint: Endpoint, answer: Awaited<ReturnType<typeof call>>): Reply<null> {
    if (answer.class !== 'done') return answer;
    const makesSense = endpoint === 'remove' ? isRuleAnswer(answer.body) : isTaskAnswer(answer.body);
    return makesSense ? { class: 'done', value: null } : senseless(endpoint);
  }

  return {
    async acquire(r, priority) {
      const answer = await ask(r.recipe.project, 'acquire', priority, ({ base }) => ({
        method: 'POST',
        path: `${base}/acquire`,
        json: acquireBody(r),
      }));
      if (answer.class !== 'done') return answer;
      const { data } = acquireReply.safeParse(answer.body);
      return data ? { class: 'done', value: { resourceId: data.resourceId } } : senseless('acquire');
    },

    async start(r, priority) {
      const project = known.get(r.recipe.project);
      if (!project) return notSetUp(`project ${r.recipe.project}`);
      const current = await storageNow(r.recipe.storage);
      if (current.class !== 'done') return current;
      const { storage } = current;
      const asksToken = needsToken(project, r.recipe);
      const token = asksToken
        ? recorderToken({
            appId: project.appId,
            appCertificate: project.appCertificate ?? '',
            channelName: r.channelName,
            uid: r.uid,
            seconds: r.tokenSeconds,
            now: clock(),
          })
        : undefined;
      if (asksToken && token === undefined) return noToken;
      const filled = fillSecrets(withDefaults(r.recipe, limits), env);
      if (!filled.ok) return notSetUp(filled.missing.join(', '));
      const { channelName, uid } = r;
      const answer = await ask(r.recipe.project, 'start', priority, ({ base }) => ({
        method: 'POST',
        path: `${base}/resourceid/${encodeURIComponent(r.resourceId)}/mode/${r.recipe.mode}/start`,
        json: startBody({ recipe: filled.value, channelName, uid, token, storage }),
      }));
      if (answer.class !== 'done') return answer;
      const { data } = startReply.safeParse(answer.body);
      if (!data) return senseless('start');
      const until = credentialsEnd(storage);
      return {
        class: 'done',
        value: { sid: data.sid, ...(until === undefined ? {} : { credentialsUntil: until }) },
      };
    },

    async preview(r) {
      const project = known.get(r.recipe.project);
      if (!project) return notSetUp(`project ${r.recipe.project}`);
      const current = await storageNow(r.recipe.storage);
      if (current.class !== 'done') return current;
      const { storage } = current;
      const recipe = withDefaults(r.recipe, limits);
      const token = needsToken(project, recipe) ? 'made when it is sent' : undefined;
      const start = startBody({ ...r, recipe, token, storage });
      return { class: 'done', value: hideSecrets({ mode: recipe.mode, acquire: acquireBody(r), start }) };
    },

    async query(r, priority) {
      const answer = await ask(r.project, 'query', priority, ({ base }) => ({
        method: 'GET',
        path: taskPath(base, r, 'query'),
      }));
      if (answer.class !== 'done') return answer;
      const value = readQuery(answer.body);
      return value ? { class: 'done', value } : senseless('query');
    },

    async update(r, priority) {
      const filled = fillSecrets(r.change, env);
      if (!filled.ok) return notSetUp(filled.missing.join(', '));
      const json = { cname: r.channelName, uid: r.uid, clientRequest: filled.value };
      return done(
        'update',
        await ask(r.project, 'update', priority, ({ base }) => ({
          method: 'POST',
          path: taskPath(base, r, 'update'),
          json,
        })),
      );
    },

    async refreshCredentials(r, priority) {
      const current = await storageNow(r.storage);
      if (current.class !== 'done') return current;
      const { storage } = current;
      const until = credentialsEnd(storage);
      if (until === undefined || until <= r.until) return noFresher(r.storage);
      const json = { cname: r.channelName, uid: r.uid, clientRequest: { storageConfig: storageBody(storage) } };
      const answer = await ask(r.project, 'update', priority, ({ base }) => ({
        method: 'POST',
        path: taskPath(base, r, 'update'),
        json,
      }));
      const taken = done('update', answer);
      return taken.class === 'done' ? { class: 'done', value: { until } } : taken;
    },

    async updateLayout(r, priority) {
      const json = { cname: r.channelName, uid: r.uid, clientRequest: r.layout };
      return done(
        'updateLayout',
        await ask(r.project, 'updateLayout', priority, ({ base }) => ({
          method: 'POST',
          path: taskPath(base, r, 'updateLayout'),
          json,
        })),
      );
    },

    async stop(r, priority) {
      const json = { cname: r.channelName, uid: r.uid, clientRequest: { async_stop: false } };
      const answer = await ask(r.project, 'stop', priority, ({ base }) => ({
        method: 'POST',
        path: taskPath(base, r, 'stop'),
        json,
      }));
      if (answer.class !== 'done') return answer;
      return isTaskAnswer(answer.body) ? { class: 'done', value: readStop(answer.body) } : senseless('stop');
    },

    async remove(r, priority) {
      const body = removeBody({ appId: known.get(r.project)?.appId ?? '', ...r });
      if (!body) return noRecorder;
      return done(
        'remove',
        await ask(r.project, 'remove', priority, () => ({ method: 'POST', path: '/dev/v1/kicking-rule', json: body })),
      );
    },
  };
}

/** A web page is recorded by a browser of Agora's, which joins no channel of ours. */
function needsToken(project: Pick<AgoraProject, 'appCertificate'>, { mode }: Recipe): boolean {
  return project.appCertificate !== undefined && mode !== 'web';
}

/** Something that a recording needs is not in the settings, or not any more. Its name, never its value. */
function notSetUp(what: string): Refusal {
  return {
    class: 'operator_mistake',
    code: 'settings',
    cause: `The settings lack what this recording needs: ${what}.`,
    next: 'Put it back into profiles.yml or the environment, and restart the bot.',
    reason: 'not set up',
  };
}

const noToken: Refusal = {
  class: 'operator_mistake',
  code: 'token',
  cause: 'No token could be made for the recorder.',
  next: 'Check AGORA_APP_ID and AGORA_APP_CERTIFICATE: each is 32 hexadecimal digits.',
  reason: 'empty token',
};

/** Only a numeric uid can be put out of a channel; a recorder's always is one. */
const noRecorder: Refusal = {
  class: 'operator_mistake',
  code: 'uid',
  cause: 'There is no recorder that could be put out of the channel.',
  next: 'Look into the channel in Agora Console if a recorder is still in it.',
  reason: 'not a recorder uid',
};
