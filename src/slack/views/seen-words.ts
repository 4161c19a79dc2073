import type { FileReport, Session } from '../../recording/session.ts';
import { join, type Mrkdwn, mrkdwn } from '../mrkdwn.ts';

/** What of a recording was not looked at, in one or two sentences; undefined when all of it was. */
export function notLookedAt(report: FileReport | undefined): Mrkdwn | undefined {
  const words: Mrkdwn[] = [];
  if (report?.sample) {
    const { looked, slices } = report.sample;
    words.push(mrkdwn`I have looked at ${looked} of ${slices} slices, evenly spread, and all of these are there.`);
  }
  if (report?.more) {
    words.push(mrkdwn`There are more files than these, too many to name them; I have not looked at the others.`);
  }
  return words.length === 0 ? undefined : join(words, ' ');
}

/** Everything of every part was looked at. */
export function areAllSeen(parts: readonly Session[]): boolean {
  return parts.every((p) => notLookedAt(p.report) === undefined);
}
