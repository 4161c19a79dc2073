import { checkBlocks } from './block-kit.ts';
import {
  checkFlags,
  checkItems,
  checkLength,
  checkNames,
  checkText,
  isObject,
  type Problems,
  say,
} from './composition-objects.ts';

const flags = ['clear_on_close', 'notify_on_close', 'submit_disabled'];
const names = [
  'type',
  'title',
  'submit',
  'close',
  'blocks',
  'private_metadata',
  'callback_id',
  'external_id',
  ...flags,
];

/** Every problem that Slack would find in a modal (docs.slack.dev/reference/views/modal-views), with pointers below /view. */
export function checkView(view: unknown): string[] {
  const problems: Problems = [];
  if (!isObject(view)) return ['must be an object [json-pointer:/view]'];
  checkNames(view, names, ['type', 'title', 'blocks'], '/view', problems);
  if (view.type !== undefined && view.type !== 'modal')
    say(problems, `unsupported type: ${String(view.type)}`, '/view/type');
  for (const name of ['title', 'submit', 'close']) checkText(view[name], 24, `/view/${name}`, problems, true);
  checkLength(view.private_metadata, 3000, '/view/private_metadata', problems);
  checkLength(view.callback_id, 255, '/view/callback_id', problems);
  checkLength(view.external_id, 255, '/view/external_id', problems);
  checkFlags(view, flags, '/view', problems);
  const blocks = checkItems(view.blocks, 1, Number.POSITIVE_INFINITY, '/view/blocks', problems);
  if (view.submit === undefined && blocks.some((b) => isObject(b) && b.type === 'input'))
    say(problems, 'missing required field: submit', '/view');
  return [...problems, ...checkBlocks(blocks, 100, '/view/blocks')];
}
