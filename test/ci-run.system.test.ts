import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** What `.ci/run` makes of what npm and vitest report, with an npm that reports what it is told to. */
const line = /^\d+ passed, \d+ failed$/m;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ci-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** `fails`: the npm command that fails. `report`: what vitest writes. */
function run(fails: string, report?: object) {
  const called = join(folder, 'called');
  const stub = [
    '#!/bin/sh',
    `echo "$@" >> ${called}`,
    `case "$*" in "test -- "*) echo "vitest's own summary";`,
    // The last argument names the file.
    report ? `for a; do :; done; cp ${join(folder, 'report')} "\${a#--outputFile.json=}";;` : ';;',
    'esac',
    `case "$*" in "${fails}"*) exit 3;; esac`,
  ];
  writeFileSync(join(folder, 'npm'), `${stub.join('\n')}\n`, { mode: 0o755 });
  if (report) writeFileSync(join(folder, 'report'), JSON.stringify(report));
  const { status, stdout } = spawnSync(join(import.meta.dirname, '../.ci/run'), {
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, TMPDIR: folder },
    encoding: 'utf8',
  });
  return { status, out: stdout.trimEnd().split('\n'), called: readFileSync(called, 'utf8').trimEnd().split('\n') };
}

const file = (status: string, ...tests: string[]) => ({
  name: 'x.test.ts',
  status,
  assertionResults: tests.map((t) => ({ status: t })),
});
const report = (passed: number, failed: number, ...testResults: object[]) => ({
  numTotalTests: passed + failed,
  numPassedTests: passed,
  numFailedTests: failed,
  testResults,
});

test('all is well: install, lint, types, tests, and the counts come last', () => {
  const { status, out, called } = run('nothing', report(2, 0, file('passed', 'passed', 'passed')));
  expect(called.map((c) => c.split(' --')[0])).toEqual(['ci', 'run lint', 'run typecheck', 'test']);
  expect(out.slice(-2)).toEqual(["vitest's own summary", '2 passed, 0 failed']);
  expect(status).toBe(0);
});

test.each([
  ['a test failed', report(1, 1, file('failed', 'passed', 'failed')), '1 passed, 1 failed'],
  ['a file broke before its first test', report(1, 0, file('passed', 'passed'), file('failed')), '1 passed, 1 failed'],
])('%s', (_what, told, last) => {
  const { status, out } = run('test', told);
  expect(out.at(-1)).toBe(last);
  expect(status).toBe(3);
});

describe('never looks as if tests had run', () => {
  test.each([
    ['ci', undefined],
    ['run lint', undefined],
    ['run typecheck', undefined],
    ['test', undefined],
    ['nothing', undefined],
    ['nothing', report(0, 0)],
  ])('when npm %s fails, and the report is %j', (fails, told) => {
    const { status, out } = run(fails, told);
    expect(out.join('\n')).not.toMatch(line);
    expect(status).not.toBe(0);
  });
});
