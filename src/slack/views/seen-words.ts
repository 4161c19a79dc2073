import { type FileReport, type RecordedFile, wasSeen } from '../../recording/recorded-files.ts';
import type { Session } from '../../recording/session.ts';
import { join, type Mrkdwn, mrkdwn } from '../mrkdwn.ts';

/** What of a recording was not looked at, in one or two sentences; undefined when all of it was. */
export function notLookedAt(report: FileReport | undefined): Mrkdwn | undefined {
  const words: Mrkdwn[] = [];
  if (report?.sample) {
    const { looked, slices } = report.sample;
    words.push(mrkdwn`I have looked at ${looked} of ${slices} slices, evenly spread, and all of these are there.`);
  }
  const others = moreWords(report);
  if (others) words.push(others);
  return words.length === 0 ? undefined : join(words, ' ');
}

/** The same of files that a message names: some may have been named after the bucket was looked into. */
export function unseenWords(report: FileReport, files: readonly RecordedFile[]): Mrkdwn | undefined {
  const count = files.filter((f) => !wasSeen(report, f.name)).length;
  const said = notLookedAt(report);
  const late =
    count === 0
      ? []
      : [
          mrkdwn`${count} of them ${count === 1 ? mrkdwn`was` : mrkdwn`were`} named later, and I have not seen ${count === 1 ? mrkdwn`it` : mrkdwn`them`} there.`,
        ];
  const words = [...late, ...(said ? [said] : [])];
  return words.length === 0 ? undefined : join(words, ' ');
}

/** That there are more files than are named, in one sentence; undefined when there are none. */
export function moreWords(report: FileReport | undefined): Mrkdwn | undefined {
  if (!report?.more) return undefined;
  // Where the bucket could be listed and not read, nobody has looked at those that are named either.
  const looked = report.verdict === 'ready' || report.verdict === 'missing';
  const left = looked ? mrkdwn`, and I have not looked at the others` : mrkdwn``;
  return mrkdwn`There are more files than these, too many to name them: those that come first in the bucket are named${left}.`;
}

/** Everything of every part was looked at. */
export function areAllSeen(parts: readonly Session[]): boolean {
  return parts.every((p) => notLookedAt(p.report) === undefined);
}
