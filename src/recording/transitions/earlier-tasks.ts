import type { RecordedFile } from '../recorded-files.ts';
import { isEnded, type Session } from '../session.ts';
import { mergeFiles } from './merge-files.ts';
import { salvage } from './salvage.ts';

/** Files of its present task: not those of an earlier one that was given up. The name of each holds the sid of its task. */
export function ownFiles({ files, earlierSids = [] }: Pick<Session, 'files' | 'earlierSids'>): RecordedFile[] {
  return files.filter((f) => !earlierSids.some((sid) => f.name.includes(sid)));
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
