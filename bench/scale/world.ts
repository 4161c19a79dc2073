import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse } from 'yaml';
import { createAgora } from '../../sandbox/agora/create-agora.ts';
import { makeCredentials } from '../../sandbox/settings.ts';
import { createSlack } from '../../sandbox/slack/create-slack.ts';
import { createStorage } from '../../sandbox/storage/create-storage.ts';
import { recorderUid } from '../../src/recording/recorder-uid.ts';
import { inject } from '../../torture/simulation/inject.ts';

/** Agora's quota as it is lifted for this; the health checks of 10,000 recordings, one each two minutes, take 40 % of it. */
export const qps = 200;
/** Recordings are spread over so many Slack channels. */
const slackChannels = 200;
/** Nobody publishes in a channel whose name begins so. */
const silent = 'silent';

/** A recording that runs at Agora. */
export interface Task {
  id: string;
  channelName: string;
  uid: string;
  resourceId: string;
  sid: string;
}

export interface ScaleWorld {
  tasks: Task[];
  /** When Agora was first asked to stop a task, by its sid. Milliseconds since the epoch. */
  stops: ReadonlyMap<string, number>;
  /** Calls that Agora has got so far. */
  calls(): { query: number; stop: number };
  /** Two people come into the channels of these, so that something is recorded. */
  fill(tasks: readonly Task[]): void;
  /** For a bot on this SQLite file. */
  env(file: string): Promise<Record<string, string>>;
  slackChannel(n: number): string;
  close(): Promise<void>;
}

/**
 * The sandbox's Slack, Agora and bucket, and so many tasks that run. Nobody publishes in their channels at first: writing slices is Agora's
 * work, and would take the processor from the bot.
 */
export async function createScaleWorld(howMany: number): Promise<ScaleWorld> {
  const keys = makeCredentials();
  const { bucket, accessKey, secretKey, appId, customerId, customerSecret } = keys;
  const storage = await createStorage({ bucket, accessKey, secretKey });
  const agora = await createAgora({
    // Tokens are another bench's: without a certificate none are asked for.
    appId,
    customerId,
    customerSecret,
    storage,
    storageEndpointHost: '127.0.0.1',
    hosts: 0,
    qps: 1_000_000,
    maxConcurrent: 1_000_000,
    // Uploading is Agora's work, and would take the processor from the bot.
    bucketClient: {
      async put(_target, key, body) {
        storage.put(key, body);
        return 'stored';
      },
      close: () => undefined,
    },
  });
  const manifest: unknown = parse(readFileSync(join(import.meta.dirname, '../../manifest.yml'), 'utf8'));
  const slack = await createSlack({ port: 0, manifest, ...keys, rateLimits: false, moreChannels: slackChannels });

  const stops = new Map<string, number>();
  const calls = { query: 0, stop: 0 };
  const door = createServer((req, res) => {
    const [, sid, verb] = /\/sid\/([^/]+)\/mode\/mix\/(query|stop)$/.exec(req.url ?? '') ?? [];
    if (verb === 'query' || verb === 'stop') calls[verb] += 1;
    if (sid !== undefined && verb === 'stop' && !stops.has(sid)) stops.set(sid, Date.now());
    agora.listener(req, res);
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const storageConfig = {
    ...{ vendor: 11, region: 0, bucket, accessKey, secretKey },
    extensionParams: { endpoint: '127.0.0.1' },
  };
  const begin = starter(agora.listener, { appId, customerId, customerSecret }, storageConfig);
  const tasks: Task[] = [];
  for (let n = 0; n < howMany; n++) tasks.push(await begin(n));

  return {
    tasks,
    stops,
    calls: () => ({ ...calls }),
    fill(some) {
      for (const t of some) agora.setPublishers(t.channelName, 2);
    },
    env: async (file) => ({
      PATH: process.env.PATH ?? '',
      SLACK_BOT_TOKEN: keys.botToken,
      SLACK_APP_TOKEN: keys.appToken,
      SLACK_API_URL: slack.apiUrl,
      AGORA_APP_ID: appId,
      AGORA_CUSTOMER_ID: customerId,
      AGORA_CUSTOMER_SECRET: customerSecret,
      AGORA_API_URLS: `http://127.0.0.1:${(door.address() as AddressInfo).port}`,
      AGORA_QPS: String(qps),
      MAX_CONCURRENT: '100000',
      STORAGE_VENDOR: 's3-compatible',
      STORAGE_REGION: '0',
      STORAGE_BUCKET: bucket,
      STORAGE_ACCESS_KEY: accessKey,
      STORAGE_SECRET_KEY: secretKey,
      STORAGE_ENDPOINT: storage.url,
      STORE_URL: `sqlite:${file}`,
      PORT: String(await freePort()),
      HOST: '127.0.0.1',
      LOG_LEVEL: 'error',
    }),
    slackChannel: (n) => `C0MORE${n % slackChannels}`,
    async close() {
      door.close();
      door.closeAllConnections();
      await slack.close();
      await agora.close();
      await storage.close();
    },
  };
}

/** Starts one task after the other, by acquire and start, without a socket. */
function starter(
  listener: RequestListener,
  keys: { appId: string; customerId: string; customerSecret: string },
  storageConfig: object,
): (n: number) => Promise<Task> {
  const authorization = `Basic ${Buffer.from(`${keys.customerId}:${keys.customerSecret}`).toString('base64')}`;
  const headers = { authorization, 'content-type': 'application/json' };
  const ask = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const url = `/v1/apps/${keys.appId}/cloud_recording/${path}`;
    const answer = await inject(listener, { method: 'POST', url, headers, body: JSON.stringify(body) });
    if (answer?.status !== 200) throw new Error(`The sandbox's Agora refused ${path}: ${answer?.text}`);
    return JSON.parse(answer.text);
  };
  return async (n) => {
    const id = `bench${String(n).padStart(7, '0')}`;
    const [channelName, uid] = [`${silent}-${n}`, recorderUid(id, 1)];
    const acquired = await ask('acquire', { cname: channelName, uid, clientRequest: { resourceExpiredHour: 72 } });
    const resourceId = String(acquired.resourceId);
    const started = await ask(`resourceid/${resourceId}/mode/mix/start`, {
      cname: channelName,
      uid,
      clientRequest: { recordingConfig: { maxIdleTime: 30 * 86_400, channelType: 1 }, storageConfig },
    });
    return { id, channelName, uid, resourceId, sid: String(started.sid) };
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
