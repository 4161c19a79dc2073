import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { freePort } from './support/free-port.ts';
import { openFifo } from './support/open-fifo.ts';
import { until } from './support/until.ts';

/** The bot as a real process whose standard output leads nowhere: recordings are looked after all the same, and it ends when it is told to. */
const root = join(import.meta.dirname, '..');
let bot: ChildProcess;
let url: string;
const undo: (() => void)[] = [];

afterEach(() => {
  bot.kill('SIGKILL');
  for (const each of undo.splice(0)) each();
});

/** Slack and Agora are away, which it has lines to write about. `first`: runs in the process before the bot does. */
async function startBot(stdout: 'pipe' | number | Socket, first = ''): Promise<void> {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  const stdio: StdioOptions = ['ignore', stdout, 'ignore'];
  bot = spawn(process.execPath, ['--import', `data:text/javascript,${encodeURIComponent(first)}`, 'src/main.ts'], {
    cwd: root,
    stdio,
    env: {
      PATH: process.env.PATH ?? '',
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-1',
      SLACK_API_URL: `${nowhere}/api/`,
      AGORA_APP_ID: 'a'.repeat(32),
      AGORA_CUSTOMER_ID: 'customer',
      AGORA_CUSTOMER_SECRET: 'customer-secret',
      AGORA_API_URLS: nowhere,
      AGORA_NOTIFICATION_SECRET: 'notification-secret',
      STORAGE_VENDOR: 's3',
      STORAGE_REGION: 'us-east-1',
      STORAGE_BUCKET: 'bucket',
      STORAGE_ACCESS_KEY: 'access',
      STORAGE_SECRET_KEY: 'storage-secret',
      STORE_URL: 'memory:',
      PORT: String(port),
      HOST: '127.0.0.1',
      LOG_LEVEL: 'debug',
    },
  });
  await until('the bot answers', () => answers());
}

const answers = () =>
  fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    (r) => r.ok,
    () => false,
  );
/** Each is a line in the log. */
async function write(lines: number): Promise<void> {
  for (let i = 0; i < lines; i++) {
    await fetch(`${url}/agora/notifications`, { method: 'POST', body: '{}', signal: AbortSignal.timeout(1_000) });
  }
}
const ended = () => bot.exitCode !== null || bot.signalCode !== null;

/** Ways in which nobody reads it any more. Each answers what cuts it. */
const ways: Record<string, (first?: string) => Promise<void>> = {
  'whoever read it is gone': async (first) => {
    await startBot('pipe', first);
    bot.stdout?.resume();
    await write(3);
    bot.stdout?.destroy();
  },
  // A socket then fails with another error first.
  'whoever read it is gone and left something unread': async (first) => {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const output = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [reader] = await once(server, 'connection');
    server.close();
    await startBot(output, first);
    output.destroy();
    reader.destroy();
  },
  'whoever should read it does not, and the pipe is full': async (first) => {
    const pipe = openFifo();
    undo.push(pipe.close);
    expect(() => {
      for (;;) writeSync(pipe.fd, 'x'.repeat(4_096));
    }).toThrow(/EAGAIN/);
    await startBot(pipe.openAnother(), first);
  },
};

test.each(Object.keys(ways))('%s: it goes on, and ends on SIGTERM', async (way) => {
  await ways[way]?.();
  await write(200);
  expect(await answers()).toBe(true);
  bot.kill('SIGTERM');
  await until('it is gone', ended, 15_000);
  expect(bot.exitCode).toBe(0);
});

test.each(Object.keys(ways))('%s: an error that nobody caught ends it', async (way) => {
  await ways[way]?.("process.on('SIGUSR2', () => Promise.reject(new Error('nobody caught this')))");
  await write(20);
  bot.kill('SIGUSR2');
  await until('it is gone', ended, 15_000);
  expect(bot.exitCode).toBe(1);
});

test('what throws while it ends does not keep it', async () => {
  await startBot('pipe', "process.on('exit', () => { throw new Error('at the end') })");
  bot.kill('SIGTERM');
  await until('it is gone', ended, 15_000);
  expect(bot.exitCode).toBe(0);
});

test('a rejection that nobody caught while it ends does not cut its end short', async () => {
  await startBot('pipe', "process.on('SIGTERM', () => Promise.reject(new Error('nobody caught this')))");
  bot.kill('SIGTERM');
  await until('it is gone', ended, 15_000);
  expect(bot.exitCode).toBe(0);
});
