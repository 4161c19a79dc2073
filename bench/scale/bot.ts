import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { startBot } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLog, hideSecrets } from '../../src/log.ts';
import type { Answers, Question } from './questions.ts';

/** The bot as src/main.ts composes it, and beside it somebody who answers what can be asked only from within its process. */
const read = readConfig(process.env);
if (!read.ok) throw new Error(read.problems.join('\n'));
const bot = await startBot(read.config, {
  log: createLog(read.config.LOG_LEVEL, hideSecrets([])),
  env: (name) => process.env[name],
});

/** Milliseconds. */
const resolution = 5;
const delays = monitorEventLoopDelay({ resolution });
delays.enable();

const answers: { [Q in Question]: (n: number) => Promise<Answers[Q]> } = {
  async heap() {
    let least = Infinity;
    for (let i = 0; i < 4; i++) {
      globalThis.gc?.();
      await delay(20);
      least = Math.min(least, process.memoryUsage().heapUsed);
    }
    return least;
  },
  async sweeps(n) {
    const times: number[] = [];
    for (let i = 0; i < n; i++) {
      const started = performance.now();
      await bot.recordings.tick();
      times.push(performance.now() - started);
      await delay(5);
    }
    return times;
  },
  async audit() {
    delays.reset();
    const cpu = process.cpuUsage();
    const started = performance.now();
    await bot.recordings.audit();
    await bot.recordings.survey();
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    // What blocked it is seen once it goes on.
    await delay(4 * resolution);
    await turn();
    return { ms, cpu: (user + system) / 1000, stall: longest() };
  },
  async load() {
    const { user, system } = process.cpuUsage();
    const stall = longest();
    delays.reset();
    return { at: performance.now(), cpu: (user + system) / 1000, stall };
  },
};

/** The longest time in which nothing else could happen, ms. */
function longest(): number {
  return Math.max(0, delays.max / 1e6 - resolution);
}

process.on('message', async ({ question, n }: { question: Question; n: number }) => {
  process.send?.(await answers[question](n));
});
process.on('disconnect', () => process.exit(0));
