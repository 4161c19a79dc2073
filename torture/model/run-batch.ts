import fc from 'fast-check';
import { history } from './history.ts';
import type { Operation } from './operation.ts';
import { play } from './play.ts';

/** So many histories made from one seed. */
export interface Batch {
  seed: number;
  histories: number;
  /** How long a history that broke a promise may be made shorter, ms; none: it is told as it is. */
  shrinkFor?: number;
}

export interface BatchResult {
  histories: number;
  operations: number;
  faults: number;
  recordings: number;
  /** The first history that broke a promise. */
  broken?: { what: string; seed: number; path: string; operations: readonly Operation[] };
}

/** Plays the histories of a batch, up to the first that breaks a promise. */
export async function runBatch({ seed, histories, shrinkFor }: Batch): Promise<BatchResult> {
  const result: BatchResult = { histories: 0, operations: 0, faults: 0, recordings: 0 };
  const property = fc.asyncProperty(history, async (ops) => {
    const played = await play(ops);
    result.histories += 1;
    result.operations += played.operations;
    result.faults += played.faults;
    result.recordings += played.recordings;
    if (played.broken.length > 0) throw new Error(played.broken.join('; '));
  });
  let found = await fc.check(property, { seed, numRuns: histories, endOnFailure: true });
  if (!found.failed) return result;
  const { counterexamplePath } = found;
  if (shrinkFor !== undefined && counterexamplePath !== null) {
    const shorter = await fc.check(property, { seed, path: counterexamplePath, interruptAfterTimeLimit: shrinkFor });
    if (shorter.failed) found = shorter;
  }
  const [operations = []] = found.counterexample ?? [];
  const what = found.errorInstance instanceof Error ? found.errorInstance.message : String(found.errorInstance);
  return { ...result, broken: { what, seed, path: found.counterexamplePath ?? '', operations } };
}
