import type { LedgerEntry } from '../../sandbox/agora/billing.ts';

export interface Wanted {
  name: string;
  /**
   * When it was asked for, each time that a bot can have heard it, oldest first; ms since the epoch. An answer may be lost or late, so any of
   * these may be the one that was accepted.
   */
  asks: readonly number[];
}

/** How the stop of one recording is judged. Milliseconds. */
export interface Measure {
  length: number;
  /** A stop may be so late. */
  lateness: number;
  now: number;
}

/** A stop so much before its time is early: clocks are set by one another no better than this. Milliseconds. */
const early = 5_000;

/**
 * What Agora's ledger says of one recording against what was wanted: a sentence for each wrong, and how late its latest stop was, ms. It may end by
 * the first ask at the earliest, and by the last one before it began at the latest: what was asked after that cannot be what began it.
 */
export function judgeRecording({ name, asks }: Wanted, tasks: readonly LedgerEntry[], measure: Measure) {
  const { length, lateness, now } = measure;
  const violations: string[] = [];
  let latest = 0;
  if (tasks.length === 0) violations.push(`${name} was accepted, and nothing was recorded`);
  const began = Math.min(...tasks.map((t) => t.startedAt));
  const first = Math.min(...asks);
  const last = Math.max(first, ...asks.filter((at) => at <= began));
  for (const t of tasks) {
    if (t.endedAt === undefined) violations.push(`${name}: ${t.sid} still runs and bills`);
    const late = (t.endedAt ?? now) - (last + length);
    latest = Math.max(latest, late);
    if (late > lateness) violations.push(`${name} was stopped ${Math.round(late / 1000)} s late`);
  }
  const end = Math.max(...tasks.map((t) => t.endedAt ?? now));
  if (tasks.length > 0 && end < first + length - early) {
    violations.push(`${name} was stopped ${Math.round((first + length - end) / 1000)} s early`);
  }
  return { violations, latest };
}
