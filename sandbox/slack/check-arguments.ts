import { type Args, type ArgumentRule, failure, invalidArguments, type Method, type Result } from './method.ts';

const isWhole = (v: unknown) => Number.isInteger(v) || (typeof v === 'string' && /^-?\d+$/.test(v));
const isFlag = (v: unknown) => [true, false, 0, 1, 'true', 'false', '0', '1'].includes(v as string);
/** What Slack says of a JSON argument that cannot be read. */
const unreadable: Record<string, string> = { blocks: 'invalid_blocks_format', metadata: 'invalid_metadata_format' };

/**
 * Reads the JSON among a method's arguments, and refuses what is missing, of a wrong type, or not known. Slack itself ignores arguments that
 * it does not know; here they are refused, so that a misspelt one is noticed.
 */
export function checkArguments(method: Method, given: Args): { args: Args } | { refused: Result } {
  const args: Args = { ...given };
  const problems: string[] = [];
  for (const [name, rule] of Object.entries(method.args)) {
    const value = given[name];
    if (value === undefined || (value === '' && rule.endsWith('!'))) {
      if (rule.endsWith('!')) problems.push(`missing required field: ${name}`);
      continue;
    }
    if (kindOf(rule) === 'json') {
      if (typeof value !== 'string') continue;
      try {
        args[name] = JSON.parse(value);
      } catch {
        return { refused: unreadable[name] ? failure(unreadable[name]) : invalidArguments(`invalid JSON: ${name}`) };
      }
    } else {
      const problem = typeProblem(kindOf(rule), value);
      if (problem) problems.push(`${problem} [json-pointer:/${name}]`);
    }
  }
  for (const name of Object.keys(given))
    if (!(name in method.args)) problems.push(`invalid additional property: ${name}`);
  return problems.length > 0 ? { refused: invalidArguments(...problems) } : { args };
}

const kindOf = (rule: ArgumentRule) => rule.replace('!', '');

function typeProblem(kind: string, value: unknown): string | undefined {
  if (kind === 'whole') return isWhole(value) ? undefined : 'must be an integer';
  if (kind === 'flag') return isFlag(value) ? undefined : 'must be a boolean';
  return typeof value === 'string' ? undefined : 'must be a string';
}
