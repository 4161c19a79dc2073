import type { FileReport, RecordedFile } from './recorded-files.ts';

/** What is looked for in a bucket. */
export interface FileSearch {
  sid: string;
  /** The object key that its list would have. */
  base: string;
  /** The object keys that are known. */
  names: readonly string[];
  /** Those that it should have, in case nobody has named them: they are asked for where the bucket cannot be listed. */
  guesses: readonly string[];
  /** How often another recorder is known to have taken over. One more is looked for: a failover may have been told to nobody. */
  takeovers: number;
  /** Copies of its own lists too, which are left while an upload fails. That takes a list of all its slices. */
  copies: boolean;
  /** Its pictures too, whose names hold the time, and which Agora lists nowhere. */
  snapshots: boolean;
}

/** What a search in a bucket brought. */
export interface FilesFound {
  /** Seen in the bucket. */
  found: RecordedFile[];
  /** Names that a recorder that took over should have written, and that the bucket said nothing of. */
  expected: RecordedFile[];
  /** There are more than were found, too many to name them. Undefined: the bucket could not be listed, so nobody can say. */
  more?: boolean;
  /** The bucket did not answer when it was to be listed, and names that nobody can guess may be there. */
  unlisted?: true;
}

/** Looks into a bucket. */
export interface FileCheck {
  /**
   * What of these files is there: each one's size, and of lists every slice. `storage`: its name; `default` is the environment's. Never throws:
   * what cannot be found out is said in the report.
   */
  inspect(storage: string, names: readonly string[]): Promise<FileReport>;
  /**
   * Lists and films of a recording that Agora did not name: those of recorders that took over, and copies that were left while the upload failed.
   * Never throws.
   */
  search(storage: string, r: FileSearch): Promise<FilesFound>;
}
