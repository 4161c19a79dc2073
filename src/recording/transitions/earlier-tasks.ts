import type { RecordedFile } from '../recorded-files.ts';
import { recorderUid } from '../recorder-uid.ts';
import { isEnded, type Session } from '../session.ts';
import { mergeFiles } from './merge-files.ts';
import { salvage } from './salvage.ts';

/** It is a file of an earlier task that was given up. The name of each holds the sid of its task. */
export function isEarlier({ earlierSids = [] }: Pick<Session, 'earlierSids'>, f: RecordedFile): boolean {
  return earlierSids.some((sid) => f.name.includes(sid));
}

/**
 * The uid was that of a recorder of it which was given up, and whose sid nobody may have heard: of an earlier attempt, or of the last one of a recording
 * that ended before Agora had said a sid. Uids follow from the session and the attempt, so no other recording has it.
 */
export function hadUid(s: Session, uid: string): boolean {
  if (uid === s.uid) return isEnded(s) && s.sid === undefined;
  for (let attempt = 1; attempt < s.attempt; attempt++) if (uid === recorderUid(s.id, attempt)) return true;
  return false;
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
