import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type AgoraSandbox, createAgora } from '../sandbox/agora/create-agora.ts';
import { signatures } from '../sandbox/agora/notifier.ts';
import { makeCredentials } from '../sandbox/settings.ts';
import { createSlack, type SlackSandbox } from '../sandbox/slack/create-slack.ts';
import { createStorage, type StorageSandbox } from '../sandbox/storage/create-storage.ts';
import { freePort } from './support/free-port.ts';
import { until } from './support/until.ts';

/**
 * The bot as a real process on a real file, killed with SIGKILL at the worst moments. The verdict comes from Agora's ledger and from what
 * stands in Slack, not from the bot.
 */
const root = join(import.meta.dirname, '..');
let slack: SlackSandbox;
let agora: AgoraSandbox;
let storage: StorageSandbox;
let bot: ChildProcess;
let env: Record<string, string>;
let folder: string;
let output = '';

async function startBot(): Promise<void> {
  bot = spawn(process.execPath, ['src/main.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [bot.stdout, bot.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  await until('the bot listens to Slack', () => slack.connections === 2);
}

async function kill(): Promise<void> {
  bot.kill('SIGKILL');
  await once(bot, 'exit');
  await until('Slack sees the connections end', () => slack.connections === 0);
}

async function setUp(notifications: boolean): Promise<void> {
  const keys = makeCredentials();
  const port = await freePort();
  folder = mkdtempSync(join(tmpdir(), 'agora-recording-bot-'));
  output = '';
  storage = await createStorage({ bucket: keys.bucket, accessKey: keys.accessKey, secretKey: keys.secretKey });
  agora = await createAgora({
    ...keys,
    storage,
    storageEndpointHost: '127.0.0.1',
    ...(notifications
      ? { notifications: { url: `http://127.0.0.1:${port}/agora/notifications`, secret: keys.notificationSecret } }
      : {}),
  });
  slack = await createSlack({ port: 0, manifest: parse(readFileSync(join(root, 'manifest.yml'), 'utf8')), ...keys });
  env = {
    PATH: process.env.PATH ?? '',
    SLACK_BOT_TOKEN: keys.botToken,
    SLACK_APP_TOKEN: keys.appToken,
    SLACK_API_URL: slack.apiUrl,
    AGORA_APP_ID: keys.appId,
    AGORA_APP_CERTIFICATE: keys.appCertificate,
    AGORA_CUSTOMER_ID: keys.customerId,
    AGORA_CUSTOMER_SECRET: keys.customerSecret,
    AGORA_API_URLS: agora.url,
    STORAGE_VENDOR: 's3-compatible',
    STORAGE_REGION: '0',
    STORAGE_BUCKET: keys.bucket,
    STORAGE_ACCESS_KEY: keys.accessKey,
    STORAGE_SECRET_KEY: keys.secretKey,
    STORAGE_ENDPOINT: storage.url,
    STORE_URL: `sqlite:${join(folder, 'recordings.sqlite')}`,
    PORT: String(port),
    HOST: '127.0.0.1',
    ...(notifications ? { AGORA_NOTIFICATION_SECRET: keys.notificationSecret } : {}),
  };
  await startBot();
}

afterEach(async () => {
  if (bot.exitCode === null && bot.signalCode === null) await kill();
  await slack.close();
  await agora.close();
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

const alive = () => agora.ledger().filter((t) => t.endedAt === undefined);
const asked = (endpoint: string) => agora.requests.filter((r) => r.endpoint === endpoint).length;
const type = (text: string) => slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text });
const texts = () => slack.messages('C0CLASSES', 'U0ANA').map((m) => m.text);
const shown = (text: RegExp) =>
  until(`${text} among ${JSON.stringify(texts())}`, () => texts().some((t) => text.test(t)), 60_000);
const cards = () => slack.messages('C0CLASSES', 'U0ANA').filter((m) => !m.thread_ts && /^Recording of/.test(m.text));

/** However it went: one recording is live at most, a person can stop it, its files are posted, and nothing goes on billing. */
async function endsWell(): Promise<void> {
  await shown(/^Recording of math-101.*: Recording\./);
  expect(alive()).toHaveLength(1);
  await until('a slice', () => storage.list('').length > 1);
  expect(await type('/record stop math-101')).toMatchObject({ ok: true });
  await shown(/Ready, files seen in the bucket/);
  expect(alive()).toEqual([]);
}

describe('kill -9, then start again', () => {
  beforeEach(() => setUp(true));

  test('while acquire is under way', async () => {
    agora.failNext({ endpoint: 'acquire', delayMs: 1_500 });
    await type('/record start math-101 --for 5m');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await kill();
    await startBot();
    await endsWell();
    expect(agora.ledger()).toHaveLength(1);
  });

  test('while start is under way, and its reply is never heard', async () => {
    agora.failNext({ endpoint: 'start', delayMs: 700 });
    await type('/record start math-101 --for 5m');
    await until('acquired', () => asked('acquire') === 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await kill();
    await until('Agora started it all the same', () => agora.ledger().length === 1);
    await startBot();
    await endsWell();
    // The sid came with a notification: the very same task went on.
    expect(agora.ledger()).toHaveLength(1);
  });

  test('before the start is proved', async () => {
    await type('/record start math-101 --for 5m');
    await until('started', () => agora.ledger().length === 1);
    // From then on the Stop button carries what it takes to stop it.
    await until('its sid is saved', () => /"value":"[\w-]+ [\w-]+"/.test(JSON.stringify(cards())));
    await kill();
    await startBot();
    await endsWell();
    expect(agora.ledger()).toHaveLength(1);
    expect(asked('start')).toBe(1);
  });

  test('while it records', async () => {
    await type('/record start math-101 --for 5m');
    await shown(/: Recording\./);
    await kill();
    await startBot();
    await endsWell();
    expect(agora.ledger()).toHaveLength(1);
    expect(cards()).toHaveLength(1);
  });

  test('while the stop is under way', async () => {
    await type('/record start math-101 --for 5m');
    await shown(/: Recording\./);
    await until('a slice', () => storage.list('').length > 2);
    agora.failNext({ endpoint: 'stop', delayMs: 800 });
    await type('/record stop math-101');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await kill();
    await startBot();
    await shown(/Ready, files seen in the bucket/);
    expect(alive()).toEqual([]);
  });

  test('and its deadline passes while it is dead', async () => {
    await type('/record start math-101 --for 30s');
    await shown(/: Recording\./);
    await kill();
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    expect(alive()).toHaveLength(1);
    await startBot();
    await shown(/Ready, files seen in the bucket/);
    expect(alive()).toEqual([]);
  });
});

describe('SIGTERM', () => {
  beforeEach(() => setUp(true));

  /** A notification of which Agora has sent nothing but the head so far. */
  function begin(body: string) {
    const req = request(`http://127.0.0.1:${env.PORT}/agora/notifications`, {
      method: 'POST',
      headers: { ...signatures(body, env.AGORA_NOTIFICATION_SECRET ?? ''), 'content-length': Buffer.byteLength(body) },
    });
    const status = once(req, 'response').then(
      ([res]) => res.resume().statusCode as number,
      () => 0,
    );
    req.flushHeaders();
    return { status, send: () => req.end(body) };
  }

  test('no turn begins while it is waited for a request; what that one woke has its turn in the next process', async () => {
    await type('/record start math-101 --for 5m');
    await shown(/: Recording\./);
    const [task] = agora.ledger();
    const { sid, uid, cname } = task ?? {};
    const payload = { cname, uid, sid, sequence: 1, details: { leaveCode: 0 } };
    const notice = JSON.stringify({ noticeId: 'n', productId: 3, eventType: 41, notifyMs: Date.now(), payload });
    const telling = begin(notice);
    const slow = begin('{}');
    await delay(300);
    bot.kill('SIGTERM');
    const started = performance.now();
    const ended = once(bot, 'exit');
    await delay(500);
    const queries = asked('query');
    telling.send();
    expect(await telling.status).toBe(200);
    const [code] = await ended;
    expect(code).toBe(0);
    // The slow one held it for three seconds.
    expect(performance.now() - started).toBeGreaterThan(2_500);
    expect(performance.now() - started).toBeLessThan(9_500);
    expect(await slow.status).toBe(0);
    expect(asked('query')).toBe(queries);
    await startBot();
    await until('the news are followed', () => asked('query') > queries, 5_000);
  });
});

describe('without notifications', () => {
  beforeEach(() => setUp(false));

  test('a start whose reply was lost is put out of the channel, and another one records', async () => {
    agora.failNext({ endpoint: 'start', delayMs: 700 });
    await type('/record start math-101 --for 5m');
    await until('acquired', () => asked('acquire') === 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await kill();
    await until('Agora started it all the same', () => agora.ledger().length === 1);
    await startBot();
    await endsWell();
    expect(asked('kicking-rule')).toBe(1);
    expect(agora.ledger()).toHaveLength(2);
  });
});

describe('the process', () => {
  beforeEach(() => setUp(false));

  test('ends on SIGTERM, and keeps no secret in its log', async () => {
    await type('/record start math-101 --for 5m');
    await shown(/: Recording\./);
    bot.kill('SIGTERM');
    const [code] = await once(bot, 'exit');
    expect(code).toBe(0);
    expect(alive()).toHaveLength(1);
    for (const name of [
      'SLACK_BOT_TOKEN',
      'SLACK_APP_TOKEN',
      'AGORA_CUSTOMER_SECRET',
      'AGORA_APP_CERTIFICATE',
      'STORAGE_SECRET_KEY',
    ]) {
      expect(output).not.toContain(env[name]);
    }
  });

  test('a second bot on the same file is refused, and says why', async () => {
    const second = spawn(process.execPath, ['src/main.ts'], {
      cwd: root,
      env: { ...env, PORT: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    second.stderr.on('data', (chunk) => (said += String(chunk)));
    const [code] = await once(second, 'exit');
    expect(code).toBe(1);
    expect(said).toMatch(/Another process has .* open/);
  });

  test('a bot whose token Slack refuses says so and ends', async () => {
    const wrong = spawn(process.execPath, ['src/main.ts'], {
      cwd: root,
      env: { ...env, PORT: '0', STORE_URL: 'memory:', SLACK_BOT_TOKEN: 'xoxb-wrong' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    wrong.stderr.on('data', (chunk) => (said += String(chunk)));
    const [code] = await once(wrong, 'exit');
    expect(code).toBe(1);
    expect(said).toMatch(/Slack refused SLACK_BOT_TOKEN \(invalid_auth\)/);
  });
});
