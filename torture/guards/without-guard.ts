import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import type { Guard } from './guard.ts';

/** The source of a guard's file without the guard, or one sentence on why it cannot be had and what to do. */
export function withoutGuard(root: string, guard: Guard): { source: string } | { problem: string } {
  const { name, file, text, instead } = guard;
  const todo = `If you changed this line, change the entry of that name in torture/guards/ with it: \`text\` is what stands in the source now, \`instead\` the smallest change that takes the mechanism out. Then see it red: npm run torture -- --only guards`;
  const refuse = (what: string) => ({ problem: `The guard "${name}" cannot be removed for a try: ${what} ${todo}` });
  const source = read(join(root, file));
  if (source === undefined) return refuse(`there is no ${file}.`);
  const times = source.split(text).length - 1;
  if (text === '' || times !== 1) {
    return refuse(`this text has to be in ${file} exactly once, and is there ${times} times: ${JSON.stringify(text)}.`);
  }
  const changed = source.replace(text, () => instead);
  if (changed === source) return refuse(`what replaces its text in ${file} is the same text.`);
  try {
    stripTypeScriptTypes(changed);
  } catch (error) {
    return refuse(`${file} is no TypeScript any more without it (${error instanceof Error ? error.message : error}).`);
  }
  return { source: changed };
}

/** One sentence for each test that a guard names and that is not there. */
export function missingTests(root: string, guard: Guard): string[] {
  return guard.tests.flatMap(({ file, test }) => {
    const source = read(join(root, file));
    const where = `The guard "${guard.name}" names a test that is not there:`;
    const what = 'Name in torture/guards/ the test that notices now when the guard is removed.';
    if (source === undefined) return [`${where} there is no ${file}. ${what}`];
    // As the source spells it: with the quotes around it, whichever they are.
    const there = test === undefined || ["'", '`', '"'].some((q) => source.includes(`${q}${test}${q}`));
    return there ? [] : [`${where} ${file} has no "${test}". ${what}`];
  });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
