import { checkElement, checkPicture, hasActionId } from './block-elements.ts';
import {
  checkFlags,
  checkItems,
  checkLength,
  checkNames,
  checkText,
  isObject,
  type Json,
  type Problems,
  say,
} from './composition-objects.ts';

const interactive = ['button', 'overflow', 'static_select', 'checkboxes', 'radio_buttons'];
const inputs = ['plain_text_input', 'static_select', 'checkboxes', 'radio_buttons'];

/** Slack's rules for blocks (docs.slack.dev/reference/block-kit/blocks), for the blocks that this workspace can show. */
const blockChecks: Record<string, (v: Json, path: string, problems: Problems) => void> = {
  section(v, path, problems) {
    checkNames(v, ['type', 'block_id', 'text', 'fields', 'accessory', 'expand'], [], path, problems);
    if (v.text === undefined && v.fields === undefined) say(problems, 'missing required field: text', path);
    checkText(v.text, 3000, `${path}/text`, problems);
    for (const [i, f] of checkItems(v.fields, 1, 10, `${path}/fields`, problems).entries())
      checkText(f, 2000, `${path}/fields/${i}`, problems);
    if (v.accessory !== undefined) checkElement(v.accessory, [...interactive, 'image'], `${path}/accessory`, problems);
    checkFlags(v, ['expand'], path, problems);
  },
  header(v, path, problems) {
    checkNames(v, ['type', 'block_id', 'text'], ['text'], path, problems);
    checkText(v.text, 150, `${path}/text`, problems, true);
  },
  divider: (v, path, problems) => checkNames(v, ['type', 'block_id'], [], path, problems),
  context(v, path, problems) {
    checkNames(v, ['type', 'block_id', 'elements'], ['elements'], path, problems);
    for (const [i, e] of checkItems(v.elements, 1, 10, `${path}/elements`, problems).entries()) {
      if (isObject(e) && e.type === 'image') checkElement(e, ['image'], `${path}/elements/${i}`, problems);
      else checkText(e, 3000, `${path}/elements/${i}`, problems);
    }
  },
  actions(v, path, problems) {
    checkNames(v, ['type', 'block_id', 'elements'], ['elements'], path, problems);
    const ids = new Set<unknown>();
    for (const [i, e] of checkItems(v.elements, 1, 25, `${path}/elements`, problems).entries()) {
      checkElement(e, interactive, `${path}/elements/${i}`, problems);
      const id = isObject(e) ? e.action_id : undefined;
      if (id !== undefined && ids.has(id))
        say(problems, `duplicate action_id: ${String(id)}`, `${path}/elements/${i}/action_id`);
      ids.add(id);
    }
  },
  image(v, path, problems) {
    checkNames(v, ['type', 'block_id', 'image_url', 'alt_text', 'title', 'slack_file'], ['alt_text'], path, problems);
    checkPicture(v, path, problems);
    checkText(v.title, 2000, `${path}/title`, problems, true);
  },
  input(v, path, problems) {
    const names = ['type', 'block_id', 'label', 'element', 'hint', 'optional', 'dispatch_action'];
    checkNames(v, names, ['label', 'element'], path, problems);
    checkText(v.label, 2000, `${path}/label`, problems, true);
    checkText(v.hint, 2000, `${path}/hint`, problems, true);
    if (v.element !== undefined) checkElement(v.element, inputs, `${path}/element`, problems);
    checkFlags(v, ['optional', 'dispatch_action'], path, problems);
  },
};

/** Every problem that Slack would find; none means that they are taken. `max`: 50 in a message, 100 in a view. */
export function checkBlocks(blocks: unknown[], max: 50 | 100, base = '/blocks'): string[] {
  const problems: Problems = [];
  if (blocks.length > max) say(problems, `no more than ${max} items allowed`, base);
  const ids = new Set<unknown>();
  for (const [i, b] of blocks.entries()) {
    const path = `${base}/${i}`;
    if (!isObject(b)) {
      say(problems, 'must be an object', path);
      continue;
    }
    if (b.type === undefined) {
      say(problems, 'missing required field: type', path);
      continue;
    }
    const check = blockChecks[String(b.type)];
    if (!check) {
      say(problems, `unsupported type: ${String(b.type)}`, `${path}/type`);
      continue;
    }
    check(b, path, problems);
    checkLength(b.block_id, 255, `${path}/block_id`, problems, 1);
    if (b.block_id !== undefined && ids.has(b.block_id))
      say(problems, `duplicate block_id: ${String(b.block_id)}`, `${path}/block_id`);
    ids.add(b.block_id);
  }
  return problems;
}

/** Length of all texts in the blocks together: Slack refuses a message above about 12,000 to 13,000. */
export function textLength(v: unknown): number {
  if (Array.isArray(v)) return v.reduce((sum: number, x) => sum + textLength(x), 0);
  if (!isObject(v)) return 0;
  return Object.entries(v).reduce(
    (sum, [k, x]) => sum + (k === 'text' && typeof x === 'string' ? x.length : textLength(x)),
    0,
  );
}

/** As stored: with an id for every block and element that came without. */
export function fillIds(blocks: Json[], newId: () => string): Json[] {
  const fill = (v: unknown): unknown => {
    if (Array.isArray(v)) return v.map(fill);
    if (!isObject(v)) return v;
    const filled = Object.fromEntries(Object.entries(v).map(([k, x]) => [k, fill(x)]));
    return hasActionId(v.type) && filled.action_id === undefined ? { ...filled, action_id: newId() } : filled;
  };
  return blocks.map((b) => {
    const filled = fill(b) as Json;
    return filled.block_id === undefined ? { ...filled, block_id: newId() } : filled;
  });
}
