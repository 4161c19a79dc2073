import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failureRows } from '../../torture/failure-model.ts';
import { proofs } from '../../torture/proofs.ts';
import { writeReport } from '../../torture/write-report.ts';

/** The report names a test for each way of failing; those tests have to be there. */
const root = join(import.meta.dirname, '../..');
const many = (letter: string, n: number) => Array.from({ length: n }, (_, i) => `${letter}${i + 1}`);
const everyRow = [
  ...many('S', 9),
  ...many('H', 7),
  ...many('A', 5),
  ...many('T', 5),
  ...many('U', 3),
  ...many('N', 6),
  ...many('K', 8),
  ...many('R', 7),
  ...many('D', 3),
];

describe('the failure model', () => {
  test('has all its rows, in order', () => {
    expect(failureRows.map((r) => r.row)).toEqual(everyRow);
  });

  test.each(failureRows.map((r) => [r.row, r] as const))(
    '%s names tests that exist, or says why there is none',
    (_, r) => {
      if ('why' in r) return expect(r.why).toMatch(/^[A-Z].*\.$/);
      expect(r.tests.length).toBeGreaterThan(0);
      for (const { file, test: title } of r.tests) {
        const source = readFileSync(join(root, file), 'utf8');
        // As the source spells it: with the quotes around it, whichever they are.
        expect(
          [`'${title}'`, `\`${title}\``, `"${title}"`].some((t) => source.includes(t)),
          `${file}: ${title}`,
        ).toBe(true);
      }
    },
  );

  test('the report prints every proof, every row, and what was broken', () => {
    const circumstances = { date: '2026-01-02', commit: 'abc', machine: '2 cores', scale: 'long', seed: 7 } as const;
    const evidence = { figures: [['crash points', 1234] as const], violations: ['it was lost | twice'] };
    const [first = '', ...others] = [...proofs.keys()];
    const results = new Map(others.map((name) => [name, [{ ...circumstances, seconds: 1.4, evidence }]]));
    const report = writeReport(proofs, results, failureRows);
    for (const [name, { title }] of proofs) {
      expect(report).toContain(`## ${title}`);
      if (name !== first)
        expect(report).toContain(`2026-01-02, commit abc, 2 cores: \`npm run torture -- --only ${name}`);
    }
    expect(report).toContain('It has not been run for this report.');
    for (const r of failureRows) expect(report).toContain(`| ${r.row} |`);
    expect(report).toContain(`**${others.length} times a promise did not hold.**`);
    expect(report).toContain('| crash points | 1,234 |');
  });

  test('several runs of a proof are named one by one and counted together', () => {
    const run = (seed: number, histories: number) => ({
      ...{ date: '2026-01-02', commit: 'abc', machine: '2 cores', scale: 'long' as const, seed, seconds: 60 },
      evidence: { figures: [['histories', histories] as const], violations: [] },
    });
    const report = writeReport(proofs, new Map([['model', [run(7, 1_000), run(8, 500)]]]), failureRows);
    for (const seed of [7, 8])
      expect(report).toContain(`- 2026-01-02, commit abc, 2 cores: \`npm run torture -- --only model --seed ${seed}`);
    expect(report).toContain('| histories | 1,500 |');
    expect(report).toContain('| took | 120 s |');
    expect(report).toContain(`1 of ${proofs.size} proofs ran, and every promise held.`);
  });
});
