import {
  checkConfirm,
  checkFlags,
  checkItems,
  checkLength,
  checkNames,
  checkOneOf,
  checkOption,
  checkOptions,
  checkText,
  checkUrl,
  isObject,
  type Json,
  type Problems,
  say,
} from './composition-objects.ts';

type ElementCheck = (v: Json, path: string, problems: Problems) => void;
const common = ['type', 'action_id'];

/** Slack's rules for interactive elements and images (docs.slack.dev/reference/block-kit/block-elements). */
const elements: Record<string, ElementCheck> = {
  button(v, path, problems) {
    const names = [...common, 'text', 'value', 'url', 'style', 'confirm', 'accessibility_label'];
    checkNames(v, names, ['text'], path, problems);
    checkText(v.text, 75, `${path}/text`, problems, true);
    checkLength(v.value, 2000, `${path}/value`, problems);
    checkUrl(v.url, `${path}/url`, problems);
    checkLength(v.accessibility_label, 75, `${path}/accessibility_label`, problems);
    checkOneOf(v.style, ['primary', 'danger'], `${path}/style`, problems);
    checkConfirm(v.confirm, `${path}/confirm`, problems);
  },
  overflow(v, path, problems) {
    checkNames(v, [...common, 'options', 'confirm'], ['options'], path, problems);
    checkOptions(v.options, { max: 5, url: true }, `${path}/options`, problems);
    checkConfirm(v.confirm, `${path}/confirm`, problems);
  },
  static_select(v, path, problems) {
    const names = ['placeholder', 'options', 'option_groups', 'initial_option', 'confirm', 'focus_on_load'];
    checkNames(v, [...common, ...names], [], path, problems);
    if ((v.options === undefined) === (v.option_groups === undefined))
      say(problems, 'failed to match exactly one allowed schema', path);
    checkOptions(v.options, { max: 100 }, `${path}/options`, problems);
    for (const [i, g] of checkItems(v.option_groups, 1, 100, `${path}/option_groups`, problems).entries())
      checkOptionGroup(g, `${path}/option_groups/${i}`, problems);
    checkOption(v.initial_option, { max: 1 }, `${path}/initial_option`, problems);
    checkText(v.placeholder, 150, `${path}/placeholder`, problems, true);
    checkConfirm(v.confirm, `${path}/confirm`, problems);
    checkFlags(v, ['focus_on_load'], path, problems);
  },
  checkboxes(v, path, problems) {
    checkNames(v, [...common, 'options', 'initial_options', 'confirm', 'focus_on_load'], ['options'], path, problems);
    checkOptions(v.options, { max: 10, mrkdwn: true }, `${path}/options`, problems);
    checkOptions(v.initial_options, { max: 10, mrkdwn: true }, `${path}/initial_options`, problems);
    checkConfirm(v.confirm, `${path}/confirm`, problems);
    checkFlags(v, ['focus_on_load'], path, problems);
  },
  radio_buttons(v, path, problems) {
    checkNames(v, [...common, 'options', 'initial_option', 'confirm', 'focus_on_load'], ['options'], path, problems);
    checkOptions(v.options, { max: 10, mrkdwn: true }, `${path}/options`, problems);
    checkOption(v.initial_option, { max: 10, mrkdwn: true }, `${path}/initial_option`, problems);
    checkConfirm(v.confirm, `${path}/confirm`, problems);
    checkFlags(v, ['focus_on_load'], path, problems);
  },
  plain_text_input(v, path, problems) {
    const limits = ['min_length', 'max_length'];
    const names = ['initial_value', 'multiline', ...limits, 'placeholder', 'dispatch_action_config', 'focus_on_load'];
    checkNames(v, [...common, ...names], [], path, problems);
    checkText(v.placeholder, 150, `${path}/placeholder`, problems, true);
    checkLength(v.initial_value, 3000, `${path}/initial_value`, problems);
    checkFlags(v, ['multiline', 'focus_on_load'], path, problems);
    for (const [i, name] of limits.entries()) {
      const n = v[name];
      if (n === undefined) continue;
      if (!Number.isInteger(n)) say(problems, 'must be an integer', `${path}/${name}`);
      else if (Number(n) < i) say(problems, `must be greater than ${i - 1}`, `${path}/${name}`);
      else if (Number(n) > 3000) say(problems, 'must be less than 3001', `${path}/${name}`);
    }
  },
  image(v, path, problems) {
    checkNames(v, ['type', 'image_url', 'alt_text', 'slack_file'], ['alt_text'], path, problems);
    checkPicture(v, path, problems);
  },
};

function checkOptionGroup(v: unknown, path: string, problems: Problems): void {
  if (!isObject(v)) return void say(problems, 'must be an object', path);
  checkNames(v, ['label', 'options'], ['label', 'options'], path, problems);
  checkText(v.label, 75, `${path}/label`, problems, true);
  checkOptions(v.options, { max: 100 }, `${path}/options`, problems);
}

/** What image blocks and image elements share: one source, and words for those who do not see it. */
export function checkPicture(v: Json, path: string, problems: Problems): void {
  if ((v.image_url === undefined) === (v.slack_file === undefined))
    say(problems, 'failed to match exactly one allowed schema', path);
  checkUrl(v.image_url, `${path}/image_url`, problems);
  checkLength(v.alt_text, 2000, `${path}/alt_text`, problems, 1);
}

/** Checks one element where only these types are allowed. */
export function checkElement(v: unknown, allowed: string[], path: string, problems: Problems): void {
  if (!isObject(v)) return void say(problems, 'must be an object', path);
  if (v.type === undefined) return void say(problems, 'missing required field: type', path);
  const check = elements[String(v.type)];
  if (!check || !allowed.includes(String(v.type)))
    return void say(problems, `unsupported type: ${String(v.type)}`, `${path}/type`);
  checkLength(v.action_id, 255, `${path}/action_id`, problems, 1);
  check(v, path, problems);
}

/** Does Slack give elements of this type an action_id when they come without? */
export const hasActionId = (type: unknown): boolean => typeof type === 'string' && type in elements && type !== 'image';
