import type { RecordedFile } from '../recorded-files.ts';

/** Both lists, each name once; what the newer one says of a name wins, unless it is only expected. */
export function mergeFiles(known: readonly RecordedFile[], more: readonly RecordedFile[]): RecordedFile[] {
  const byName = new Map(known.map((f) => [f.name, f]));
  for (const f of more) {
    const old = byName.get(f.name);
    if (old && f.expected) continue;
    const { expected: _, ...before } = old ?? {};
    byName.set(f.name, { ...before, ...f });
  }
  return [...byName.values()];
}
