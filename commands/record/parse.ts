/** What was typed after the subcommand. */
export interface Words {
  /** In order, without the options. */
  plain: string[];
  /** `--for 45m` and `--for=45m` as `for` -> `45m`; `''` when nothing follows. */
  options: Map<string, string>;
}

/** Options that stand alone; what follows them is a word of its own. */
export const flags: ReadonlySet<string> = new Set(['redundant', 'dry-run', 'audio', 'video']);

/**
 * Splits what follows the slash command; the first word that is no option is the subcommand. Words are split at spaces; quotes keep a name
 * with spaces together, single ones too where they stand around whole words. What phones and Slack make of typed text is undone: curly quotes, a dash in place of two hyphens, and Slack's &amp; &lt; &gt;.
 */
export function parse(text: string): { subcommand: string; words: Words } {
  const typed = text
    .replace(/[\u201c\u201d\u201e]/g, '"')
    .replace(/[\u2018\u2019\u201a]/g, "'")
    .replace(/(^|\s)[\u2013\u2014](?=[a-z])/g, '$1--')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  const tokens = [...typed.matchAll(/"([^"]*)"|(?<!\S)'([^']*)'(?!\S)|(\S+)/g)].map((m) => ({
    text: m[1] ?? m[2] ?? m[3] ?? '',
    quoted: m[3] === undefined,
  }));
  const words: Words = { plain: [], options: new Map() };
  let subcommand: string | undefined;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if (!token) continue;
    const option = token.quoted ? null : /^--([a-z][a-z-]*)(?:=(.*))?$/i.exec(token.text);
    if (option) {
      const name = (option[1] ?? '').toLowerCase();
      const next = tokens[i + 1];
      if (option[2] === undefined && !flags.has(name) && next && !(next.text.startsWith('--') && !next.quoted)) {
        words.options.set(name, next.text);
        i += 1;
      } else {
        words.options.set(name, option[2] ?? '');
      }
    } else if (subcommand === undefined) {
      subcommand = token.text.toLowerCase();
    } else {
      words.plain.push(token.text);
    }
  }
  return { subcommand: subcommand ?? '', words };
}

/** The candidate that differs least from what was typed, if it differs little: one or two letters. */
export function nearest(typed: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates.map((c) => ({ c, d: distance(typed, c) })).sort((a, b) => a.d - b.d);
  const best = ranked[0];
  return best && best.d <= (best.c.length > 4 ? 2 : 1) ? best.c : undefined;
}

/** Letters to add, drop or change to get from one word to the other; two neighbours that changed places count as one. */
function distance(a: string, b: string): number {
  const rows = [...a].map((_, i) => i);
  const table = [...rows, a.length].map((i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number) => table[i]?.[j] ?? Infinity;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(i - 2, j - 2) + 1);
      const row = table[i];
      if (row) row[j] = least;
    }
  }
  return at(a.length, b.length);
}
