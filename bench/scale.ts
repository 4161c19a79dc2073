import { figuresOf, misses } from './scale/figures.ts';
import { type Measured, measure, measureEmpty } from './scale/measure.ts';
import { fullPlan } from './scale/plans.ts';
import { qps } from './scale/world.ts';

const sizes = [1_000, 10_000];

/** What thousands of recordings cost one process, with Agora's quota lifted; most of it must not depend on how many there are. */
export async function scale(say: (line: string) => void): Promise<void> {
  say(`scale: the bot on SQLite, Agora's quota lifted to ${qps} calls a second. It takes some ten minutes`);
  const empty = await measureEmpty(5);
  const all: Measured[] = [];
  for (const live of sizes) all.push(await measure(fullPlan(live), say));
  const cell = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 3 : 0 });
  say(['recordings'.padEnd(62), ...sizes.map((n) => cell(n).padStart(9)), 'ratio'.padStart(9)].join(' '));
  for (const { what, values, ratio } of figuresOf(all, empty)) {
    const shown = Number.isFinite(ratio) ? ratio.toFixed(2) : '';
    say([what.padEnd(62), ...values.map((v) => cell(v).padStart(9)), shown.padStart(9)].join(' '));
  }
  for (const line of all.flatMap((m) => misses(m, empty, true))) say(`not met: ${line}`);
}
