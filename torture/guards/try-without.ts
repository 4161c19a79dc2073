import { copyTree } from './copy-tree.ts';
import type { Guard, NamedTest } from './guard.ts';
import { judgeReport, type Verdict } from './judge-report.ts';
import { runTests } from './run-tests.ts';
import { withoutGuard } from './without-guard.ts';

/** Removes one guard in a copy of the tree, and answers one sentence for each of its tests that did not notice. */
export async function tryWithout(root: string, guard: Guard): Promise<string[]> {
  const changed = withoutGuard(root, guard);
  if ('problem' in changed) return [changed.problem];
  const copy = copyTree(root, new Map([[guard.file, changed.source]]));
  try {
    return [...(await runAll(copy.folder, guard.tests))].flatMap(([named, { colour, why }]) => {
      if (colour === 'red') return [];
      return colour === 'green'
        ? `it was removed, and ${showTest(named)} stayed green. Without it: ${guard.keeps} Write a test that sees that; or, if nothing needs this mechanism, take it out of the source and of torture/guards/`
        : `it was removed, and ${showTest(named)} proved nothing: ${why}`;
    });
  } finally {
    copy.remove();
  }
}

/** Runs tests with every guard in its place, file by file. What is red then proves nothing when a guard is gone. */
export async function tryWith(root: string, tests: readonly NamedTest[]): Promise<Map<NamedTest, Verdict>> {
  const copy = copyTree(root);
  const verdicts = new Map<NamedTest, Verdict>();
  try {
    for (const file of new Set(tests.map((t) => t.file))) {
      const own = tests.filter((t) => t.file === file);
      for (const [named, verdict] of await runAll(copy.folder, own)) verdicts.set(named, verdict);
    }
    return verdicts;
  } finally {
    copy.remove();
  }
}

/** Runs tests of both projects, each project's together, and judges each. */
async function runAll(folder: string, tests: readonly NamedTest[]): Promise<Map<NamedTest, Verdict>> {
  const verdicts = new Map<NamedTest, Verdict>();
  for (const project of ['unit', 'system']) {
    const own = tests.filter((t) => t.file.endsWith('.system.test.ts') === (project === 'system'));
    if (own.length === 0) continue;
    const run = await runTests(folder, project, own);
    for (const t of own) {
      verdicts.set(t, 'problem' in run ? { colour: 'unclear', why: run.problem } : judgeReport(run.report, folder, t));
    }
  }
  return verdicts;
}

export function showTest(t: NamedTest): string {
  return t.test === undefined ? t.file : `${t.file} "${t.test}"`;
}
