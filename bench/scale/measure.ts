import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { healthInterval } from '../../src/recording/limits.ts';
import { spawnBot } from './bot-process.ts';
import { seed, type Times } from './seed.ts';
import { createScaleWorld, qps, type ScaleWorld, type Task } from './world.ts';

const second = 1_000;
const far = 6 * 3_600 * second;
/** Stops that nobody has sent by then are missed. Milliseconds. */
const patience = 60 * second;

/** How much is measured. */
export interface Plan {
  /** Recordings that run. */
  live: number;
  /** Whose stop is due while the process is dead. */
  overdue: number;
  /** Whose stop is due in `restartWindow` ms from 5 s after the restart on, when all health checks are overdue too. */
  afterRestart: number;
  restartWindow: number;
  /** Whose stops are spread over `spreadOver` ms, and then so many in one second. */
  spread: number;
  burst: number;
  spreadOver: number;
  /** So long nothing is asked but how the recordings stand, ms. */
  healthOnly: number;
  sweeps: number;
  /** `kill -9` and start again, so often. */
  restarts: number;
}

/** What was seen. Times are milliseconds, sizes bytes. */
export interface Measured {
  plan: Plan;
  heap: number;
  sweeps: number[];
  audit: { ms: number; cpu: number; stall: number };
  /** From the start of the process after `kill -9`, and what it took of the processor; NaN where the system does not tell. */
  ready: number[];
  readyCpu: number[];
  firstOverdueStop: number;
  lastOverdueStop: number;
  /** How late stops were sent, each. */
  afterRestart: number[];
  spread: number[];
  burst: number[];
  missedStops: number;
  /** While nothing but health checks was due: parts of one core, and calls a second. */
  health: { interval: number; cpu: number; calls: number; stall: number };
  /** The longest stall while stops were due as well. */
  stall: number;
}

/** Runs the bot with so many recordings, three times: at rest, killed and started again, and at work. */
export async function measure(plan: Plan, say: (line: string) => void): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'agora-recording-scale-'));
  const spare = plan.overdue + plan.afterRestart;
  const world = await createScaleWorld(plan.live + spare);
  // Those that are stopped in the first part are not there any more in the second.
  const [first, second] = [world.tasks.slice(0, plan.live), world.tasks.slice(spare)];
  try {
    say(`${plan.live} recordings: at rest`);
    const { preparing, ...rest } = await atRest(world, first, join(folder, 'rest.sqlite'), plan);
    say(`${plan.live} recordings: killed and started again`);
    const restarted = await afterKill(world, first, join(folder, 'kill.sqlite'), plan, preparing);
    say(`${plan.live} recordings: at work`);
    const work = await atWork(world, second, join(folder, 'work.sqlite'), plan, preparing);
    return { plan, ...rest, ...restarted, ...work, missedStops: restarted.missed + work.missed };
  } finally {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A bot that has nothing to record: its heap, and how long it takes to be ready. */
export async function measureEmpty(starts: number): Promise<Pick<Measured, 'heap' | 'ready' | 'readyCpu'>> {
  const folder = mkdtempSync(join(tmpdir(), 'agora-recording-scale-'));
  const world = await createScaleWorld(0);
  try {
    const env = await world.env(join(folder, 'empty.sqlite'));
    const bot = spawnBot('bench/scale/bot.ts', env);
    await bot.ready();
    await delay(3 * second);
    await bot.ask('audit');
    const heap = await bot.ask('heap');
    await bot.kill();
    const ready: number[] = [];
    const readyCpu: number[] = [];
    // The first one only fills the compile cache.
    for (let n = 0; n <= starts; n++) {
      const started = spawnBot('src/main.ts', env);
      const ms = await started.ready();
      if (n > 0) ready.push(ms);
      if (n > 0) readyCpu.push(started.cpu());
      await started.kill();
    }
    return { heap, ready, readyCpu };
  } finally {
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function atRest(world: ScaleWorld, tasks: Task[], file: string, plan: Plan) {
  const began = Date.now();
  // As far ahead as a next look is ever planned, and past all that is measured.
  const nextAt = began + 9 * 60 * second;
  await seed(file, world, tasks, () => ({ nextAt, stopAt: began + far }));
  const bot = spawnBot('bench/scale/bot.ts', await world.env(file));
  try {
    await bot.ready();
    const preparing = Date.now() - began;
    await delay(3 * second);
    const audit = await bot.ask('audit');
    const heap = await bot.ask('heap');
    return { preparing, heap, audit, sweeps: await bot.ask('sweeps', plan.sweeps) };
  } finally {
    await bot.kill();
  }
}

async function afterKill(world: ScaleWorld, tasks: Task[], file: string, plan: Plan, preparing: number) {
  const down = 5 * second;
  const { restartWindow: window } = plan;
  // Written, started and killed before the first of them is due.
  const due = Date.now() + 2 * preparing + 3 * second;
  const stopAts = new Map<string, number>();
  await seed(file, world, tasks, (n) => {
    const nextAt = due + (n / tasks.length) * down;
    if (n < plan.overdue) return stopping(stopAts, tasks[n], { nextAt, stopAt: due + (n / plan.overdue) * down });
    const late = n - plan.overdue;
    if (late >= plan.afterRestart) return { nextAt, stopAt: due + far };
    return stopping(stopAts, tasks[n], { nextAt, stopAt: due + 2 * down + (late / plan.afterRestart) * window });
  });
  const env = await world.env(file);
  let bot = spawnBot('src/main.ts', env);
  try {
    await bot.ready();
    await waitUntil(due - second / 2);
    await bot.kill();
    const overdue = tasks.slice(0, plan.overdue);
    const later = tasks.slice(plan.overdue, plan.overdue + plan.afterRestart);
    world.fill(overdue.concat(later));
    await waitUntil(due + down);

    bot = spawnBot('src/main.ts', env);
    const started = Date.now() - bot.age();
    const ready = [await bot.ready()];
    const readyCpu = [bot.cpu()];
    const missedOverdue = await arrived(world, overdue);
    const moments = overdue.flatMap((t) => world.stops.get(t.sid) ?? []);
    const missedLater = await arrived(world, later, due + 2 * down + window);
    for (let n = 1; n < plan.restarts; n++) {
      await bot.kill();
      bot = spawnBot('src/main.ts', env);
      ready.push(await bot.ready());
      readyCpu.push(bot.cpu());
    }
    return {
      ready,
      readyCpu,
      firstOverdueStop: Math.min(...moments) - started,
      lastOverdueStop: Math.max(...moments) - started,
      afterRestart: lateness(world, stopAts, later),
      missed: missedOverdue + missedLater,
    };
  } finally {
    await bot.kill();
  }
}

async function atWork(world: ScaleWorld, tasks: Task[], file: string, plan: Plan, preparing: number) {
  const interval = healthInterval(plan.live, qps);
  const warmUp = 10 * second;
  const begin = Date.now() + 2 * preparing + 2 * second;
  const stopsFrom = begin + warmUp + plan.healthOnly;
  const burstAt = stopsFrom + plan.spreadOver + 3 * second;
  const stopAts = new Map<string, number>();
  await seed(file, world, tasks, (n) => {
    const nextAt = begin + (n / tasks.length) * interval;
    // Spread over all, so that a stop meets health checks of any age.
    const place = (n * 7_919) % tasks.length;
    if (place < plan.spread) {
      return stopping(stopAts, tasks[n], { nextAt, stopAt: stopsFrom + (place / plan.spread) * plan.spreadOver });
    }
    const late = place - plan.spread;
    if (late >= plan.burst) return { nextAt, stopAt: begin + far };
    return stopping(stopAts, tasks[n], { nextAt, stopAt: burstAt + (late / plan.burst) * second });
  });
  const bot = spawnBot('bench/scale/bot.ts', await world.env(file));
  try {
    await bot.ready();
    const inPlace = (t: Task) => (stopAts.get(t.sid) ?? 0) < burstAt;
    const stopped = tasks.filter((t) => stopAts.has(t.sid));
    const [spread, burst] = [stopped.filter(inPlace), stopped.filter((t) => !inPlace(t))];
    await waitUntil(begin + warmUp);
    const [before, callsBefore] = [await bot.ask('load'), world.calls()];
    await waitUntil(stopsFrom - 2 * second);
    const [after, callsAfter] = [await bot.ask('load'), world.calls()];
    world.fill(stopped);
    const missed = (await arrived(world, spread, burstAt)) + (await arrived(world, burst, burstAt + second));
    const { stall } = await bot.ask('load');
    const seconds = (after.at - before.at) / second;
    return {
      spread: lateness(world, stopAts, spread),
      burst: lateness(world, stopAts, burst),
      missed,
      stall,
      health: {
        interval,
        cpu: (after.cpu - before.cpu) / (after.at - before.at),
        calls: (callsAfter.query - callsBefore.query) / seconds,
        stall: after.stall,
      },
    };
  } finally {
    await bot.kill();
  }
}

/** The machine is busy with something else. */
const tooSlow = 'It took so long to prepare that the time was over; try again when the machine has less to do';

async function waitUntil(at: number): Promise<void> {
  if (Date.now() > at) throw new Error(tooSlow);
  await delay(at - Date.now());
}

/** Remembers when that task is to be stopped. */
function stopping(stopAts: Map<string, number>, task: Task | undefined, times: Times): Times {
  if (task) stopAts.set(task.sid, times.stopAt);
  return times;
}

/** Waits until Agora was asked to stop all of these; how many it never was, so long after the last was due. */
async function arrived(world: ScaleWorld, tasks: readonly Task[], lastDue = Date.now()): Promise<number> {
  const missing = () => tasks.filter((t) => !world.stops.has(t.sid)).length;
  while (missing() > 0 && Date.now() < lastDue + patience) await delay(50);
  return missing();
}

function lateness(world: ScaleWorld, stopAts: ReadonlyMap<string, number>, tasks: readonly Task[]): number[] {
  return tasks.flatMap((t) => {
    const [at, due] = [world.stops.get(t.sid), stopAts.get(t.sid)];
    return at === undefined || due === undefined ? [] : [at - due];
  });
}
