import { type Logger, schedule } from 'node-cron';
import type { Log } from '../recording/ports.ts';

export interface Heartbeat {
  start(): void;
  /** No beat begins after this; resolves when the one under way is done, and the audit with it. */
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
  let auditing: Promise<void> | undefined;
  const beat = async () => {
    try {
      await tick();
      last = now();
      const since = now() - audited;
      // A clock that was set back does not put it off.
      if (auditing || (since >= 0 && since < auditEvery)) return;
      audited = now();
      // Not waited for: looking at thousands takes longer than a second may, and the next beat has stops to make.
      auditing = look().finally(() => {
        auditing = undefined;
      });
    } catch (error) {
      log.error({ err: error }, 'A heartbeat failed; the next one tries again');
    }
  };
  const look = async () => {
    try {
      // Nor is the outside waited for.
      if (await audit()) void report();
    } catch (error) {
      log.error({ err: error }, 'An audit failed; the next one looks anew');
    }
  };
  let task: ReturnType<typeof schedule> | undefined;
  return {
    start() {
      if (task) return;
      const run = () => {
        beating = beat();
        return beating;
      };
      task = schedule('* * * * * *', run, { name: 'heartbeat', noOverlap: true, logger: cronLogger(log) });
      // What came due while the process was away waits for no full second.
      void run();
    },
    async stop() {
      await task?.destroy();
      task = undefined;
      await beating;
      await auditing;
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
