import { join } from 'node:path';
import type { Evidence, Proof } from '../proof.ts';
import { createRandom } from '../random.ts';
import { allGuards } from './all-guards.ts';
import { type Guard, promises } from './guard.ts';
import { showTest, tryWith, tryWithout } from './try-without.ts';
import { missingTests, withoutGuard } from './without-guard.ts';

const root = join(import.meta.dirname, '../..');
/** So many are really removed in the bounded run. */
const boundedPicks = 3;

/** Removes each mechanism that keeps a promise, one at a time, and looks whether the tests that are to notice do. */
export const guards: Proof = {
  title: 'Guards',
  promise:
    'Each mechanism that keeps a promise is watched by a test, which goes red when the mechanism is taken out. A guard whose removal nobody notices is none.',
  async run({ scale, seed = 1 }) {
    const unfit = new Map(allGuards.map((g) => [g, whyUnfit(g)] as const));
    const fit = allGuards.filter((g) => unfit.get(g)?.length === 0);
    const violations = [...unfit.values()].flat();
    const removed =
      scale === 'long'
        ? fit
        : pick(
            fit.filter((g) => !g.slow),
            boundedPicks,
            seed,
          );
    const before = await tryWith(
      root,
      removed.flatMap((g) => g.tests),
    );
    let red = 0;
    for (const guard of removed) {
      const broken = guard.tests.flatMap((t) => {
        const verdict = before.get(t) ?? { colour: 'unclear', why: 'it was not run' };
        return verdict.colour === 'green' ? [] : `${showTest(t)} does not pass as things are: ${verdict.why}`;
      });
      const unseen = broken.length > 0 ? broken : await tryWithout(root, guard);
      if (unseen.length === 0) red += 1;
      violations.push(...unseen.map((s) => `${guard.promise}, "${guard.name}": ${s} (seed ${seed})`));
    }
    const kept = Object.keys(promises).map((p) => `${p} ${allGuards.filter((g) => g.promise === p).length}`);
    return {
      figures: [
        ['guards', allGuards.length],
        ['of each promise', kept.join(', ')],
        ['removed', removed.length],
        ['seen red', red],
        ['tests that had to notice', new Set(removed.flatMap((g) => g.tests.map(showTest))).size],
      ],
      violations,
    } satisfies Evidence;
  },
};

/** One sentence for each reason why a guard cannot be removed for a try. */
export function whyUnfit(guard: Guard): string[] {
  const removed = withoutGuard(root, guard);
  return ['problem' in removed ? removed.problem : [], missingTests(root, guard)].flat();
}

function pick(from: readonly Guard[], many: number, seed: number): Guard[] {
  const random = createRandom(seed);
  const left = [...from];
  return Array.from({ length: Math.min(many, left.length) }, () =>
    left.splice(Math.floor(random() * left.length), 1),
  ).flat();
}
