import { type Logger, schedule } from 'node-cron';
import type { Log } from '../recording/ports.ts';

export interface Heartbeat {
  start(): void;
  /** No beat begins after this; resolves when the one under way is done. */
  stop(): Promise<void>;
  /** When a beat last ended well, ms since the epoch; undefined before the first. */
  lastBeat(): number | undefined;
}

/** Milliseconds. */
const auditEvery = 60_000;

/**
 * One cron job, every second, never two at a time. It only asks "what is due now?": node-cron does not replay missed slots, so a slot that
 * a busy process slept through must not be where a deadline lived. Once a minute it audits, and says so to whoever watches from outside.
 */
export function createHeartbeat(parts: {
  tick: () => Promise<void>;
  /** Looks whether every recording is looked after. True: all is well. */
  audit: () => Promise<boolean>;
  /** Tells the outside that all is well. */
  report: () => Promise<void>;
  now: () => number;
  log: Log;
}): Heartbeat {
  const { tick, audit, report, now, log } = parts;
  let last: number | undefined;
  let audited = -Infinity;
  let beating: Promise<void> = Promise.resolve();
  const beat = async () => {
    try {
      await tick();
      last = now();
      if (now() - audited < auditEvery) return;
      audited = now();
      // Not waited for: the outside must not hold up the next beat.
      if (await audit()) void report();
    } catch (error) {
      log.error({ err: error }, 'A heartbeat failed; the next one tries again');
    }
  };
  let task: ReturnType<typeof schedule> | undefined;
  return {
    start() {
      task ??= schedule(
        '* * * * * *',
        () => {
          beating = beat();
          return beating;
        },
        { name: 'heartbeat', noOverlap: true, logger: cronLogger(log) },
      );
    },
    async stop() {
      await task?.destroy();
      task = undefined;
      await beating;
    },
    lastBeat: () => last,
  };
}

/** What node-cron has to say goes into the bot's own log, where operators look. */
function cronLogger(log: Log): Logger {
  return {
    info: (message) => log.debug({ part: 'cron' }, message),
    debug: (message) => log.debug({ part: 'cron' }, String(message)),
    warn: (message) => log.warn({ part: 'cron' }, message),
    error: (message, err) => log.error({ part: 'cron', err: err ?? message }, 'node-cron failed'),
  };
}
