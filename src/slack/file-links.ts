import type { Session } from '../recording/session.ts';

/** How a file can be reached. */
export interface FileLink {
  /** Where it lies; opens only for those who may read the bucket. */
  location: string;
  /** A signed link that opens it for anybody who has it, until `until`. */
  open?: string;
  /** The same as a download under a sensible name. */
  download?: string;
  /** The bot's own player, for lists. */
  watch?: string;
  /** The vendor's console. */
  console?: string;
  /** Milliseconds since the epoch. */
  until: number;
}

export interface FileLinks {
  /** Links to files of a recording, by object key. Never fails: what cannot be signed has its location alone. */
  of(s: Session, names: readonly string[]): Promise<Map<string, FileLink>>;
  /** Only where they lie, which is signed by nobody and so costs nothing however many there are. Never fails. */
  places(s: Session, names: readonly string[]): Promise<Map<string, string>>;
}
