/** Something that happens by itself at a virtual time, ms. */
export interface Moment {
  at: number;
  happen(at: number): void;
}

/** What records, in a channel or from a page, while its task is neither starting nor exiting. Times are virtual ms. */
export interface Recorder {
  /** It is in place: the first time, and again after a failover. */
  begin(at: number): void;
  /** Looks at who publishes at the moment. */
  observe(at: number): void;
  /** What happens next. `now`: the time that has really come. */
  moments(now: number): Moment[];
  /** It leaves: what was begun is kept. */
  close(at: number): void;
  /** The machine is gone, with what was being recorded. */
  lose(): void;
  /** A plain word for what it does. */
  activity(): string;
}
