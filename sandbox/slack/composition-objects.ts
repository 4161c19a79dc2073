/** Block Kit's checks of the objects inside blocks (docs.slack.dev/reference/block-kit/composition-objects), in the words Slack uses. */
export type Json = Record<string, unknown>;
/** `text [json-pointer:path]`, one for each thing that Slack would not take. */
export type Problems = string[];

export const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v);

export function say(problems: Problems, text: string, path: string): void {
  problems.push(`${text} [json-pointer:${path}]`);
}

/** Are the required properties there, and no others than these? */
export function checkNames(v: Json, names: string[], required: string[], path: string, problems: Problems): void {
  for (const name of required) if (v[name] === undefined) say(problems, `missing required field: ${name}`, path);
  for (const name of Object.keys(v))
    if (!names.includes(name)) say(problems, `invalid additional property: ${name}`, path);
}

/** Lengths in characters; an absent value is fine. */
export function checkLength(v: unknown, max: number, path: string, problems: Problems, min = 0): void {
  if (v === undefined) return;
  if (typeof v !== 'string') return void say(problems, 'must be a string', path);
  if (v.length > max) say(problems, `must be less than ${max + 1} characters`, path);
  if (v.length < min) say(problems, `must be more than ${min - 1} characters`, path);
}

/** A list with so many items; its entries if it is one. */
export function checkItems(v: unknown, min: number, max: number, path: string, problems: Problems): unknown[] {
  if (v === undefined) return [];
  if (!Array.isArray(v)) {
    say(problems, 'must be an array', path);
    return [];
  }
  if (v.length > max) say(problems, `no more than ${max} items allowed`, path);
  if (v.length < min) say(problems, `no fewer than ${min} items allowed`, path);
  return v;
}

export function checkFlags(v: Json, names: string[], path: string, problems: Problems): void {
  for (const name of names)
    if (v[name] !== undefined && typeof v[name] !== 'boolean') say(problems, 'must be a boolean', `${path}/${name}`);
}

export function checkOneOf(v: unknown, values: string[], path: string, problems: Problems): void {
  if (v !== undefined && !values.includes(String(v))) say(problems, 'must be a valid enum value', path);
}

export function checkUrl(v: unknown, path: string, problems: Problems): void {
  checkLength(v, 3000, path, problems, 1);
  if (typeof v === 'string' && v !== '' && !URL.canParse(v)) say(problems, 'must be a valid URL', path);
}

export function checkText(v: unknown, max: number, path: string, problems: Problems, plainOnly = false): void {
  if (v === undefined) return;
  if (!isObject(v)) return void say(problems, 'must be an object', path);
  if (v.type !== undefined && v.type !== 'plain_text' && (plainOnly || v.type !== 'mrkdwn'))
    return void say(problems, `unsupported type: ${String(v.type)}`, `${path}/type`);
  const own = v.type === 'plain_text' ? 'emoji' : 'verbatim';
  checkNames(v, ['type', 'text', own], ['type', 'text'], path, problems);
  checkFlags(v, [own], path, problems);
  checkLength(v.text, max, `${path}/text`, problems, 1);
}

export function checkConfirm(v: unknown, path: string, problems: Problems): void {
  if (v === undefined) return;
  if (!isObject(v)) return void say(problems, 'must be an object', path);
  checkNames(v, ['title', 'text', 'confirm', 'deny', 'style'], ['title', 'text', 'confirm', 'deny'], path, problems);
  checkText(v.title, 100, `${path}/title`, problems, true);
  checkText(v.text, 300, `${path}/text`, problems);
  checkText(v.confirm, 30, `${path}/confirm`, problems, true);
  checkText(v.deny, 30, `${path}/deny`, problems, true);
  checkOneOf(v.style, ['primary', 'danger'], `${path}/style`, problems);
}

/** `mrkdwn`: checkboxes and radio buttons may have marks in their texts. `url`: only overflow menus have addresses. */
export interface OptionRules {
  max: number;
  mrkdwn?: boolean;
  url?: boolean;
}

export function checkOption(v: unknown, rules: OptionRules, path: string, problems: Problems): void {
  if (v === undefined) return;
  if (!isObject(v)) return void say(problems, 'must be an object', path);
  const names = ['text', 'value', 'description', ...(rules.url ? ['url'] : [])];
  checkNames(v, names, ['text', 'value'], path, problems);
  checkText(v.text, 75, `${path}/text`, problems, !rules.mrkdwn);
  checkLength(v.value, 150, `${path}/value`, problems, 1);
  checkText(v.description, 75, `${path}/description`, problems, !rules.mrkdwn);
  checkUrl(v.url, `${path}/url`, problems);
}

export function checkOptions(v: unknown, rules: OptionRules, path: string, problems: Problems): void {
  for (const [i, o] of checkItems(v, 1, rules.max, path, problems).entries())
    checkOption(o, rules, `${path}/${i}`, problems);
}
