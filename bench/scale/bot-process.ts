import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answers, Question } from './questions.ts';

const root = join(import.meta.dirname, '../..');
/** As `npm start` has them. */
const flags = ['--single-threaded', '--max-semi-space-size=1'];
/** A start that takes longer has failed. Milliseconds. */
const patience = 120_000;

export interface BotProcess {
  /** Milliseconds from spawning to this moment. */
  age(): number;
  /** Resolves when GET /readyz answers 200; the age then. */
  ready(): Promise<number>;
  /** What it has taken of the processor so far, ms; NaN where the system does not tell. */
  cpu(): number;
  /** Of the bench's own entry only. */
  ask<Q extends Question>(question: Q, n?: number): Promise<Answers[Q]>;
  /** `kill -9`. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** `entry`: the real one, or the bench's, which answers questions. `env` names the port. */
export function spawnBot(entry: 'src/main.ts' | 'bench/scale/bot.ts', env: Record<string, string>): BotProcess {
  const started = performance.now();
  const child: ChildProcess = fork(join(root, entry), {
    cwd: root,
    env,
    execArgv: entry === 'src/main.ts' ? flags : [...flags, '--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const age = () => performance.now() - started;
  const url = `http://127.0.0.1:${env.PORT}/readyz`;
  return {
    age,
    async ready() {
      while (age() < patience) {
        const answer = await fetch(url).catch(() => undefined);
        await answer?.body?.cancel();
        if (answer?.ok) return age();
        if (child.exitCode !== null) throw new Error(`The bot ended with ${child.exitCode}`);
        await delay(10);
      }
      throw new Error('The bot did not get ready');
    },
    cpu: () => processorTime(child.pid ?? 0),
    async ask<Q extends Question>(question: Q, n = 0) {
      const heard = once(child, 'message');
      child.send({ question, n });
      const [answer] = await heard;
      return answer as Answers[Q];
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

/** Milliseconds (Linux: /proc). */
export function processorTime(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    // 100 ticks a second is Linux's user-space unit everywhere.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}
