import fc from 'fast-check';
import type { Evidence } from '../proof.ts';

export interface Amount {
  /** How many inputs are made. */
  runs: number;
  seed: number;
}

/** What one kind of input was put through. */
export type Fuzz = (how: Amount) => Promise<Evidence>;

/**
 * Tries a property on many inputs. The property throws, or gives one sentence, where the promise does not hold; an error that nobody caught
 * counts too. The violation names the smallest such input, and the seed.
 */
export async function tryAll<Input>(
  what: string,
  inputs: fc.Arbitrary<Input>,
  { runs, seed, shrink = true }: Amount & { shrink?: boolean },
  property: (input: Input) => Promise<string | undefined> | string | undefined,
): Promise<Evidence> {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);
  process.on('unhandledRejection', note);
  process.on('uncaughtExceptionMonitor', note);
  try {
    const checked = fc.asyncProperty(inputs, async (input) => {
      const wrong = await property(input);
      if (wrong !== undefined) throw new Error(wrong);
      if (uncaught.length > 0) throw new Error(`nobody caught: ${String(uncaught.pop())}`);
    });
    const details = await fc.check(checked, { numRuns: runs, seed, endOnFailure: !shrink });
    const figures: Evidence['figures'] = [[what, details.numRuns]];
    const said = details.errorInstance instanceof Error ? details.errorInstance.message : '';
    return { figures, violations: details.failed ? [`${what}: ${said} ${fc.defaultReportMessage(details)}`] : [] };
  } finally {
    process.off('unhandledRejection', note);
    process.off('uncaughtExceptionMonitor', note);
  }
}

/** The same with so many inputs at a time, for what is slow to be answered; too slow to look for the smallest one. */
export async function tryInBatches<Input>(
  what: string,
  inputs: fc.Arbitrary<Input>,
  { runs, seed }: Amount,
  size: number,
  property: (input: Input) => Promise<string | undefined>,
): Promise<Evidence> {
  const batches = fc.array(inputs, { minLength: size, maxLength: size, size: 'max' });
  const tried = await tryAll(what, batches, { runs: Math.ceil(runs / size), seed, shrink: false }, async (batch) => {
    const all = await Promise.all(batch.map(async (input) => ({ input, wrong: await property(input) })));
    const bad = all.find((one) => one.wrong !== undefined);
    return bad && `${bad.wrong}, for ${JSON.stringify(bad.input)}`;
  });
  return { ...tried, figures: tried.figures.map(([name, n]) => [name, Number(n) * size]) };
}

export function together(all: readonly Evidence[]): Evidence {
  return { figures: all.flatMap((e) => e.figures), violations: all.flatMap((e) => e.violations) };
}
