import { spawnSync } from 'node:child_process';
import { globSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

/**
 * Sees to it that this process compiles nothing. Node takes the types out of the sources by a compiler of its own that costs 15 MB for as long as the
 * process lives; what it made is kept in Node's compile cache. So the first start after a change has a child do that, which takes a second, and
 * takes the results from the cache like all later ones. Where there can be no cache the start simply costs more.
 * `env`: of the child; undefined when this is the child.
 */
export function warmCompileCache(entry: string, env: Record<string, string | undefined> | undefined): void {
  const { directory } = enableCompileCache();
  if (!directory || !env) return;
  try {
    const root = join(import.meta.dirname, '..');
    const mark = join(directory, `agora-recording-bot-${root.replace(/[^a-zA-Z0-9]/g, '-')}`);
    const sources = globSync(['src/**/*.ts', 'commands/**/*.ts', 'package-lock.json'], { cwd: root });
    const newest = Math.max(...sources.map((f) => statSync(join(root, f)).mtimeMs));
    if ((statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= newest) return;
    const child = spawnSync(process.execPath, [...process.execArgv.filter((a) => !a.startsWith('--env-file')), entry], {
      env,
      stdio: 'ignore',
      timeout: 20_000,
    });
    if (child.status !== 0) return;
    writeFileSync(mark, '');
    utimesSync(mark, new Date(), new Date(Math.max(newest, Date.now())));
  } catch {
    // A disk that cannot be written to: no cache, no harm.
  }
}
