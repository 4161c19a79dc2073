/** One of the proofs of reliability: it makes faults, counts what they did, and says whether the promise held. */
export interface Proof {
  /** As it stands in docs/reliability.md. */
  title: string;
  /** What is promised, one sentence. */
  promise: string;
  /** True: what it counts in several runs, with other seeds, may be added up. Such a proof may take longer than one sitting. */
  addsUp?: boolean;
  /** `bounded` is what `npm test` has time for; `long` is what `npm run torture` runs. `minutes`: one that adds up ends after so long. */
  run(how: { scale: 'bounded' | 'long'; seed?: number; minutes?: number | undefined }): Promise<Evidence>;
}

export interface Evidence {
  /** What was counted, in the order in which it is printed: `['crash points', 412]`. */
  figures: readonly (readonly [what: string, value: number | string])[];
  /** One sentence for each time the promise did not hold, with what it takes to see it again. Empty: it held. */
  violations: readonly string[];
}
