import { join } from 'node:path';
import type { NamedTest } from './guard.ts';
import { titlePattern } from './title-pattern.ts';

/** What is read of vitest's JSON report. */
export interface VitestReport {
  testResults: {
    /** The file. */
    name: string;
    /** Why the file could not be run; empty if it could. */
    message: string;
    assertionResults: { title: string; fullName: string; status: string; failureMessages?: string[] | null }[];
  }[];
}

/** `red`: it ran, and at least one test saw that something is wrong. `unclear`: it did not run, or failed for a reason that proves nothing. */
export type Colour = 'green' | 'red' | 'unclear';

export interface Verdict {
  colour: Colour;
  /** Of red and unclear: one line on why. */
  why: string;
}

/** Failures that come of the replaced text and not of the missing mechanism, and those that only say that something took long. */
const provesNothing =
  /^(SyntaxError(?!.* is not valid JSON)|ReferenceError|RolldownError)|Cannot find (module|package)|ERR_MODULE_NOT_FOUND|Failed to (load|resolve|parse)|(Test|Hook) timed out in/;

/** Judges what vitest says of one named test, run in `folder`. */
export function judgeReport(report: VitestReport, folder: string, named: NamedTest): Verdict {
  const file = report.testResults.find((f) => f.name === join(folder, named.file));
  if (!file) return { colour: 'unclear', why: 'vitest did not run the file' };
  const ran = file.assertionResults.filter(
    (t) =>
      (t.status === 'passed' || t.status === 'failed') &&
      (named.test === undefined || new RegExp(titlePattern(named.test)).test(t.fullName)),
  );
  if (ran.length === 0) return { colour: 'unclear', why: firstLine(file.message) || 'no test of that name was run' };
  const failed = ran.filter((t) => t.status === 'failed');
  if (failed.length === 0) return { colour: 'green', why: '' };
  const reasons = failed.map((t) => firstLine(t.failureMessages?.[0] ?? ''));
  const proof = reasons.find((reason) => reason !== '' && !provesNothing.test(reason));
  return proof === undefined
    ? { colour: 'unclear', why: reasons[0] || 'no reason was given' }
    : { colour: 'red', why: proof };
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.trim() ?? '';
}
