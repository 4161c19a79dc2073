import { limits } from '../limits.ts';
import type { Note } from '../messages.ts';
import { oweNote } from '../owe.ts';
import type { Session } from '../session.ts';

/** Tells the thread what files there are, and who says so. `again`: it was told before. */
export function oweFiles<S extends Session>(
  s: S,
  proof: Extract<Note, { type: 'files' }>['proof'],
  now: number,
  again?: 'again',
): S {
  const note = { type: 'files' as const, files: s.files, proof, ...(again ? { again: true as const } : {}) };
  return oweList(oweNote(s, now, note), now);
}

/** Of more files than a message surely holds the whole list is sent as a file: many, with long names, or with the long links of temporary keys. */
function oweList<S extends Session>(s: S, now: number): S {
  const { length } = s.files;
  const letters = s.files.reduce((sum, f) => sum + f.name.length, 0);
  const isLong =
    length > limits.filesInMessage ||
    letters > limits.namesInMessage ||
    // Each is shown with its name twice, beside and in its link, which is signed.
    length * limits.signedLink + 3 * letters > limits.lettersInMessage ||
    (s.credentials && length > 2);
  return isLong ? oweNote(s, now, { type: 'file_list' }) : s;
}
