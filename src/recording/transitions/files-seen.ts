import type { FileReport, RecordedFile } from '../recorded-files.ts';
import { mergeFiles } from './merge-files.ts';

/** True when nothing has come to the bucket since it was looked into before. */
export function isStill(before: FileReport | undefined, report: FileReport): boolean {
  return before?.verdict === report.verdict && JSON.stringify(before.files) === JSON.stringify(report.files);
}

/**
 * The files of a recording after its bucket was looked into. `names`: what was looked for. What was only expected is no more than expected until it
 * was seen, and a copy of a list of which another copy is longer is no file.
 */
export function filesSeen(
  known: readonly RecordedFile[],
  report: FileReport,
  names: readonly RecordedFile[],
): RecordedFile[] {
  const there = new Set(report.files.map((f) => f.name));
  const worse = new Set(report.superseded ?? []);
  // What was expected before is expected anew, or not any more.
  return mergeFiles(
    known.filter((f) => !f.expected),
    names,
  )
    .filter((f) => !worse.has(f.name))
    .map(({ expected, ...f }) => (expected && !there.has(f.name) ? { ...f, expected } : f));
}
