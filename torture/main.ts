import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { failureRows } from './failure-model.ts';
import { proofs } from './proofs.ts';
import { type Result, readResults, writeResults } from './results.ts';
import { writeReport } from './write-report.ts';

/** Runs the proofs one after the other, prints what they counted, and ends with 1 if a promise did not hold. */
const usage = `npm run torture -- [--report] [--bounded] [--seed N] [--only NAME]...
  --report    write docs/reliability.md; a proof that does not run now keeps its last figures
  --bounded   as short as in npm test
  --seed N    the faults of an earlier run again
  --minutes N end after so long, and add to what the report has; only with ${adding().join(', ')}
  --only NAME ${[...proofs.keys()].join(', ')}`;

const { values } = (() => {
  try {
    return parseArgs({
      options: {
        report: { type: 'boolean', default: false },
        bounded: { type: 'boolean', default: false },
        seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
        only: { type: 'string', multiple: true, default: [...proofs.keys()] },
        minutes: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${usage}\n`);
    process.exit(2);
  }
})();
const unknown = values.only.filter((name) => !proofs.has(name));
const mixed = values.minutes !== undefined && values.only.some((name) => !adding().includes(name));
const numbers = [values.seed, values.minutes ?? '1'].every((text) => /^\d{1,10}$/.test(text));
if (values.help || unknown.length > 0 || mixed || !numbers) {
  if (unknown.length > 0) process.stderr.write(`There is no proof named ${unknown.join(', ')}.\n`);
  else if (mixed) process.stderr.write(`--minutes goes with --only ${adding().join(' or --only ')}.\n`);
  process.stderr.write(`${usage}\n`);
  process.exit(values.help ? 0 : 2);
}

const scale = values.bounded ? 'bounded' : 'long';
const seed = Number(values.seed);
const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
const folder = join(import.meta.dirname, '../docs');
mkdirSync(folder, { recursive: true });
const commit = commitOf(join(folder, '..'));
const memory = Math.round(totalmem() / 2 ** 30);
const machine = `${availableParallelism()} cores, ${memory} GB, ${platform()} ${arch()}, Node ${process.versions.node}`;
const finished = new Map<string, Result>();
process.stdout.write(`seed ${seed}, ${scale} runs\n`);
for (const [name, proof] of proofs) {
  if (!values.only.includes(name)) continue;
  process.stdout.write(`\n${proof.title}\n`);
  const started = performance.now();
  const evidence = await proof.run({ scale, seed, minutes });
  const seconds = Math.round((performance.now() - started) / 1000);
  for (const [what, value] of evidence.figures) process.stdout.write(`  ${what}: ${value}\n`);
  for (const violation of evidence.violations) process.stdout.write(`  BROKEN: ${violation}\n`);
  const date = new Date().toISOString().slice(0, 10);
  finished.set(name, { date, commit, machine, scale, seed, seconds, evidence });
  // After each proof: what a night has counted must not be lost to the last one.
  if (values.report) report(name);
}
if (values.report) process.stdout.write('\nWritten: docs/reliability.md\n');
const broken = [...finished.values()].some((r) => r.evidence.violations.length > 0);
process.stdout.write(broken ? '\nA promise did not hold.\n' : '\nEvery promise held.\n');
process.exit(broken ? 1 : 0);

/** Puts the result of one proof beside those of the others, which may come from other runs. */
function report(name: string): void {
  const file = join(folder, 'reliability.json');
  const results = new Map(readResults(file));
  const result = finished.get(name);
  const before = minutes === undefined ? [] : (results.get(name) ?? []);
  if (result) results.set(name, [...before, result]);
  writeResults(file, results);
  writeFileSync(join(folder, 'reliability.md'), writeReport(proofs, results, failureRows));
}

/** The proofs that add up over several runs. */
function adding(): string[] {
  return [...proofs].filter(([, proof]) => proof.addsUp).map(([name]) => name);
}

/** The commit that is tried; `+` when the tree differs from it in more than the report. */
function commitOf(root: string): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', '.', ':!docs/reliability.*');
  return `${git('rev-parse', '--short', 'HEAD')}${changed === '' ? '' : '+'}`;
}
