import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { createAgora } from '../sandbox/agora/create-agora.ts';
import { makeCredentials } from '../sandbox/settings.ts';
import { createSlack, type SlackSandbox } from '../sandbox/slack/create-slack.ts';
import { createStorage } from '../sandbox/storage/create-storage.ts';
import { median, percentile } from './ratio.ts';
import { processorTime } from './scale/bot-process.ts';

const rounds = 50;
const root = join(import.meta.dirname, '..');

/**
 * How long Slack waits for the acknowledgement of `/record start` (Socket Mode, SQLite with synchronous=FULL), beside a bare Bolt app that
 * acknowledges and does nothing, in the same run and in turns, so that the machine's mood touches both; and what the bot costs when idle.
 */
export async function acknowledgement(say: (line: string) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'agora-recording-bench-'));
  const manifest = parse(readFileSync(join(root, 'manifest.yml'), 'utf8'));
  const children: ChildProcess[] = [];

  async function workspace(
    entry: string,
    more: (slack: SlackSandbox, keys: ReturnType<typeof makeCredentials>) => Promise<Record<string, string>>,
  ) {
    const keys = makeCredentials();
    const slack = await createSlack({ port: 0, manifest, ...keys, rateLimits: false });
    const env = {
      PATH: process.env.PATH ?? '',
      SLACK_BOT_TOKEN: keys.botToken,
      SLACK_APP_TOKEN: keys.appToken,
      SLACK_API_URL: slack.apiUrl,
      ...(await more(slack, keys)),
    };
    const child = spawn(process.execPath, ['--single-threaded', '--max-semi-space-size=1', join(root, entry)], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.push(child);
    while (slack.connections === 0) await delay(20);
    return { slack, child };
  }

  const bare = await workspace('bench/bare-bolt.ts', async () => ({}));
  const ours = await workspace('src/main.ts', async (_slack, keys) => {
    const storage = await createStorage({ bucket: keys.bucket, accessKey: keys.accessKey, secretKey: keys.secretKey });
    const agora = await createAgora({ ...keys, storage, storageEndpointHost: '127.0.0.1', maxConcurrent: 10_000 });
    return {
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
      STORE_URL: `sqlite:${join(folder, 'bench.sqlite')}`,
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'error',
    };
  });

  try {
    await delay(2_000);
    const idle = await idleCost(ours.child.pid ?? 0, 10);
    say(
      `idle: ${idle.megabytes.toFixed(0)} MB resident, ${idle.percent.toFixed(1)} % of a core over ${idle.seconds} s`,
    );

    const times: Record<'bare' | 'ours', number[]> = { bare: [], ours: [] };
    for (let i = -20; i < rounds; i++) {
      for (const [name, slack] of [
        ['bare', bare.slack],
        ['ours', ours.slack],
      ] as const) {
        const started = performance.now();
        const outcome = await slack.type({
          user: 'U0ANA',
          channel: 'C0CLASSES',
          text: `/record start bench-${i + 20}`,
        });
        if (!outcome.ok) throw new Error(`${name}: ${outcome.error}`);
        // The first ones warm up.
        if (i >= 0) times[name].push(performance.now() - started);
      }
      await delay(5);
    }
    for (const name of ['bare', 'ours'] as const) {
      say(
        `ack of /record start, ${name.padEnd(4)}: median ${median(times[name]).toFixed(2)} ms, p99 ${percentile(times[name], 0.99).toFixed(2)} ms (${rounds} commands)`,
      );
    }
    say(
      `ratio ours/bare: median ${(median(times.ours) / median(times.bare)).toFixed(1)}, added ${(median(times.ours) - median(times.bare)).toFixed(2)} ms`,
    );
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Resident memory and processor time of a process that has nothing to do (Linux: /proc). */
async function idleCost(
  pid: number,
  seconds: number,
): Promise<{ megabytes: number; percent: number; seconds: number }> {
  const before = processorTime(pid);
  await delay(seconds * 1000);
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return { megabytes: kilobytes / 1024, percent: (processorTime(pid) - before) / seconds / 10, seconds };
}
