import type { FailureRow } from './failure-model.ts';
import type { Proof } from './proof.ts';
import type { Result, Results } from './results.ts';

/**
 * docs/reliability.md: what was promised, what was counted, and which test shows each row of the failure model. A proof that runs for hours need
 * not run with the others, so each says when and on what it ran.
 */
export function writeReport(proofs: ReadonlyMap<string, Proof>, results: Results, rows: readonly FailureRow[]): string {
  const ran = [...proofs.keys()].map((name) => results.get(name) ?? []).filter((runs) => runs.length > 0);
  const broken = ran.flat().reduce((sum, r) => sum + r.evidence.violations.length, 0);
  const lines = [
    '# Reliability',
    '',
    'Written by `npm run torture -- --report`; do not edit it by hand.',
    '',
    broken === 0
      ? `${ran.length} of ${proofs.size} proofs ran, and every promise held.`
      : `**${broken} times a promise did not hold.**`,
  ];
  for (const [name, proof] of proofs) {
    lines.push('', `## ${proof.title}`, '', proof.promise);
    const runs = results.get(name) ?? [];
    if (runs.length > 0) lines.push('', ...section(name, runs));
    else lines.push('', 'It has not been run for this report.');
  }
  lines.push(
    '',
    '## The failure model, row by row',
    '',
    '| Row | What happens | What the bot does | Shown by |',
    '|---|---|---|---|',
  );
  for (const r of rows) {
    const shown =
      'tests' in r ? r.tests.map((t) => `\`${t.file}\`: ${t.test}`).join('<br>') : `Not shown here: ${r.why}`;
    lines.push(`| ${r.row} | ${cell(r.fault)} | ${cell(r.answer)} | ${cell(shown)} |`);
  }
  return `${lines.join('\n')}\n`;
}

function section(name: string, runs: readonly Result[]): string[] {
  const seconds = runs.reduce((sum, r) => sum + r.seconds, 0);
  return [
    ...runs.map(
      ({ date, commit, machine, scale, seed }) =>
        `${runs.length > 1 ? '- ' : ''}${date}, commit ${commit}, ${machine}: \`npm run torture -- --only ${name} --seed ${seed}${scale === 'bounded' ? ' --bounded' : ''}\``,
    ),
    '',
    '| What | Figure |',
    '|---|---|',
    ...addUp(runs).map(([what, value]) => `| ${cell(what)} | ${cell(show(value))} |`),
    `| took | ${Math.round(seconds)} s |`,
    ...runs.flatMap((r) => r.evidence.violations).flatMap((v) => ['', `**Broken:** ${v}`]),
  ];
}

/** The figures of all runs together. */
function addUp(runs: readonly Result[]): readonly (readonly [what: string, value: number | string])[] {
  const [first, ...others] = runs.map((r) => r.evidence.figures);
  return (first ?? []).map(([what, value]) => {
    if (typeof value === 'string') return [what, value];
    const more = others.map((figures) => Number(new Map(figures).get(what) ?? 0));
    return [what, more.reduce((sum, n) => sum + n, value)];
  });
}

function show(value: number | string): string {
  return typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 3 }) : value;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
