import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { NamedTest } from './guard.ts';
import type { VitestReport } from './judge-report.ts';
import { titlePattern } from './title-pattern.ts';

/** Longer than any of the named tests. Milliseconds. */
const patience = 10 * 60_000;

/** Runs tests of one project of vitest in a folder, and gives vitest's report; `problem`: there is none. */
export async function runTests(
  folder: string,
  project: string,
  tests: readonly NamedTest[],
): Promise<{ report: VitestReport } | { problem: string }> {
  const outputFile = join(folder, 'node_modules', 'vitest-report.json');
  rmSync(outputFile, { force: true });
  const titles = tests.flatMap((t) => t.test ?? []);
  const args = [
    join(folder, 'node_modules/vitest/vitest.mjs'),
    ...['run', '--project', project, '--reporter=json', `--outputFile=${outputFile}`],
    // One that names a whole file wants all of it; the titles of the others are then no filter.
    ...(titles.length === tests.length ? ['--testNamePattern', titles.map(titlePattern).join('|')] : []),
    ...new Set(tests.map((t) => t.file)),
  ];
  // What this process's own vitest has set is not that one's.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([k]) => !/^(VITEST|TEST$|NODE_ENV$|NODE_V8_)/.test(k)),
  );
  env.PATH = `${join(folder, 'node_modules/.bin')}:${env.PATH ?? ''}`;
  // A group of its own, so that all of it can be ended.
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes) => (said = `${said}${bytes}`.slice(-2_000)));
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, patience);
  const code = await new Promise((resolve) => child.on('close', resolve).on('error', resolve));
  clearTimeout(timer);
  if (late) return { problem: `vitest did not end within ${patience / 60_000} minutes` };
  if (!existsSync(outputFile)) return { problem: `vitest ended with ${code} and no report: ${reason(said)}` };
  return { report: JSON.parse(readFileSync(outputFile, 'utf8')) as VitestReport };
}

/** The line that says what is wrong, of all that vitest says. */
function reason(said: string): string {
  const lines = stripVTControlCharacters(said)
    .split('\n')
    .map((l) => l.trim());
  return lines.find((l) => /error:/i.test(l)) ?? lines.findLast((l) => l !== '') ?? 'it said nothing';
}
