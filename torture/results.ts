import { readFileSync, writeFileSync } from 'node:fs';
import type { Evidence } from './proof.ts';

/** What one run of one proof counted, and where and when. Nothing in it names a machine, only what kind it is. */
export interface Result {
  date: string;
  commit: string;
  machine: string;
  scale: 'bounded' | 'long';
  seed: number;
  /** How long it ran. */
  seconds: number;
  evidence: Evidence;
}

/** By a proof's name: its last run; of a proof that adds up, all that count together, the oldest first. */
export type Results = ReadonlyMap<string, readonly Result[]>;

/** The results that are kept in a file; none where there is no file. */
export function readResults(file: string): Results {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Result[]>));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
    throw error;
  }
}

export function writeResults(file: string, results: Results): void {
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(results), null, 2)}\n`);
}
