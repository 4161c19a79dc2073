/** The name that was probably meant: the one that differs least, by at most two letters (one for short names) or by upper and lower case alone. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  // Longer than any name here, and comparing takes time in proportion.
  if (typed.length > 100) return undefined;
  const wanted = typed.toLowerCase();
  const best = names
    .map((name) => ({ name, far: distance(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)[0];
  return best && best.far <= (best.name.length > 4 ? 2 : 1) ? best.name : undefined;
}

/** Letters to add, drop or change (Levenshtein); two neighbours that changed places count as one (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
