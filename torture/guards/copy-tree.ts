import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';

export interface TreeCopy {
  folder: string;
  remove(): void;
}

/**
 * A copy of a working tree as it stands, committed or not, without what .gitignore names. Its packages are those of the tree, linked one by one,
 * so that what is written beside them (vitest's cache) stays in the copy. `changed`: files that are to hold something else there.
 */
export function copyTree(root: string, changed: ReadonlyMap<string, string> = new Map()): TreeCopy {
  const lines = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
  const ignored = new Set(['.git', ...lines.filter((l) => l !== '').map((l) => l.replace(/\/$/, ''))]);
  const folder = mkdtempSync(join(tmpdir(), 'guards-'));
  cpSync(root, folder, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => !ignored.has(basename(path)) && !ignored.has(relative(root, path)),
  });
  for (const [file, source] of changed) writeFileSync(join(folder, file), source);
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules')).filter((n) => n === '.bin' || !n.startsWith('.'))) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
