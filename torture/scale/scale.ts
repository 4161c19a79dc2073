import { figuresOf, misses } from '../../bench/scale/figures.ts';
import { type Measured, measure, measureEmpty } from '../../bench/scale/measure.ts';
import { fullPlan, smallPlan } from '../../bench/scale/plans.ts';
import { qps } from '../../bench/scale/world.ts';
import type { Proof } from '../proof.ts';

/** Thousands of recordings in one process, killed and started again among them. */
export const scale: Proof = {
  title: 'Ten thousand recordings in one process',
  promise:
    'With Agora\u2019s quota lifted one process looks after 10,000 recordings: no stop is missed, early, or more than 2 s late (a burst takes what the rate wants besides), a sweep with nothing due takes less than 5 ms, a recording takes less than 3 KB of heap, and after kill -9 it is ready within 2 s. Cost follows what is due and not what there is.',
  async run({ scale }) {
    const plans = scale === 'long' ? [fullPlan(1_000), fullPlan(10_000)] : [smallPlan];
    const timed = scale === 'long';
    const empty = await measureEmpty(timed ? 5 : 1);
    const all: Measured[] = [];
    for (const plan of plans) all.push(await measure(plan, () => undefined));
    const [first, last] = [plans[0]?.live ?? 0, plans.at(-1)?.live ?? 0];
    const named = timed ? `${last} recordings, and the ratio to ${first}` : `${last} recordings`;
    const figures = figuresOf(all, empty).map(({ what, values, ratio }): [string, string | number] => {
      const value = values.at(-1) ?? Number.NaN;
      const shown = value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 3 : 0 });
      return [what, timed && Number.isFinite(ratio) ? `${shown} (${ratio.toFixed(2)})` : shown];
    });
    return {
      figures: [['measured with', named], ['calls a second that Agora grants', qps], ...figures],
      violations: all.flatMap((m) => misses(m, empty, timed)),
    };
  },
};
