import { globSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allGuards } from '../../torture/guards/all-guards.ts';
import { copyTree } from '../../torture/guards/copy-tree.ts';
import type { Guard } from '../../torture/guards/guard.ts';
import { guards, whyUnfit } from '../../torture/guards/guards.ts';
import { judgeReport, type VitestReport } from '../../torture/guards/judge-report.ts';
import { withoutGuard } from '../../torture/guards/without-guard.ts';
import { runBounded } from './run-bounded.ts';

/** So many there were when this was written; nobody makes it look better by taking some away. */
const atLeast = 100;
const root = join(import.meta.dirname, '../..');

describe('the guards', () => {
  test('are many, each with a name of its own, and every promise has some', () => {
    expect(allGuards.length).toBeGreaterThanOrEqual(atLeast);
    expect(new Set(allGuards.map((g) => g.name)).size).toBe(allGuards.length);
    expect(new Set(allGuards.map((g) => g.promise)).size).toBe(8);
    for (const g of allGuards) expect(g.file).toMatch(/^(src|commands)\//);
  });

  test.each(allGuards.map((g) => [g.name, g] as const))('%s: can still be removed for a try', (_, guard) => {
    expect(whyUnfit(guard)).toEqual([]);
  });

  test('three of them are missed when they are gone, each day others', { timeout: 300_000 }, async () => {
    const { figures, violations } = await runBounded(guards, Math.floor(Date.now() / 86_400_000));
    expect(violations).toEqual([]);
    expect(Object.fromEntries(figures)).toMatchObject({ removed: 3, 'seen red': 3 });
  });
});

describe('a removal', () => {
  const guard: Guard = {
    name: 'an example',
    promise: 'I3',
    keeps: 'Nothing.',
    file: 'src/recording/recorder-uid.ts',
    text: 'const maxUid = 2 ** 32 - 1;',
    instead: 'const maxUid = 2 ** 31;',
    tests: [],
  };

  test('changes what it names, and nothing else', () => {
    const removed = withoutGuard(root, guard);
    expect('source' in removed && removed.source.split('const maxUid = 2 ** 31;')).toHaveLength(2);
  });

  test.each([
    [
      'a text that is not there',
      { text: 'const maxUid = 7;' },
      /exactly once, and is there 0 times: "const maxUid = 7;"/,
    ],
    ['a text that is there more often', { text: 'maxUid' }, /is there \d+ times/],
    ['no text', { text: '' }, /exactly once/],
    ['a file that is not there', { file: 'src/gone.ts' }, /there is no src\/gone\.ts\./],
    ['the same text again', { instead: guard.text }, /the same text/],
    ['what is no TypeScript', { instead: 'const maxUid = (;' }, /is no TypeScript any more/],
  ])('is refused for %s, with what to do', (_what, wrong, why) => {
    const removed = withoutGuard(root, { ...guard, ...wrong });
    expect(removed).toMatchObject({ problem: expect.stringMatching(why) });
    expect(removed).toMatchObject({
      problem: expect.stringMatching(/"an example".*torture\/guards\/.*npm run torture/),
    });
  });
});

test('a copy of the tree has all that git knows, with what was changed, and none of what it ignores', () => {
  const changed = new Map([['src/log.ts', 'something else']]);
  const { folder, remove } = copyTree(root, changed);
  try {
    for (const file of globSync(['{src,commands,test,torture,sandbox}/**/*.ts', 'package.json'], { cwd: root })) {
      expect(readFileSync(join(folder, file), 'utf8')).toBe(
        changed.get(file) ?? readFileSync(join(root, file), 'utf8'),
      );
    }
    expect(readdirSync(folder)).not.toContain('.git');
    expect(realpathSync(join(folder, 'node_modules/vitest'))).toBe(realpathSync(join(root, 'node_modules/vitest')));
    expect(realpathSync(join(folder, 'node_modules'))).not.toBe(realpathSync(join(root, 'node_modules')));
  } finally {
    remove();
  }
});

describe('a test that is to notice', () => {
  const named = { file: 'test/a.test.ts', test: 'in %s: %s' };
  const report = (message: string, ...tests: [title: string, status: string, why?: string][]): VitestReport => ({
    testResults: [
      {
        name: '/copy/test/a.test.ts',
        message,
        assertionResults: tests.map(([title, status, why]) => ({
          title,
          fullName: `a ${title}`,
          status,
          failureMessages: why === undefined ? [] : [`${why}\n    at somewhere`],
        })),
      },
    ],
  });
  const nothing: VitestReport = { testResults: [] };
  const wrong = 'AssertionError: expected 1 to be 2';

  test.each([
    ['green', 'passes', report('', ['in x: y', 'passed'])],
    ['red', 'fails', report('', ['in x: y', 'passed'], ['in z: y', 'failed', wrong])],
    ['red', 'fails by an error of the bot', report('', ['in x: y', 'failed', 'StoreError: The store failed.'])],
    ['green', 'passes while another one fails', report('', ['in x: y', 'passed'], ['another', 'failed', wrong])],
    ['unclear', 'was not run', report('', ['in x: y', 'skipped'], ['another', 'passed'])],
    ['unclear', 'could not be loaded', report('Error: Cannot find module', ...[])],
    [
      'unclear',
      'stumbles over the replaced text',
      report('', ['in x: y', 'failed', 'ReferenceError: s is not defined']),
    ],
    ['unclear', 'takes too long', report('', ['in x: y', 'failed', 'Error: Test timed out in 20000ms.'])],
    ['unclear', 'is in no report', nothing],
  ] as const)('is %s when it %s', (colour, _what, given) => {
    expect(judgeReport(given, '/copy', named).colour).toBe(colour);
  });
});
