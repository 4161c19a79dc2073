import type { FailureRow } from './failure-model.ts';
import type { Evidence, Proof } from './proof.ts';

export interface Finished {
  name: string;
  proof: Proof;
  evidence: Evidence;
  /** How long it ran. */
  seconds: number;
}

/** Where and when the figures come from. Nothing in it names a machine, only what kind it is. */
export interface Circumstances {
  date: string;
  commit: string;
  machine: string;
  scale: 'bounded' | 'long';
  seed: number;
}

/** docs/reliability.md: what was promised, what was counted, and which test shows each row of the failure model. */
export function writeReport(c: Circumstances, finished: readonly Finished[], rows: readonly FailureRow[]): string {
  const broken = finished.reduce((sum, f) => sum + f.evidence.violations.length, 0);
  const lines = [
    '# Reliability',
    '',
    'Written by `npm run torture -- --report`; do not edit it by hand.',
    '',
    `${c.date}, commit ${c.commit}, ${c.machine}, ${c.scale} runs, seed ${c.seed}.`,
    '',
    broken === 0 ? 'Every promise held.' : `**${broken} times a promise did not hold.**`,
  ];
  for (const { proof, evidence, seconds } of finished) {
    lines.push('', `## ${proof.title}`, '', proof.promise, '', '| What | Figure |', '|---|---|');
    for (const [what, value] of evidence.figures) lines.push(`| ${cell(what)} | ${cell(show(value))} |`);
    lines.push(`| took | ${Math.round(seconds)} s |`);
    for (const v of evidence.violations) lines.push('', `**Broken:** ${v}`);
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

function show(value: number | string): string {
  return typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 3 }) : value;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
