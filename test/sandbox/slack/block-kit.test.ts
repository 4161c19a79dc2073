import { describe, expect, test } from 'vitest';
import { checkBlocks, fillIds } from '../../../sandbox/slack/block-kit.ts';

/** Every limit of Block Kit that the workspace knows: at the limit it is taken, one more is refused with Slack's words and place. */
const long = (n: number) => 'x'.repeat(n);
const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));
const plain = (text: unknown = 'a', more: object = {}) => ({ type: 'plain_text', text, ...more });
const marked = (text: unknown = 'a', more: object = {}) => ({ type: 'mrkdwn', text, ...more });
const option = (more: object = {}) => ({ text: plain(), value: 'v', ...more });
const confirm = (more: object = {}) => ({ title: plain(), text: plain(), confirm: plain(), deny: plain(), ...more });

const block = {
  section: (more: object = {}) => ({ type: 'section', text: marked(), ...more }),
  header: (text: unknown) => ({ type: 'header', text }),
  context: (elements: unknown) => ({ type: 'context', elements }),
  actions: (...elements: unknown[]) => ({ type: 'actions', elements }),
  image: (more: object = {}) => ({ type: 'image', image_url: 'https://a.example/x.png', alt_text: 'a', ...more }),
  input: (more: object = {}) => ({ type: 'input', label: plain(), element: { type: 'plain_text_input' }, ...more }),
};
const element = {
  button: (more: object = {}) => ({ type: 'button', text: plain(), action_id: 'a', ...more }),
  overflow: (more: object = {}) => ({ type: 'overflow', options: [option()], ...more }),
  select: (more: object = {}) => ({ type: 'static_select', options: [option()], ...more }),
  radio: (more: object = {}) => ({ type: 'radio_buttons', options: [option()], ...more }),
  checks: (more: object = {}) => ({ type: 'checkboxes', options: [option()], ...more }),
};
const e0 = '/blocks/0/elements/0';

/** A row: what is refused, a block, its problem `words at place`, and perhaps the same just within the limit. */
type Row = [what: string, refused: unknown, problem: string, taken?: unknown];

function table(name: string, rows: Row[]): void {
  describe(name, () => {
    test.each(rows)('%s', (_, refused, problem, taken) => {
      const [words, place] = problem.split(' at ');
      expect(checkBlocks([refused], 50)).toEqual([`${words} [json-pointer:${place}]`]);
      if (taken !== undefined) expect(checkBlocks([taken], 50)).toEqual([]);
    });
  });
}

table('blocks', [
  ['no object', 5, 'must be an object at /blocks/0'],
  ['no type', {}, 'missing required field: type at /blocks/0'],
  ['an unknown type', { type: 'marquee' }, 'unsupported type: marquee at /blocks/0/type'],
  [
    'a block_id of 256',
    block.section({ block_id: long(256) }),
    'must be less than 256 characters at /blocks/0/block_id',
    block.section({ block_id: long(255) }),
  ],
  ['an empty block_id', block.section({ block_id: '' }), 'must be more than 0 characters at /blocks/0/block_id'],
  ['a block_id that is a number', block.section({ block_id: 5 }), 'must be a string at /blocks/0/block_id'],
  [
    'an unknown property',
    { type: 'divider', colour: 'red' },
    'invalid additional property: colour at /blocks/0',
    { type: 'divider' },
  ],
]);

table('sections', [
  [
    'neither text nor fields',
    { type: 'section' },
    'missing required field: text at /blocks/0',
    { type: 'section', fields: [plain()] },
  ],
  [
    'text of 3001',
    block.section({ text: marked(long(3001)) }),
    'must be less than 3001 characters at /blocks/0/text/text',
    block.section({ text: marked(long(3000)) }),
  ],
  ['an empty text', block.section({ text: marked('') }), 'must be more than 0 characters at /blocks/0/text/text'],
  ['a text that is no text object', block.section({ text: 'a' }), 'must be an object at /blocks/0/text'],
  [
    'a text without text',
    block.section({ text: { type: 'mrkdwn' } }),
    'missing required field: text at /blocks/0/text',
  ],
  ['a text without type', block.section({ text: { text: 'a' } }), 'missing required field: type at /blocks/0/text'],
  [
    'a text of an unknown type',
    block.section({ text: { type: 'html', text: 'a' } }),
    'unsupported type: html at /blocks/0/text/type',
  ],
  ['a text that is a number', block.section({ text: marked(5) }), 'must be a string at /blocks/0/text/text'],
  [
    'emoji in mrkdwn',
    block.section({ text: marked('a', { emoji: true }) }),
    'invalid additional property: emoji at /blocks/0/text',
    block.section({ text: plain('a', { emoji: true }) }),
  ],
  [
    'verbatim in plain_text',
    block.section({ text: plain('a', { verbatim: true }) }),
    'invalid additional property: verbatim at /blocks/0/text',
    block.section({ text: marked('a', { verbatim: true }) }),
  ],
  [
    'verbatim as text',
    block.section({ text: marked('a', { verbatim: 'yes' }) }),
    'must be a boolean at /blocks/0/text/verbatim',
  ],
  [
    '11 fields',
    block.section({ fields: many(11, () => plain()) }),
    'no more than 10 items allowed at /blocks/0/fields',
    block.section({ fields: many(10, () => plain()) }),
  ],
  ['no fields', block.section({ fields: [] }), 'no fewer than 1 items allowed at /blocks/0/fields'],
  ['fields that are no list', block.section({ fields: plain() }), 'must be an array at /blocks/0/fields'],
  [
    'a field of 2001',
    block.section({ fields: [marked(long(2001))] }),
    'must be less than 2001 characters at /blocks/0/fields/0/text',
    block.section({ fields: [marked(long(2000))] }),
  ],
  [
    'an input beside it',
    block.section({ accessory: { type: 'plain_text_input' } }),
    'unsupported type: plain_text_input at /blocks/0/accessory/type',
    block.section({ accessory: element.button() }),
  ],
  [
    'expand as text',
    block.section({ expand: 'true' }),
    'must be a boolean at /blocks/0/expand',
    block.section({ expand: true }),
  ],
]);

table('other blocks', [
  [
    'a header of 151',
    block.header(plain(long(151))),
    'must be less than 151 characters at /blocks/0/text/text',
    block.header(plain(long(150))),
  ],
  ['a header in mrkdwn', block.header(marked()), 'unsupported type: mrkdwn at /blocks/0/text/type'],
  ['a header without text', { type: 'header' }, 'missing required field: text at /blocks/0'],
  [
    '11 in a context',
    block.context(many(11, () => marked())),
    'no more than 10 items allowed at /blocks/0/elements',
    block.context(many(10, () => marked())),
  ],
  ['a context of nothing', block.context([]), 'no fewer than 1 items allowed at /blocks/0/elements'],
  ['a context of no list', block.context('a'), 'must be an array at /blocks/0/elements'],
  [
    'a button in a context',
    block.context([element.button()]),
    `unsupported type: button at ${e0}/type`,
    block.context([{ type: 'image', image_url: 'https://a.example/x.png', alt_text: 'a' }]),
  ],
  [
    '26 actions',
    block.actions(...many(26, (i) => element.button({ action_id: `a${i}` }))),
    'no more than 25 items allowed at /blocks/0/elements',
    block.actions(...many(25, (i) => element.button({ action_id: `a${i}` }))),
  ],
  ['no actions', block.actions(), 'no fewer than 1 items allowed at /blocks/0/elements'],
  [
    'actions that are no list',
    { type: 'actions', elements: element.button() },
    'must be an array at /blocks/0/elements',
  ],
  ['an action that is no object', block.actions('a'), `must be an object at ${e0}`],
  ['an action without type', block.actions({ text: plain() }), `missing required field: type at ${e0}`],
  [
    'an input among actions',
    block.actions({ type: 'plain_text_input' }),
    `unsupported type: plain_text_input at ${e0}/type`,
  ],
  [
    'one action_id twice',
    block.actions(element.button(), element.button()),
    'duplicate action_id: a at /blocks/0/elements/1/action_id',
    block.actions(element.button(), element.button({ action_id: 'b' })),
  ],
  [
    'an image without alt_text',
    { type: 'image', image_url: 'https://a.example/x.png' },
    'missing required field: alt_text at /blocks/0',
    block.image(),
  ],
  [
    'an alt_text of 2001',
    block.image({ alt_text: long(2001) }),
    'must be less than 2001 characters at /blocks/0/alt_text',
    block.image({ alt_text: long(2000) }),
  ],
  [
    'an image without source',
    { type: 'image', alt_text: 'a' },
    'failed to match exactly one allowed schema at /blocks/0',
  ],
  [
    'an image of two sources',
    block.image({ slack_file: { id: 'F1' } }),
    'failed to match exactly one allowed schema at /blocks/0',
  ],
  [
    'a title of 2001',
    block.image({ title: plain(long(2001)) }),
    'must be less than 2001 characters at /blocks/0/title/text',
    block.image({ title: plain(long(2000)) }),
  ],
  [
    'an input without label',
    { type: 'input', element: { type: 'plain_text_input' } },
    'missing required field: label at /blocks/0',
    block.input(),
  ],
  ['an input without element', { type: 'input', label: plain() }, 'missing required field: element at /blocks/0'],
  [
    'a label of 2001',
    block.input({ label: plain(long(2001)) }),
    'must be less than 2001 characters at /blocks/0/label/text',
    block.input({ label: plain(long(2000)) }),
  ],
  ['a hint in mrkdwn', block.input({ hint: marked() }), 'unsupported type: mrkdwn at /blocks/0/hint/type'],
  [
    'a button as input',
    block.input({ element: element.button() }),
    'unsupported type: button at /blocks/0/element/type',
  ],
  [
    'optional as text',
    block.input({ optional: 'yes' }),
    'must be a boolean at /blocks/0/optional',
    block.input({ optional: true }),
  ],
]);

const button = (more: object) => block.actions(element.button(more));
table('buttons', [
  ['no text', block.actions({ type: 'button' }), `missing required field: text at ${e0}`],
  [
    'text of 76',
    button({ text: plain(long(76)) }),
    `must be less than 76 characters at ${e0}/text/text`,
    button({ text: plain(long(75)) }),
  ],
  ['text in mrkdwn', button({ text: marked() }), `unsupported type: mrkdwn at ${e0}/text/type`],
  [
    'an action_id of 256',
    button({ action_id: long(256) }),
    `must be less than 256 characters at ${e0}/action_id`,
    button({ action_id: long(255) }),
  ],
  [
    'a value of 2001',
    button({ value: long(2001) }),
    `must be less than 2001 characters at ${e0}/value`,
    button({ value: long(2000) }),
  ],
  ['a value that is an object', button({ value: {} }), `must be a string at ${e0}/value`],
  [
    'a url of 3001',
    button({ url: `https://a.example/${long(2983)}` }),
    `must be less than 3001 characters at ${e0}/url`,
    button({ url: `https://a.example/${long(2982)}` }),
  ],
  ['a url that is none', button({ url: 'here' }), `must be a valid URL at ${e0}/url`],
  [
    'an unknown style',
    button({ style: 'default' }),
    `must be a valid enum value at ${e0}/style`,
    button({ style: 'danger' }),
  ],
  [
    'a label of 76',
    button({ accessibility_label: long(76) }),
    `must be less than 76 characters at ${e0}/accessibility_label`,
    button({ accessibility_label: long(75) }),
  ],
  ['an unknown property', button({ emoji: true }), `invalid additional property: emoji at ${e0}`],
  ['a question that is a text', button({ confirm: 'sure?' }), `must be an object at ${e0}/confirm`],
  [
    'a question of 101',
    button({ confirm: confirm({ title: plain(long(101)) }) }),
    `must be less than 101 characters at ${e0}/confirm/title/text`,
    button({ confirm: confirm({ title: plain(long(100)) }) }),
  ],
  [
    'a question explained in 301',
    button({ confirm: confirm({ text: marked(long(301)) }) }),
    `must be less than 301 characters at ${e0}/confirm/text/text`,
    button({ confirm: confirm({ text: marked(long(300)) }) }),
  ],
  [
    'a yes of 31',
    button({ confirm: confirm({ confirm: plain(long(31)) }) }),
    `must be less than 31 characters at ${e0}/confirm/confirm/text`,
    button({ confirm: confirm({ confirm: plain(long(30)) }) }),
  ],
  [
    'a no of 31',
    button({ confirm: confirm({ deny: plain(long(31)) }) }),
    `must be less than 31 characters at ${e0}/confirm/deny/text`,
    button({ confirm: confirm({ deny: plain(long(30)) }) }),
  ],
  [
    'a question without no',
    button({ confirm: { ...confirm(), deny: undefined } }),
    `missing required field: deny at ${e0}/confirm`,
  ],
  [
    'a question of its own',
    button({ confirm: confirm({ icon: 'a' }) }),
    `invalid additional property: icon at ${e0}/confirm`,
  ],
  [
    'a question in another style',
    button({ confirm: confirm({ style: 'loud' }) }),
    `must be a valid enum value at ${e0}/confirm/style`,
    button({ confirm: confirm({ style: 'primary' }) }),
  ],
]);

const overflow = (more: object) => block.actions(element.overflow(more));
const select = (more: object) => block.actions(element.select(more));
const input = (more: object) => block.input({ element: { type: 'plain_text_input', ...more } });
table('menus, choices and inputs', [
  [
    '6 in an overflow',
    overflow({ options: many(6, () => option()) }),
    `no more than 5 items allowed at ${e0}/options`,
    overflow({ options: many(5, () => option()) }),
  ],
  ['an overflow without options', block.actions({ type: 'overflow' }), `missing required field: options at ${e0}`],
  [
    'an option of 76',
    overflow({ options: [option({ text: plain(long(76)) })] }),
    `must be less than 76 characters at ${e0}/options/0/text/text`,
    overflow({ options: [option({ text: plain(long(75)) })] }),
  ],
  [
    'a value of 151',
    overflow({ options: [option({ value: long(151) })] }),
    `must be less than 151 characters at ${e0}/options/0/value`,
    overflow({ options: [option({ value: long(150) })] }),
  ],
  [
    'an option without value',
    overflow({ options: [{ text: plain() }] }),
    `missing required field: value at ${e0}/options/0`,
  ],
  ['an option that is a text', overflow({ options: ['a'] }), `must be an object at ${e0}/options/0`],
  [
    'an option in mrkdwn',
    overflow({ options: [option({ text: marked() })] }),
    `unsupported type: mrkdwn at ${e0}/options/0/text/type`,
    block.actions(element.radio({ options: [option({ text: marked() })] })),
  ],
  [
    'an address outside an overflow',
    select({ options: [option({ url: 'https://a.example' })] }),
    `invalid additional property: url at ${e0}/options/0`,
    overflow({ options: [option({ url: 'https://a.example' })] }),
  ],
  [
    '101 in a select',
    select({ options: many(101, () => option()) }),
    `no more than 100 items allowed at ${e0}/options`,
    select({ options: many(100, () => option()) }),
  ],
  [
    'a select of nothing',
    block.actions({ type: 'static_select' }),
    `failed to match exactly one allowed schema at ${e0}`,
  ],
  [
    'a select of both',
    select({ option_groups: [{ label: plain(), options: [option()] }] }),
    `failed to match exactly one allowed schema at ${e0}`,
    block.actions({ type: 'static_select', option_groups: [{ label: plain(), options: [option()] }] }),
  ],
  [
    'a group of 76',
    block.actions({ type: 'static_select', option_groups: [{ label: plain(long(76)), options: [option()] }] }),
    `must be less than 76 characters at ${e0}/option_groups/0/label/text`,
  ],
  [
    'a placeholder of 151',
    select({ placeholder: plain(long(151)) }),
    `must be less than 151 characters at ${e0}/placeholder/text`,
    select({ placeholder: plain(long(150)) }),
  ],
  [
    '11 radio buttons',
    block.actions(element.radio({ options: many(11, () => option()) })),
    `no more than 10 items allowed at ${e0}/options`,
    block.actions(element.radio({ options: many(10, () => option()) })),
  ],
  [
    '11 checkboxes',
    block.actions(element.checks({ options: many(11, () => option()) })),
    `no more than 10 items allowed at ${e0}/options`,
    block.actions(element.checks({ options: many(10, () => option()) })),
  ],
  [
    'initial_options of radio buttons',
    block.actions(element.radio({ initial_options: [option()] })),
    `invalid additional property: initial_options at ${e0}`,
  ],
  [
    'a min_length of 3001',
    input({ min_length: 3001 }),
    'must be less than 3001 at /blocks/0/element/min_length',
    input({ min_length: 3000 }),
  ],
  [
    'a max_length of 0',
    input({ max_length: 0 }),
    'must be greater than 0 at /blocks/0/element/max_length',
    input({ max_length: 1 }),
  ],
  ['a max_length of a half', input({ max_length: 0.5 }), 'must be an integer at /blocks/0/element/max_length'],
  ['multiline as text', input({ multiline: 'yes' }), 'must be a boolean at /blocks/0/element/multiline'],
]);

describe('all blocks together', () => {
  const dividers = (n: number) => many(n, () => ({ type: 'divider' }));

  test.each<[50 | 100]>([[50], [100]])('are %i at most', (max) => {
    expect(checkBlocks(dividers(max), max)).toEqual([]);
    expect(checkBlocks(dividers(max + 1), max)).toEqual([`no more than ${max} items allowed [json-pointer:/blocks]`]);
  });

  test('have a block_id of their own each', () => {
    const twice = [block.section({ block_id: 'b' }), block.section({ block_id: 'b' })];
    expect(checkBlocks(twice, 50)).toEqual(['duplicate block_id: b [json-pointer:/blocks/1/block_id]']);
    // The same action_id in two blocks is fine.
    expect(checkBlocks([block.actions(element.button()), block.actions(element.button())], 50)).toEqual([]);
  });

  test('get the ids that they lack, and keep those they have', () => {
    let n = 0;
    const [filled] = fillIds([block.actions(element.button(), { type: 'button', text: plain() })], () => `id${++n}`);
    const { elements, block_id } = filled as { elements: { action_id: string }[]; block_id: string };
    expect([block_id, ...elements.map((e) => e.action_id)]).toEqual(['id2', 'a', 'id1']);
  });
});
