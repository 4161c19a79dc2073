import type { FailureRow } from './failure-model.ts';
import type { Proof } from './proof.ts';
import type { Result, Results } from './results.ts';

/**
 * docs/reliability.md: what was promised, what was counted, and which test shows each row of the failure model. A proof that runs for hours need
 * not run with the others, so each says when and on what it ran.
 */
export function writeReport(proofs: ReadonlyMap<string, Proof>, results: Results, rows: readonly FailureRow[]): string {
  const ran = [...proofs.keys()].flatMap((name) => results.get(name) ?? []);
  const broken = ran.reduce((sum, r) => sum + r.evidence.violations.length, 0);
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
    const result = results.get(name);
    if (result) lines.push('', ...section(name, result));
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

function section(name: string, { date, commit, machine, scale, seed, seconds, evidence }: Result): string[] {
  return [
    `${date}, commit ${commit}, ${machine}: \`npm run torture -- --only ${name} --seed ${seed}${scale === 'bounded' ? ' --bounded' : ''}\``,
    '',
    '| What | Figure |',
    '|---|---|',
    ...evidence.figures.map(([what, value]) => `| ${cell(what)} | ${cell(show(value))} |`),
    `| took | ${Math.round(seconds)} s |`,
    ...evidence.violations.flatMap((v) => ['', `**Broken:** ${v}`]),
  ];
}

function show(value: number | string): string {
  return typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 3 }) : value;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
