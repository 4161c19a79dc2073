import type { RecordedFile } from '../recorded-files.ts';
import { isEnded, type Session } from '../session.ts';
import { mergeFiles } from './merge-files.ts';
import { salvage } from './salvage.ts';

/** It is a file of an earlier task that was given up. The name of each holds the sid of its task. */
export function isEarlier({ earlierSids = [] }: Pick<Session, 'earlierSids'>, f: RecordedFile): boolean {
  return earlierSids.some((sid) => f.name.includes(sid));
}

/** Files of its present task. */
export function ownFiles(s: Pick<Session, 'files' | 'earlierSids'>): RecordedFile[] {
  return s.files.filter((f) => !isEarlier(s, f));
}

/**
 * An earlier task of it had begun all the same, and `files` of it were named. While the session goes on they are told of at its end with all others;
 * one that has ended looks for them once more when there is `news` of them.
 */
export function withEarlier(
  s: Session,
  sid: string,
  files: readonly RecordedFile[],
  news: boolean,
  now: number,
): Session {
  const { earlierSids = [] } = s;
  const known: Session = {
    ...s,
    earlierSids: earlierSids.includes(sid) ? earlierSids : [...earlierSids, sid],
    files: mergeFiles(s.files, files),
  };
  return news && isEnded(known) ? salvage(known, now) : known;
}
