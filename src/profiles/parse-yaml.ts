import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';

/** A YAML text as plain JSON, and where things stand in it. */
export interface Yaml {
  value: unknown;
  /** The line of what is at a path, or of the nearest thing around it. From 1. */
  lineOf(at: readonly (string | number)[]): number | undefined;
}

export interface YamlProblem {
  line: number;
  message: string;
}

/** The parser's own words quote the text, which may hold a secret; so each of its codes has a sentence here. */
const sentences: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias (*name) takes no anchor and no tag',
  BAD_ALIAS: 'an alias (*name) is not complete; a text that begins with * goes in quotes',
  BAD_INDENT: 'the indentation does not fit, or a bracket is not closed',
  BAD_SCALAR_START: 'a text that begins with @, ` or % goes in quotes',
  BAD_DQ_ESCAPE: 'a backslash in double quotes does not begin an escape that YAML knows; use single quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'there is one colon too many in this line, or the indentation does not fit; a text with ": " goes in quotes',
  DUPLICATE_KEY: 'this key is there twice; keep one of the two',
  KEY_OVER_1024_CHARS: 'a key is too long',
  MISSING_CHAR: 'a quote, a bracket, a comma or a colon is missing',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing after a key, or the indentation does not fit',
  MULTIPLE_ANCHORS: 'a value takes one anchor (&name) at most',
  MULTIPLE_DOCS: 'the file must be one document; remove the line ---',
  MULTIPLE_TAGS: 'tags are not known here; a text that begins with ! goes in quotes',
  TAB_AS_INDENT: 'a tab is used to indent; use spaces',
  TAG_RESOLVE_FAILED: 'tags are not known here; a text that begins with ! goes in quotes',
  UNEXPECTED_TOKEN: `something stands where YAML expects nothing; texts such as "\${NAME}" go in quotes inside { } and [ ]`,
};
const notYaml = 'this is not YAML; texts with special characters go in quotes';

/** Reads YAML 1.2, with anchors, aliases and merge keys (<<). Problems never quote the text. */
export function parseYaml(text: string): { ok: true; yaml: Yaml } | { ok: false; problems: YamlProblem[] } {
  const lines = new LineCounter();
  const lineAt = (offset: number) => Math.max(lines.linePos(offset).line, 1);
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    merge: true,
    // Warnings would go to the console.
    logLevel: 'error',
  });
  const problems = [...document.errors, ...document.warnings].map((e) => ({
    line: lineAt(e.pos[0]),
    message: sentences[e.code] ?? notYaml,
  }));
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document)) return;
      const message = 'an alias (*name) has no anchor (&name) before it; a text that begins with * goes in quotes';
      problems.push({ line: lineAt(node.range?.[0] ?? 0), message });
    },
  });
  if (problems.length > 0) return { ok: false, problems: oncePerLine(problems) };
  try {
    // Through JSON, so that nothing is in it that JSON has not, and no alias stands within its own anchor.
    const value: unknown = JSON.parse(JSON.stringify(document.toJS()) ?? 'null');
    return { ok: true, yaml: { value, lineOf: (at) => lineOf(document, at, lineAt) } };
  } catch {
    return {
      ok: false,
      problems: [{ line: 1, message: 'aliases repeat too much, or stand within their own anchors' }],
    };
  }
}

/** One mistake makes the parser complain more than once. */
function oncePerLine(problems: readonly YamlProblem[]): YamlProblem[] {
  const sorted = problems.toSorted((a, b) => a.line - b.line);
  return sorted.filter((p, i) => p.line !== sorted[i - 1]?.line);
}

function lineOf(document: Document, at: readonly (string | number)[], lineAt: (offset: number) => number) {
  let node: unknown = document.contents;
  let line: number | undefined;
  for (const part of at) {
    if (isAlias(node)) node = node.resolve(document);
    let key: unknown;
    if (isMap(node)) {
      const pair = node.items.find((p) => isScalar(p.key) && String(p.key.value) === part);
      if (!pair) break;
      key = pair.key;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      key = node.items[part];
      node = key;
    } else break;
    const range = (key as Node | undefined)?.range;
    if (range) line = lineAt(range[0]);
  }
  return line;
}
