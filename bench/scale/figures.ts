import { median, percentile } from '../ratio.ts';
import type { Measured } from './measure.ts';
import { qps } from './world.ts';

/** One line: what it is, for how many recordings, and how it grows. */
export interface Figure {
  what: string;
  values: number[];
  /** The last to the first. */
  ratio: number;
}

type Empty = Pick<Measured, 'heap' | 'ready' | 'readyCpu'>;

/** What is promised of one process. */
export const goals = {
  /** Bytes. */
  heap: 3 * 1024,
  /** Milliseconds, of 99 in 100. */
  sweep: 5,
  late: 2_000,
  ready: 2_000,
  /** A stop before its time is none of the clock's doing from here on. */
  early: 5,
} as const;

/** A burst takes as long as Agora's rate wants. Milliseconds. */
const burstTime = (m: Measured) => (m.plan.burst / qps) * 1_000;
const heapOf = (m: Measured, empty: Empty) => (m.heap - empty.heap) / m.plan.live;
const allLate = (m: Measured) => [...m.spread, ...m.afterRestart, ...m.burst];

/** What was measured, for each number of recordings beside the others. */
export function figuresOf(all: readonly Measured[], empty: Empty): Figure[] {
  const figure = (what: string, of: (m: Measured) => number): Figure => {
    const values = all.map(of);
    return { what, values, ratio: (values.at(-1) ?? Number.NaN) / (values[0] ?? Number.NaN) };
  };
  const added = (m: Measured) => median(m.readyCpu) - median(empty.readyCpu);
  return [
    figure('heap for each recording, bytes', (m) => heapOf(m, empty)),
    figure('a quiet sweep, median, ms', (m) => median(m.sweeps)),
    figure('a quiet sweep, 99 in 100, ms', (m) => percentile(m.sweeps, 0.99)),
    figure('a quiet sweep, worst, ms', (m) => Math.max(...m.sweeps)),
    figure('stops spread over a minute, late by, median, ms', (m) => median(m.spread)),
    figure('stops spread over a minute, late by, 99 in 100, ms', (m) => percentile(m.spread, 0.99)),
    figure('stops spread over a minute, late by, worst, ms', (m) => Math.max(...m.spread)),
    figure('stops of one second, late by, median, ms', (m) => median(m.burst)),
    figure('stops of one second, late by, worst, ms', (m) => Math.max(...m.burst)),
    figure('stops right after a restart, late by, median, ms', (m) => median(m.afterRestart)),
    figure('stops right after a restart, late by, worst, ms', (m) => Math.max(...m.afterRestart)),
    figure('stops that came too early', (m) => allLate(m).filter((ms) => ms < -goals.early).length),
    figure('stops that never came', (m) => m.missedStops),
    figure('kill -9, start to ready, median, ms', (m) => median(m.ready)),
    figure('kill -9, start to the first overdue stop, ms', (m) => m.firstOverdueStop),
    figure('kill -9, start to the last overdue stop, ms', (m) => m.lastOverdueStop),
    figure('processor time to ready, median, ms', (m) => median(m.readyCpu)),
    figure('the same, more than without recordings, ms', added),
    figure('time between health checks of a recording, s', (m) => m.health.interval / 1_000),
    figure('health checks a second', (m) => m.health.calls),
    figure('processor share of health checks alone, % of a core', (m) => m.health.cpu * 100),
    figure('processor time of a health check, ms', (m) => (m.health.cpu / m.health.calls) * 1_000),
    figure('longest stall while health checks alone are due, ms', (m) => m.health.stall),
    figure('longest stall while stops are due as well, ms', (m) => m.stall),
    figure('an audit of all, processor time, ms', (m) => m.audit.cpu),
    figure('an audit of all, longest stall, ms', (m) => m.audit.stall),
  ];
}

/** One sentence for each goal that was not met. `timed`: also those that depend on the machine. */
export function misses(m: Measured, empty: Empty, timed: boolean): string[] {
  const found: string[] = [];
  const goal = (what: string, value: number, most: number) => {
    if (!(value <= most)) found.push(`${m.plan.live} recordings: ${what} ${value.toFixed(1)}, wanted at most ${most}`);
  };
  goal('stops that never came', m.missedStops, 0);
  goal('stops that came too early', allLate(m).filter((ms) => ms < -goals.early).length, 0);
  if (!timed) return found;
  goal('heap for each recording, bytes', heapOf(m, empty), goals.heap);
  goal('a quiet sweep, 99 in 100, ms', percentile(m.sweeps, 0.99), goals.sweep);
  goal('the latest stop of a minute, ms', Math.max(...m.spread), goals.late);
  goal('the latest stop of a burst, ms', Math.max(...m.burst), goals.late + burstTime(m));
  goal('the latest stop after a restart, ms', Math.max(...m.afterRestart), goals.late);
  goal('ready after kill -9, median, ms', median(m.ready), goals.ready);
  goal('the first overdue stop after the start, ms', m.firstOverdueStop, goals.ready);
  return found;
}
