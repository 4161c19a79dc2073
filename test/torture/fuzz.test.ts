import { expect, test } from 'vitest';
import { fuzzes } from '../../torture/fuzz/fuzz.ts';

/** Each kind of input, with always the same ones; `npm run torture` makes new ones and more. */
test.each(fuzzes)('%s', { timeout: 60_000 }, async (_what, fuzz, runs) => {
  const { figures, violations } = await fuzz({ runs, seed: 1 });
  expect(violations).toEqual([]);
  for (const [what, count] of figures) console.log(`${what}: ${count}`);
});
