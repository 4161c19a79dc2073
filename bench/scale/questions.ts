/** What the bench asks the bot's process, and what it hears. Times are milliseconds. */
export interface Answers {
  /** Bytes in use after collecting what is not. */
  heap: number;
  /** How long so many sweeps took, one after the other. */
  sweeps: number[];
  /** One audit: from its begin to its end, processor time, and the longest time in which nothing else could happen. */
  audit: { ms: number; cpu: number; stall: number };
  /** Processor time since the start, and the longest stall since this was asked last. */
  load: { at: number; cpu: number; stall: number };
}

export type Question = keyof Answers;
