/** What the bot promises, by the numbers that the judges of the simulation use too. */
export const promises = {
  I1: 'Every task that runs at Agora has a record that will stop it, and bills little longer than it should even if the bot never returns.',
  I2: 'Every recording ends with its files or with the reason why there are none.',
  I3: 'No stop is missed, and none comes early.',
  I4: 'Nobody is left without an alert, and nobody gets it over and over.',
  I5: 'Nothing is done by anybody who may not.',
  I6: 'What is asked for once is done once.',
  I7: 'What has ended stays so, and no older write wins.',
  I8: 'No secret leaves.',
} as const;

/** A test that is to go red without a guard: a file, as vitest is given it, and the title of one test in it, or all of its tests. */
export interface NamedTest {
  file: string;
  test?: string;
}

/** One mechanism that keeps a promise, and how to take it out of the source. */
export interface Guard {
  /** What the mechanism does. Unique. */
  name: string;
  promise: keyof typeof promises;
  /** What it keeps from happening, one sentence. */
  keeps: string;
  /** In src/ or commands/. */
  file: string;
  /** Stands in the file exactly once. */
  text: string;
  /** The smallest change that leaves a program which runs, without the mechanism. */
  instead: string;
  /** Each of them goes red without it. */
  tests: readonly NamedTest[];
  /** Takes more than a few seconds, or more than npm's packages: only the long run removes it. */
  slow?: true;
}
