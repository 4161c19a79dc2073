import { type FileReport, type RecordedFile, wasSeen } from '../../recording/recorded-files.ts';
import type { Session } from '../../recording/session.ts';
import { unseenTasks } from '../../recording/transitions/is-whole.ts';
import { join, type Mrkdwn, mrkdwn } from '../mrkdwn.ts';

/** What of a recording was not looked at, in one or two sentences; undefined when all of it was. */
export function notLookedAt(s: Session): Mrkdwn | undefined {
  const { report } = s;
  const words: Mrkdwn[] = [];
  if (report?.sample) {
    const { looked, slices } = report.sample;
    words.push(mrkdwn`I have looked at ${looked} of ${slices} slices, evenly spread, and all of these are there.`);
  }
  const others = moreWords(report);
  if (others) words.push(others);
  const earlier = earlierWords(s);
  if (earlier) words.push(earlier);
  return words.length === 0 ? undefined : join(words, ' ');
}

/** That an earlier recorder may have recorded, of which nothing was seen; undefined where there is none such. */
function earlierWords(s: Session): Mrkdwn | undefined {
  const count = s.report ? unseenTasks(s, s.report).length : 0;
  if (count === 0) return undefined;
  const looks = s.salvage ? mrkdwn`; I am still looking for it` : mrkdwn``;
  return count === 1
    ? mrkdwn`An earlier recorder of it, which was given up, may have recorded too, and I have seen no recording of that one in the bucket${looks}.`
    : mrkdwn`${count} earlier recorders of it, which were given up, may have recorded too, and I have seen no recording of those in the bucket${looks}.`;
}

/** Agora says that all is uploaded, and cannot mean what its earlier recorders wrote. */
export function isLastConfirmed({ evidence, earlierSids }: Session): boolean {
  return evidence.uploaded === 'uploaded' && earlierSids !== undefined;
}

/** The same of files that a message names: some may have been named after the bucket was looked into. */
export function unseenWords(s: Session, report: FileReport, files: readonly RecordedFile[]): Mrkdwn | undefined {
  const count = files.filter((f) => !wasSeen(report, f.name)).length;
  const said = notLookedAt(s);
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
  return parts.every((p) => notLookedAt(p) === undefined);
}
