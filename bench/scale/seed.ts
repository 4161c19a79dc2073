import { createSession } from '../../src/recording/create-session.ts';
import type { Session } from '../../src/recording/session.ts';
import { openStore } from '../../src/store/open-store.ts';
import { qps, type ScaleWorld, type Task } from './world.ts';

const hour = 3_600_000;
const settings = {
  defaultDuration: 2 * hour,
  maxDuration: 8 * hour,
  maxIdleTime: 30 * 24 * hour,
  limitsOf: () => ({ qps, maxConcurrent: 100_000 }),
};
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** When a recording is looked at next, and when it is stopped. Milliseconds since the epoch. */
export interface Times {
  nextAt: number;
  stopAt: number;
}

/** Writes a recording that runs for each of the tasks into a new SQLite file, by the bot's own store. */
export async function seed(
  file: string,
  world: ScaleWorld,
  tasks: readonly Task[],
  timesOf: (n: number) => Times,
): Promise<void> {
  const store = await openStore(`sqlite:${file}`, { now: Date.now, log: quiet });
  const began = Date.now() - 60_000;
  for (const [n, task] of tasks.entries()) {
    const { nextAt, stopAt } = timesOf(n);
    await store.create(running(task, began, world.slackChannel(n), nextAt, stopAt));
  }
  await store.close();
}

/** As the bot leaves it once Agora's query has proved it and people have been told. */
function running(task: Task, began: number, channel: string, nextAt: number, stopAt: number): Session {
  const { id, channelName, resourceId, sid } = task;
  const request = { channelName, duration: stopAt - began, team: 'T0SANDBOX', channel, by: 'U0ANA' };
  const s = createSession(request, id, began, settings);
  return {
    ...s,
    state: 'recording',
    resourceId,
    acquiredAt: began,
    sid,
    startedAt: began,
    recordingSince: began,
    // Who is warned, and when, is not what is measured.
    warnAt: null,
    nextAt,
    outbox: [],
  };
}
