import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { createAgora } from './agora/create-agora.ts';
import { runBot } from './bot-process.ts';
import { createPanelRoutes, panelOf } from './panel-routes.ts';
import { makeCredentials, readSandboxSettings, type SandboxSettings } from './settings.ts';
import { createSlack } from './slack/create-slack.ts';
import { createStorage } from './storage/create-storage.ts';

/**
 * `npm run sandbox`: a local Slack workspace, a local Agora Cloud Recording, a local bucket, and the bot itself, started through its normal
 * entry with an environment that points at them. Everything listens on loopback only and is gone after Ctrl-C.
 */
const host = '127.0.0.1';
const root = new URL('..', import.meta.url).pathname;
const say = (line: string) => process.stdout.write(`${line}\n`);

const read = readSandboxSettings(process.env);
if (read.ok) await run(read.settings);
else {
  for (const problem of read.problems) process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

async function run(settings: SandboxSettings): Promise<void> {
  const keys = makeCredentials();
  const botPort = await freePort();
  const undo: (() => Promise<unknown>)[] = [];
  let ending: Promise<void> | undefined;
  const end = () => {
    ending ??= (async () => {
      for (const step of undo.reverse()) await step().catch((error) => say(`While ending: ${String(error)}`));
    })();
    return ending;
  };

  try {
    const storage = await createStorage({
      port: 0,
      bucket: keys.bucket,
      accessKey: keys.accessKey,
      secretKey: keys.secretKey,
    });
    undo.push(() => storage.close());
    const agora = await createAgora({
      port: 0,
      speed: settings.speed,
      appId: keys.appId,
      appCertificate: keys.appCertificate,
      customerId: keys.customerId,
      customerSecret: keys.customerSecret,
      storage,
      storageEndpointHost: host,
      notifications: { url: `http://${host}:${botPort}/agora/notifications`, secret: keys.notificationSecret },
      onChange: () => tellPages(),
    });
    undo.push(() => agora.close());
    const tellPages = () => slack?.publish({ type: 'agora', panel: panelOf({ agora, storage }) });
    const slack = await createSlack({
      port: settings.port,
      host,
      manifest: parse(await readFile(join(root, 'manifest.yml'), 'utf8')),
      botToken: keys.botToken,
      appToken: keys.appToken,
      signingSecret: keys.signingSecret,
      pageDir: join(root, 'sandbox/page'),
      extraRoutes: createPanelRoutes({
        agora,
        storage,
        onChange: tellPages,
        vendorDir: join(root, 'node_modules/hls.js/dist'),
      }),
    });
    undo.push(() => slack.close());
    const data = await mkdtemp(join(tmpdir(), 'agora-recording-sandbox-'));
    undo.push(() => rm(data, { recursive: true, force: true }));

    const profiles = resolve(process.env.PROFILES_FILE || join(root, 'sandbox/profiles.yml'));
    const bot = runBot({
      command: await startCommand(),
      cwd: root,
      say,
      verbose: process.env.LOG_LEVEL !== undefined,
      env: {
        ...(await referredTo(profiles)),
        PATH: process.env.PATH ?? '',
        SLACK_BOT_TOKEN: keys.botToken,
        SLACK_APP_TOKEN: keys.appToken,
        SLACK_API_URL: slack.apiUrl,
        AGORA_APP_ID: keys.appId,
        AGORA_APP_CERTIFICATE: keys.appCertificate,
        AGORA_CUSTOMER_ID: keys.customerId,
        AGORA_CUSTOMER_SECRET: keys.customerSecret,
        AGORA_API_URLS: agora.url,
        AGORA_NOTIFICATION_SECRET: keys.notificationSecret,
        STORAGE_VENDOR: 's3-compatible',
        STORAGE_REGION: '0',
        STORAGE_BUCKET: keys.bucket,
        STORAGE_ACCESS_KEY: keys.accessKey,
        STORAGE_SECRET_KEY: keys.secretKey,
        STORAGE_ENDPOINT: storage.url,
        PROFILES_FILE: profiles,
        STORE_URL: `sqlite:${join(data, 'recordings.sqlite')}`,
        PORT: String(botPort),
        PUBLIC_URL: `http://${host}:${botPort}`,
        HOST: host,
        LOG_LEVEL: process.env.LOG_LEVEL ?? 'info',
      },
    });
    undo.push(() => bot.stop());

    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        say('Ending the sandbox…');
        end().then(() => process.exit(0));
      });
    }
    await connected(slack);
    say('');
    say(`  The sandbox is ready: ${slack.url}`);
    say('');
    say('  Open it in a browser and type into the message box:  /record start math-101 --for 2m');
    say(`  The bot is process ${bot.pid()}; end it any way you like, it comes back. Ctrl-C ends everything.`);
    say('');
  } catch (error) {
    process.stderr.write(`${explain(error, settings)}\n`);
    await end();
    process.exit(1);
  }
}

/** What `npm start` would run, without npm in between, so that a signal meets the bot itself. `.env` is left out: it is for the real one. */
async function startCommand(): Promise<string[]> {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: { start: string } };
  const [program, ...args] = scripts.start.split(' ').filter((a) => !a.startsWith('--env-file'));
  if (program !== 'node') throw new Error('npm start is expected to run node');
  return args;
}

/** The variables that a file of profiles refers to, as far as they are set. One that cannot be read is the bot's to complain of. */
async function referredTo(path: string): Promise<Record<string, string>> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const names = [...text.matchAll(/\$\{(\w+)\}/g)].map((m) => m[1] ?? '');
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** Resolves when the bot listens to the workspace; says so when that takes long. */
async function connected(slack: { connections: number }): Promise<void> {
  const started = Date.now();
  let warned = false;
  while (slack.connections === 0) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    if (!warned && Date.now() - started > 15_000) {
      warned = true;
      say('The bot has not connected yet. Run with LOG_LEVEL=info to see its whole log.');
    }
  }
}

function explain(error: unknown, settings: SandboxSettings): string {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${settings.port} is taken. End what uses it, or choose another one: SANDBOX_PORT=4001 npm run sandbox`;
  }
  return `The sandbox could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

/** A port that nobody uses right now, for the bot's own HTTP server. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, host, () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
