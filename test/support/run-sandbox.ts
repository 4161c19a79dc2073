import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface RunningSandbox {
  url: string;
  /** Everything it printed so far. */
  output(): string;
  botPid(): number;
  process: ChildProcess;
  /** Ctrl-C, and what the process ended with. */
  end(): Promise<number | null>;
}

/** `npm run sandbox` as a person runs it, on a port of its own. */
export async function runSandbox(env: Record<string, string> = {}): Promise<RunningSandbox> {
  const child = spawn(process.execPath, ['sandbox/main.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env.PATH ?? '', SANDBOX_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += String(chunk);
      const url = /ready: (http:\S+)/.exec(output)?.[1];
      if (url && output.includes('Ctrl-C')) resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => reject(new Error(`The sandbox ended: ${output}`)));
  });
  const url = await ready;
  return {
    url,
    output: () => output,
    botPid: () => Number(/The bot is process (\d+)/.exec(output)?.[1]),
    process: child,
    async end() {
      if (child.exitCode !== null) return child.exitCode;
      child.kill('SIGINT');
      await once(child, 'exit');
      return child.exitCode;
    },
  };
}
