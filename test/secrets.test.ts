import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig, secretNames, secretsIn } from '../src/config.ts';
import { environment } from '../src/environment.ts';
import { hideSecrets } from '../src/log.ts';
import { project, projectSecrets } from '../src/profiles/read-project.ts';
import { storage, storageSecrets } from '../src/profiles/read-storage.ts';
import { secretFields } from '../src/recording/recipe/hide-secrets.ts';
import { openStore } from '../src/store/open-store.ts';
import { captureLog } from './support/quiet-log.ts';
import { startWorld, type World } from './support/start-world.ts';
import { until } from './support/until.ts';

/**
 * Every secret of the configuration is a canary, everything that can fail fails, and then all that came out of the bot is searched for them: the
 * debug log as it is before anything is blotted out of it, all of Slack, the store's bytes, and the bot's own pages.
 */

/** Each with signs in it that other forms write in another way, where its field takes them. */
const environmentCanaries = {
  SLACK_BOT_TOKEN: 'xoxb-1-canary+bot/token=',
  SLACK_APP_TOKEN: 'xapp-1-canary+app/token=',
  SLACK_SIGNING_SECRET: 'canary+signing/secret="1',
  AGORA_CUSTOMER_SECRET: 'canary+customer/secret="2',
  AGORA_APP_CERTIFICATE: 'ca9a47ca9a47ca9a47ca9a47ca9a4701',
  AGORA_NOTIFICATION_SECRET: 'canary+notification/secret="3',
  STORAGE_SECRET_KEY: 'canary+storage/secret="4',
  STORAGE_CREDENTIALS_AUTHORIZATION: 'canary+credentials/secret="18',
  STORAGE_READ_SECRET_KEY: 'canary+read/secret="5',
  HEARTBEAT_URL: 'http://127.0.0.1:9/canary+heartbeat/6',
} satisfies Record<(typeof secretNames)[number], string>;
const redisPassword = 'canary+redis/pass"7';

/** What stands in profiles.yml, by the field that takes it. */
const profileCanaries = {
  secretKey: 'canary+archive/secret="8',
  stsToken: 'canary+sts/token="9'.padEnd(40, '='),
  authorization: 'canary+authorization/10',
  appCertificate: 'ca9a47ca9a47ca9a47ca9a47ca9a4711',
  customerSecret: 'canary+live/secret="12',
  secret: 'canary+decryption/13',
  salt: Buffer.from('canary salt of thirty-two bytes!').toString('base64'),
  rtmpUrl: 'rtmps://live.example.com/app/canary+stream/14',
};
/** Typed by a person, and read by the bot later on. */
const typedRtmp = 'rtmp://live.example.com/app/canary-typed-15';
const issued = { AccessKeyId: 'ASIACANARY', SecretAccessKey: 'canary+issued/16', Token: 'canary+issued/token/17' };

/** In Agora's requests, and made by the bot itself. */
const notOfTheConfiguration = new Set(['token']);
/** No secrets, though secret ones stand beside them: they are in every signed link, or in every request's address. */
const open = {
  environment: [
    'SLACK_API_URL',
    'RECORD_COMMAND',
    'RECORD_ALLOWED',
    'ALERT_CHANNEL',
    'AGORA_APP_ID',
    'AGORA_CUSTOMER_ID',
    'AGORA_API_URLS',
    'AGORA_QPS',
    'MAX_CONCURRENT',
    'PROFILES_FILE',
    'STORAGE_VENDOR',
    'STORAGE_REGION',
    'STORAGE_BUCKET',
    'STORAGE_ACCESS_KEY',
    'STORAGE_CREDENTIALS',
    'STORAGE_ENDPOINT',
    'STORAGE_PREFIX',
    'LINK_TTL',
    'STORAGE_READ_ACCESS_KEY',
    'PUBLIC_URL',
    // Its password is a canary of its own.
    'STORE_URL',
    'DEFAULT_DURATION',
    'MAX_DURATION',
    'MAX_IDLE_TIME',
    'PORT',
    'HOST',
    'LOG_LEVEL',
  ],
  storage: [
    'vendor',
    'region',
    'bucket',
    'accessKey',
    'credentials',
    'stsExpiration',
    'prefix',
    'endpoint',
    'extensionParams',
    'read',
    'linkEndpoint',
    'signingRegion',
    'addressing',
    'publicBaseUrl',
  ],
  project: ['appId', 'customerId', 'apiUrls', 'qps', 'maxConcurrent'],
  recipe: ['accessKey'],
};

const sorted = (names: Iterable<string>) => [...names].sort();

describe('every field of the configuration is a canary, or is said to be none', () => {
  test('of the environment', () => {
    expect(sorted([...Object.keys(environmentCanaries), ...open.environment])).toEqual(
      sorted(Object.keys(environment.shape)),
    );
    expect(sorted(Object.keys(environmentCanaries))).toEqual(sorted(secretNames));
  });

  test('of storages and projects', () => {
    expect(sorted([...open.storage, 'secretKey', 'stsToken'])).toEqual(sorted(Object.keys(storage.shape)));
    expect(sorted([...open.project, ...projectSecrets])).toEqual(sorted(Object.keys(project.shape)));
    for (const name of [...storageSecrets, ...projectSecrets]) expect(Object.keys(profileCanaries)).toContain(name);
  });

  test("of Agora's requests", () => {
    const names = [...secretFields].filter((n) => !notOfTheConfiguration.has(n) && !open.recipe.includes(n));
    for (const name of names) expect(Object.keys(profileCanaries)).toContain(name);
  });
});

/** All forms in which a secret may travel: as it is, in JSON, in addresses and forms, and in Base64 wherever it stands in what was encoded. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset, 'x'), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // What is at the edges is mixed with what stands beside it.
    return text.slice(Math.ceil((offset * 8) / 6), text.length - 1);
  });
  const more = base64.map((b) => b.replaceAll('+', '-').replaceAll('/', '_'));
  const json = JSON.stringify(secret).slice(1, -1);
  return [secret, json, encodeURIComponent(secret), encodeURI(secret), bytes.toString('hex'), ...base64, ...more];
}

function leaks(text: string, secrets: readonly string[]): string[] {
  return secrets.filter((s) => formsOf(s).some((form) => form.length >= 6 && text.includes(form)));
}

test('the search finds each form', () => {
  const secret = 'canary+a/b="c';
  for (const form of formsOf(secret)) expect(leaks(`… ${form} …`, [secret])).toEqual([secret]);
  const header = `Basic ${Buffer.from(`id:${secret}`).toString('base64')}`;
  expect(leaks(header, [secret])).toEqual([secret]);
  expect(leaks('nothing', [secret])).toEqual([]);
});

let folder: string;
let monitor: Server;
let world: World | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'agora-recording-secrets-'));
  // Stands for the monitor and for what gives temporary credentials: it answers with their own addresses and headers.
  monitor = createServer((req, res) => {
    if (req.url?.includes('canary+heartbeat')) return res.writeHead(500).end(req.url);
    if (failing) return res.writeHead(500).end(JSON.stringify([req.headers, issued]));
    const Expiration = new Date(Date.now() + 30 * 3_600_000).toISOString();
    return res.writeHead(200).end(JSON.stringify({ ...issued, Expiration }));
  });
  await new Promise<void>((resolve) => monitor.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await world?.close();
  world = undefined;
  monitor.close();
  monitor.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});
let failing = false;
const monitorUrl = () => `http://127.0.0.1:${(monitor.address() as AddressInfo).port}`;
const heartbeatUrl = () => environmentCanaries.HEARTBEAT_URL.replace('http://127.0.0.1:9', monitorUrl());

const references = Object.fromEntries(
  Object.entries(profileCanaries).map(([name, value]) => [`CANARY_${name.toUpperCase()}`, value]),
);
const profiles = ({ url, bucket }: { url: string; bucket: string }) => `
default: plain
profiles:
  plain: { mode: mix, maxDuration: 4h }
  encrypted: { mode: mix, recordingConfig: { decryptionMode: 7, secret: "\${CANARY_SECRET}", salt: "\${CANARY_SALT}" } }
  page:
    mode: web
    maxDuration: 2h
    extensionServiceConfig:
      extensionServices:
        - { serviceName: web_recorder_service, serviceParam: { url: "https://www.example.com/live", videoWidth: 1280, videoHeight: 720, audioProfile: 0, maxRecordingHour: 2 } }
        - { serviceName: rtmp_publish_service, serviceParam: { outputs: [ { rtmpUrl: "\${CANARY_RTMPURL}" } ] } }
  fixed: { mode: mix, storage: fixed, maxDuration: 4h }
  renewed: { mode: mix, storage: renewed, maxDuration: 4h }
  elsewhere: { mode: mix, project: live, maxDuration: 4h }
storages:
  fixed: { vendor: s3, region: us-east-1, bucket: ${bucket}, accessKey: AK, secretKey: "\${CANARY_SECRETKEY}", stsToken: "\${CANARY_STSTOKEN}", stsExpiration: 4000000000, linkEndpoint: "${url}", addressing: path }
  renewed: { vendor: s3, region: us-east-1, bucket: ${bucket}, credentials: { url: "${monitorUrl()}/creds", authorization: "\${CANARY_AUTHORIZATION}" }, linkEndpoint: "${url}", addressing: path }
projects:
  live: { appId: "${'0'.repeat(32)}", appCertificate: "\${CANARY_APPCERTIFICATE}", customerId: live, customerSecret: "\${CANARY_CUSTOMERSECRET}" }
`;

const everySecret = [
  ...Object.values(environmentCanaries),
  'canary+heartbeat/6',
  ...Object.values(profileCanaries),
  'canary+stream/14',
  'canary-typed-15',
  issued.SecretAccessKey,
];
/** A link that is signed with temporary credentials names the token, which opens nothing without the key beside it; nothing else may. */
const inSignedLinks = [issued.Token, profileCanaries.stsToken];

async function begin(httpMode: boolean): Promise<World> {
  const { env } = {
    env: {
      ...references,
      HEARTBEAT_URL: heartbeatUrl(),
      STORAGE_READ_ACCESS_KEY: 'READ',
      STORAGE_READ_SECRET_KEY: environmentCanaries.STORAGE_READ_SECRET_KEY,
      ALERT_CHANNEL: 'C0OPS',
      STORE_URL: `sqlite:${join(folder, 'store.sqlite')}`,
      PUBLIC_URL: 'https://recordings.example.com',
    },
  };
  world = await startWorld({
    httpMode,
    notifications: true,
    profiles,
    env,
    keys: {
      botToken: environmentCanaries.SLACK_BOT_TOKEN,
      appToken: environmentCanaries.SLACK_APP_TOKEN,
      signingSecret: environmentCanaries.SLACK_SIGNING_SECRET,
      customerSecret: environmentCanaries.AGORA_CUSTOMER_SECRET,
      appCertificate: environmentCanaries.AGORA_APP_CERTIFICATE,
      notificationSecret: environmentCanaries.AGORA_NOTIFICATION_SECRET,
      secretKey: environmentCanaries.STORAGE_SECRET_KEY,
    },
  });
  return world;
}

/** Whatever a channel of Slack's holds, in anybody's eyes. */
const slackOf = (w: World) =>
  ['U0ANA', 'U0BEN']
    .flatMap((user) => ['C0CLASSES', 'C0OPS'].map((c) => JSON.stringify(w.slack.messages(c, user))))
    .join('\n');
const storeBytes = () =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString('latin1'))
    .join('\n');

describe.each([
  ['Socket Mode', false],
  ['HTTP mode', true],
])('%s', (_name, httpMode) => {
  test('no secret leaves, whatever fails', async () => {
    failing = false;
    const w = await begin(httpMode);
    const type = (text: string) => w.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: `/record ${text}` });
    const beat = async (times = 3) => {
      for (let i = 0; i < times; i++) {
        w.clock.advance(31_000);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    };
    // All that can be started, and what only shows what would be.
    for (const profile of ['plain', 'encrypted', 'fixed', 'renewed', 'elsewhere', 'page']) {
      await type(
        profile === 'page'
          ? 'start --web https://www.example.com/live --profile page'
          : `start ${profile} --profile ${profile}`,
      );
      await type(`start x-${profile} --profile ${profile} --dry-run`);
    }
    await type('status');
    await beat();
    await until('some record', () => w.agora.ledger().length >= 4);
    const pageIs = async () => (await w.bot.recordings.byChannelName('www.example.com:live'))?.state;
    await until('the page records', async () => (await pageIs()) === 'recording');
    await type(`push www.example.com:live ${typedRtmp}`);
    // Agora answers with what it was sent, with nonsense, late, or not at all.
    const echo = everySecret.join(' ');
    for (const endpoint of ['acquire', 'start', 'query', 'update', 'stop'] as const) {
      w.agora.fault({
        kind: 'answer',
        endpoint,
        status: 400,
        body: { code: 2, reason: echo, message: echo },
        times: 2,
      });
      w.agora.fault({ kind: 'answer', endpoint, status: 500, body: { message: echo } });
      w.agora.fault({ kind: 'answer', endpoint, status: 401, body: { message: echo } });
      w.agora.fault({ kind: 'drop', endpoint, after: true });
      w.agora.fault({ kind: 'drop', endpoint });
    }
    await type(`push www.example.com:live ${typedRtmp}`);
    await type('start refused');
    await type('stop plain');
    failing = true;
    await beat();
    // The bucket, the credentials and Slack go away while there is something to say.
    w.storage.setTrouble('refuses');
    await type('stop renewed');
    await beat(2);
    w.slack.failNext({ method: '*', times: 3, error: 'internal_error' });
    w.slack.setDown(true);
    await beat(2);
    w.slack.setDown(false);
    w.slack.revokeToken('bot');
    await beat(2);
    w.slack.restoreToken('bot');
    if (!httpMode) w.slack.dropConnections();
    w.storage.setPrivate(true);
    await type('stop encrypted');
    await fetch(`${w.bot.url}/agora/notifications`, {
      method: 'POST',
      body: '{}',
      headers: { 'Agora-Signature-V2': 'x' },
    });
    await fetch(`${w.bot.url}/slack/events`, { method: 'POST', body: 'x=1' });
    await beat(4);
    const pages = await Promise.all(
      ['/metrics', '/readyz', '/healthz'].map(async (path) => (await fetch(`${w.bot.url}${path}`)).text()),
    );
    // Crashed, and started again.
    await w.restartBot();
    await beat();
    await until('a problem is told', async () => {
      if (/Problem with (the|\d+) recording/.test(slackOf(w))) return true;
      await beat(1);
      return false;
    });

    const told = { log: w.log.text(), slack: slackOf(w), store: storeBytes(), pages: pages.join('\n') };
    // It was tried for: there is a lot to search, with problems in it.
    expect(w.log.entries.length).toBeGreaterThan(200);
    expect(w.log.entries.filter((e) => e.level >= 40).length).toBeGreaterThan(3);
    expect(told.slack).toMatch(/Problem with (the|\d+) recording/);
    expect(told.slack).toMatch(/It is not pushed/);
    expect(told.store.length).toBeGreaterThan(10_000);
    const elsewhere = { ...told, slack: told.slack.replace(/X-Amz-Security-Token=[^&|>"\\\s]+/g, '') };
    for (const [where, text] of Object.entries(elsewhere)) {
      expect([where, leaks(text, [...everySecret, ...inSignedLinks])]).toEqual([where, []]);
    }
  }, 120_000);
});

describe('before there is a log', () => {
  const { STORAGE_CREDENTIALS_AUTHORIZATION, ...withKeys } = environmentCanaries;
  const full = {
    ...withKeys,
    AGORA_APP_ID: 'a'.repeat(32),
    AGORA_CUSTOMER_ID: 'customer',
    STORAGE_VENDOR: 's3',
    STORAGE_REGION: 'us-east-1',
    STORAGE_BUCKET: 'bucket',
    STORAGE_ACCESS_KEY: 'access',
    STORAGE_READ_ACCESS_KEY: 'read',
    STORE_URL: `redis://:${encodeURIComponent(redisPassword)}@127.0.0.1:6379`,
  };
  /** The same with temporary credentials in place of the keys. */
  const temporary = {
    ...full,
    STORAGE_ACCESS_KEY: undefined,
    STORAGE_SECRET_KEY: undefined,
    STORAGE_CREDENTIALS: 'https://credentials.example.com/role',
    STORAGE_CREDENTIALS_AUTHORIZATION,
  };

  test('temporary credentials of the environment: whatever is wrong, nobody is told what is sent for them', () => {
    for (const wrong of [{ STORAGE_CREDENTIALS: undefined }, { STORAGE_CREDENTIALS: '/a/file' }, { PORT: 'x' }]) {
      const read = readConfig({ ...temporary, ...wrong });
      expect(read.ok).toBe(false);
      expect(leaks(read.ok ? '' : read.problems.join('\n'), Object.values(environmentCanaries))).toEqual([]);
    }
  });

  test.each(Object.keys(full))('a wrong %s is named without its value, and all others without theirs', (name) => {
    const wrong = `canary wrong value of ${name}`;
    const read = readConfig({ ...full, [name]: wrong, PORT: 'canary port' });
    expect(read.ok).toBe(false);
    const text = read.ok ? '' : read.problems.join('\n');
    expect(leaks(text, [wrong, 'canary port', redisPassword, ...Object.values(environmentCanaries)])).toEqual([]);
  });

  test('a store that cannot be reached does not tell its password', async () => {
    const log = captureLog();
    const url = `redis://user:${encodeURIComponent(redisPassword)}@127.0.0.1:9`;
    const error = await openStore(url, { now: Date.now, log: log.log, onQuarantine: () => undefined }).then(
      async (store) => {
        const failure = await store.ping().then(
          () => undefined,
          (e: unknown) => e,
        );
        await store.close();
        return failure;
      },
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(Error);
    log.log.error({ err: error }, 'as anybody would log it');
    expect(leaks(log.text() + String((error as Error).stack), [redisPassword])).toEqual([]);
  }, 30_000);

  test('whatever gets into the log all the same is blotted out of it, in every form', () => {
    const known = [full, temporary].flatMap((env) => {
      const read = readConfig(env);
      if (!read.ok) throw new Error(read.problems.join('\n'));
      return secretsIn(read.config);
    });
    const hidden = hideSecrets(known);
    hidden.add('canary+read/later=');
    const secrets = [...Object.values(environmentCanaries), redisPassword, 'canary+read/later='];
    for (const secret of secrets) {
      const forms = [
        secret,
        JSON.stringify(secret),
        JSON.stringify({ text: JSON.stringify(secret) }),
        encodeURIComponent(secret),
        new URLSearchParams({ secret }).toString(),
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('base64url'),
      ];
      for (const form of forms)
        expect([form, leaks(hidden.blot(`{"msg":"… ${form} …"}`), [secret])]).toEqual([form, []]);
    }
    const basic = Buffer.from(`customer:${environmentCanaries.AGORA_CUSTOMER_SECRET}`).toString('base64');
    expect(hidden.blot(`Basic ${basic}`)).toBe('Basic [secret]');
  });
});
