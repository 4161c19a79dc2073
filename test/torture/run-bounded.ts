import type { Evidence, Proof } from '../../torture/proof.ts';

/** Runs as much of a proof as `npm test` has time for, and prints what it counted. */
export async function runBounded(proof: Proof, seed?: number): Promise<Evidence> {
  const evidence = await proof.run({ scale: 'bounded', ...(seed === undefined ? {} : { seed }) });
  console.log([proof.title, ...evidence.figures.map(([what, value]) => `  ${what}: ${value}`)].join('\n'));
  return evidence;
}
