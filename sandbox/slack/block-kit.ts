/**
 * Slack's checks of blocks: required and unknown properties, limits, unique ids (docs.slack.dev/reference/block-kit). Problems are worded as
 * Slack words them, with a pointer to the place.
 */
type Json = Record<string, unknown>;
type Problems = string[];

const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v);
const say = (problems: Problems, text: string, path: string): void => {
  problems.push(`${text} [json-pointer:${path}]`);
};

function known(v: Json, names: string[], required: string[], path: string, problems: Problems): void {
  for (const name of required) if (v[name] === undefined) say(problems, `missing required field: ${name}`, path);
  for (const name of Object.keys(v))
    if (!names.includes(name)) say(problems, `invalid additional property: ${name}`, path);
}

function length(v: unknown, max: number, path: string, problems: Problems, min = 0): void {
  if (typeof v !== 'string') return void (v !== undefined && say(problems, 'must be a string', path));
  if (v.length > max) say(problems, `must be less than ${max + 1} characters`, path);
  if (v.length < min) say(problems, `must be more than ${min - 1} characters`, path);
}

function text(v: unknown, max: number, path: string, problems: Problems, plainOnly = false): void {
  if (v === undefined) return;
  if (!isObject(v)) {
    say(problems, 'must be an object', path);
    return;
  }
  if (v.type !== 'plain_text' && (plainOnly || v.type !== 'mrkdwn'))
    say(problems, `unsupported type: ${String(v.type)}`, `${path}/type`);
  known(
    v,
    v.type === 'plain_text' ? ['type', 'text', 'emoji'] : ['type', 'text', 'verbatim'],
    ['type', 'text'],
    path,
    problems,
  );
  length(v.text, max, `${path}/text`, problems, 1);
}

function confirm(v: unknown, path: string, problems: Problems): void {
  if (v === undefined) return;
  if (!isObject(v)) {
    say(problems, 'must be an object', path);
    return;
  }
  known(v, ['title', 'text', 'confirm', 'deny', 'style'], ['title', 'text', 'confirm', 'deny'], path, problems);
  text(v.title, 100, `${path}/title`, problems, true);
  text(v.text, 300, `${path}/text`, problems);
  text(v.confirm, 30, `${path}/confirm`, problems, true);
  text(v.deny, 30, `${path}/deny`, problems, true);
  if (v.style !== undefined && !['primary', 'danger'].includes(String(v.style)))
    say(problems, 'must be a valid enum value', `${path}/style`);
}

function options(v: unknown, max: number, path: string, problems: Problems): void {
  if (!Array.isArray(v)) return;
  if (v.length < 1 || v.length > max) say(problems, `no more than ${max} items allowed`, path);
  for (const [i, o] of v.entries()) {
    if (!isObject(o)) continue;
    known(o, ['text', 'value', 'description', 'url'], ['text', 'value'], `${path}/${i}`, problems);
    text(o.text, 75, `${path}/${i}/text`, problems);
    length(o.value, 150, `${path}/${i}/value`, problems, 1);
    text(o.description, 75, `${path}/${i}/description`, problems);
  }
}

type ElementCheck = (v: Json, path: string, problems: Problems) => void;
const common = ['type', 'action_id'];

const elements: Record<string, ElementCheck> = {
  button(v, path, problems) {
    known(v, [...common, 'text', 'value', 'url', 'style', 'confirm', 'accessibility_label'], ['text'], path, problems);
    text(v.text, 75, `${path}/text`, problems, true);
    length(v.value, 2000, `${path}/value`, problems);
    length(v.url, 3000, `${path}/url`, problems);
    length(v.accessibility_label, 75, `${path}/accessibility_label`, problems);
    if (v.style !== undefined && !['primary', 'danger'].includes(String(v.style)))
      say(problems, 'must be a valid enum value', `${path}/style`);
    confirm(v.confirm, `${path}/confirm`, problems);
  },
  overflow(v, path, problems) {
    known(v, [...common, 'options', 'confirm'], ['options'], path, problems);
    options(v.options, 5, `${path}/options`, problems);
    confirm(v.confirm, `${path}/confirm`, problems);
  },
  static_select(v, path, problems) {
    known(
      v,
      [...common, 'placeholder', 'options', 'option_groups', 'initial_option', 'confirm', 'focus_on_load'],
      [],
      path,
      problems,
    );
    options(v.options, 100, `${path}/options`, problems);
    text(v.placeholder, 150, `${path}/placeholder`, problems, true);
  },
  image(v, path, problems) {
    known(v, ['type', 'image_url', 'alt_text', 'slack_file'], ['alt_text'], path, problems);
    length(v.image_url, 3000, `${path}/image_url`, problems);
  },
  plain_text_input(v, path, problems) {
    known(
      v,
      [
        ...common,
        'initial_value',
        'multiline',
        'min_length',
        'max_length',
        'placeholder',
        'dispatch_action_config',
        'focus_on_load',
      ],
      [],
      path,
      problems,
    );
    text(v.placeholder, 150, `${path}/placeholder`, problems, true);
  },
};
for (const type of ['checkboxes', 'radio_buttons']) {
  elements[type] = (v, path, problems) => {
    known(
      v,
      [...common, 'options', 'initial_options', 'initial_option', 'confirm', 'focus_on_load'],
      ['options'],
      path,
      problems,
    );
    options(v.options, 10, `${path}/options`, problems);
  };
}

function element(v: unknown, allowed: string[], path: string, problems: Problems): void {
  if (!isObject(v)) return void say(problems, 'must be an object', path);
  const check = elements[String(v.type)];
  if (!check || !allowed.includes(String(v.type)))
    return void say(problems, `unsupported type: ${String(v.type)}`, `${path}/type`);
  length(v.action_id, 255, `${path}/action_id`, problems);
  check(v, path, problems);
}

const interactive = ['button', 'overflow', 'static_select', 'checkboxes', 'radio_buttons'];

const blockChecks: Record<string, ElementCheck> = {
  section(v, path, problems) {
    known(v, ['type', 'block_id', 'text', 'fields', 'accessory', 'expand'], [], path, problems);
    if (v.text === undefined && v.fields === undefined) say(problems, 'missing required field: text', path);
    text(v.text, 3000, `${path}/text`, problems);
    if (Array.isArray(v.fields)) {
      if (v.fields.length > 10) say(problems, 'no more than 10 items allowed', `${path}/fields`);
      for (const [i, f] of v.fields.entries()) text(f, 2000, `${path}/fields/${i}`, problems);
    }
    if (v.accessory !== undefined) element(v.accessory, [...interactive, 'image'], `${path}/accessory`, problems);
  },
  header(v, path, problems) {
    known(v, ['type', 'block_id', 'text'], ['text'], path, problems);
    text(v.text, 150, `${path}/text`, problems, true);
  },
  divider: (v, path, problems) => known(v, ['type', 'block_id'], [], path, problems),
  context(v, path, problems) {
    known(v, ['type', 'block_id', 'elements'], ['elements'], path, problems);
    if (!Array.isArray(v.elements)) return;
    if (v.elements.length > 10) say(problems, 'no more than 10 items allowed', `${path}/elements`);
    for (const [i, e] of v.elements.entries()) {
      if (isObject(e) && e.type === 'image') element(e, ['image'], `${path}/elements/${i}`, problems);
      else text(e, 3000, `${path}/elements/${i}`, problems);
    }
  },
  actions(v, path, problems) {
    known(v, ['type', 'block_id', 'elements'], ['elements'], path, problems);
    if (!Array.isArray(v.elements)) return;
    if (v.elements.length < 1 || v.elements.length > 25)
      say(problems, 'no more than 25 items allowed', `${path}/elements`);
    const ids = new Set<unknown>();
    for (const [i, e] of v.elements.entries()) {
      element(e, interactive, `${path}/elements/${i}`, problems);
      const id = isObject(e) ? e.action_id : undefined;
      if (id !== undefined && ids.has(id))
        say(problems, `duplicate action_id: ${String(id)}`, `${path}/elements/${i}/action_id`);
      ids.add(id);
    }
  },
  image(v, path, problems) {
    known(v, ['type', 'block_id', 'image_url', 'alt_text', 'title', 'slack_file'], ['alt_text'], path, problems);
    length(v.alt_text, 2000, `${path}/alt_text`, problems);
  },
  input(v, path, problems) {
    known(
      v,
      ['type', 'block_id', 'label', 'element', 'hint', 'optional', 'dispatch_action'],
      ['label', 'element'],
      path,
      problems,
    );
    text(v.label, 2000, `${path}/label`, problems, true);
    text(v.hint, 2000, `${path}/hint`, problems, true);
    element(
      v.element,
      ['plain_text_input', 'static_select', 'checkboxes', 'radio_buttons'],
      `${path}/element`,
      problems,
    );
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
    const check = blockChecks[String(b.type)];
    if (!check) {
      say(problems, `unsupported type: ${String(b.type)}`, `${path}/type`);
      continue;
    }
    check(b, path, problems);
    length(b.block_id, 255, `${path}/block_id`, problems);
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
    const needsId = typeof v.type === 'string' && v.type in elements && v.type !== 'image';
    return needsId && filled.action_id === undefined ? { ...filled, action_id: newId() } : filled;
  };
  return blocks.map((b) => {
    const filled = fill(b) as Json;
    return filled.block_id === undefined ? { ...filled, block_id: newId() } : filled;
  });
}
