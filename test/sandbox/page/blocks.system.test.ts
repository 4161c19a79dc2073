import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { said } from './canned-messages.ts';
import { createPageRig } from './page-rig.ts';

/** Block Kit in messages: what is shown, and what an element posts. */
const rig = createPageRig();
beforeAll(rig.start);
beforeEach(rig.newPage);
afterEach(rig.closePage);
afterAll(rig.end);

const plain = (text: string) => ({ type: 'plain_text', text });
const option = (text: string, value: string) => ({ text: plain(text), value });

async function draw(...blocks: Record<string, unknown>[]) {
  await rig.open();
  const place = rig.show(
    said('fallback', { user: 'U9', is_app: true, blocks: blocks.map((b, i) => ({ block_id: `b${i}`, ...b })) }),
  );
  await place.waitFor();
  return place;
}

async function posted(): Promise<Record<string, unknown> | undefined> {
  await until('an action was posted', () => rig.postsTo('/ui/action').length > 0);
  return rig.postsTo('/ui/action')[0];
}

describe('blocks', () => {
  test('show their texts; the fallback text is not shown', async () => {
    const place = await draw(
      { type: 'header', text: plain('Head :tada:') },
      {
        type: 'section',
        text: { type: 'mrkdwn', text: '*strong*' },
        fields: [plain('left'), { type: 'mrkdwn', text: '_right_' }],
      },
      { type: 'divider' },
      {
        type: 'context',
        elements: [
          { type: 'image', image_url: '/icon.svg', alt_text: 'a lamp' },
          { type: 'mrkdwn', text: '`note`' },
        ],
      },
      { type: 'image', image_url: '/icon.svg', alt_text: 'a picture', title: plain('Caption') },
    );
    expect(await place.getByRole('heading', { name: 'Head 🎉' }).count()).toBe(1);
    expect(await place.locator('strong', { hasText: 'strong' }).count()).toBe(1);
    expect(await place.locator('em').textContent()).toBe('right');
    expect(await place.getByText('left').count()).toBe(1);
    expect(await place.getByRole('separator').count()).toBe(1);
    expect(await place.locator('code').textContent()).toBe('note');
    expect(await place.getByRole('img', { name: 'a lamp' }).count()).toBe(1);
    expect(await place.getByRole('figure').getByText('Caption').count()).toBe(1);
    expect(await place.getByText('fallback').count()).toBe(0);
    expect(rig.complaints).toEqual([]);
  });

  test('of rich text keep styles, lists and mentions', async () => {
    const text = (words: string, style?: object) => ({ type: 'text', text: words, ...(style ? { style } : {}) });
    const place = await draw({
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            text('bold', { bold: true, italic: true }),
            text(' <b>raw</b> '),
            { type: 'user', user_id: 'U2' },
            { type: 'broadcast', range: 'here' },
            { type: 'emoji', name: 'x' },
            { type: 'link', url: 'https://a.example/', text: 'there' },
          ],
        },
        {
          type: 'rich_text_list',
          style: 'ordered',
          elements: ['one', 'two'].map((w) => ({ type: 'rich_text_section', elements: [text(w)] })),
        },
        { type: 'rich_text_quote', elements: [text('quoted')] },
        { type: 'rich_text_preformatted', elements: [text('a  b')] },
      ],
    });
    expect(await place.locator('strong em', { hasText: 'bold' }).count()).toBe(1);
    expect(await place.locator('b').count()).toBe(0);
    expect(await place.getByText('<b>raw</b>').count()).toBe(1);
    expect(await place.locator('.mention').allTextContents()).toEqual(['@Ben Bauer', '@here']);
    expect(await place.getByRole('link', { name: 'there' }).getAttribute('href')).toBe('https://a.example/');
    expect(await place.locator('ol li').allTextContents()).toEqual(['one', 'two']);
    expect(await place.locator('blockquote').textContent()).toBe('quoted');
    expect(await place.locator('pre').textContent()).toBe('a  b');
  });

  test('that nobody knows are named, not dropped', async () => {
    const place = await draw({ type: 'hologram' });
    expect(await place.getByText('(a block of type hologram)').count()).toBe(1);
  });
});

describe('elements', () => {
  test('a select posts the option that was chosen', async () => {
    const place = await draw({
      type: 'section',
      text: plain('Which?'),
      accessory: {
        type: 'static_select',
        action_id: 'pick',
        placeholder: plain('Pick one'),
        option_groups: [{ label: plain('Rooms'), options: [option('Art', 'art'), option('Music', 'music')] }],
      },
    });
    await place.getByRole('combobox', { name: 'Pick one' }).selectOption({ label: 'Music' });
    expect(await posted()).toMatchObject({
      block_id: 'b0',
      action_id: 'pick',
      selected: { selected_option: option('Music', 'music') },
    });
  });

  test('an overflow menu opens, closes and posts from the keyboard', async () => {
    const place = await draw({
      type: 'actions',
      elements: [{ type: 'overflow', action_id: 'more', options: [option('Rename', 'r'), option('Delete', 'd')] }],
    });
    const more = place.getByRole('button', { name: 'More actions' });
    await more.press('Enter');
    expect(await more.getAttribute('aria-expanded')).toBe('true');
    expect(await rig.focused()).toBe('Rename');
    await rig.page.keyboard.press('Escape');
    expect(await place.getByRole('button', { name: 'Delete' }).isVisible()).toBe(false);
    await more.press('Enter');
    await rig.page.keyboard.press('Tab');
    await rig.page.keyboard.press('Enter');
    expect(await posted()).toMatchObject({ action_id: 'more', selected: { selected_option: option('Delete', 'd') } });
  });

  test('checkboxes begin as the app says and post all that are checked', async () => {
    const place = await draw({
      type: 'actions',
      elements: [
        {
          type: 'checkboxes',
          action_id: 'which',
          options: [option('Audio', 'a'), option('Video', 'v')],
          initial_options: [option('Audio', 'a')],
        },
      ],
    });
    expect(await place.getByRole('checkbox', { name: 'Audio' }).isChecked()).toBe(true);
    await place.getByRole('checkbox', { name: 'Video' }).check();
    expect(await posted()).toMatchObject({
      selected: { selected_options: [option('Audio', 'a'), option('Video', 'v')] },
    });
  });

  test('a button with an address opens it and tells the app as well', async () => {
    const place = await draw({
      type: 'actions',
      elements: [{ type: 'button', action_id: 'open', text: plain('Open'), url: `${rig.workspace.url}/icon.svg` }],
    });
    const opened = rig.page.context().waitForEvent('page');
    await place.getByRole('link', { name: 'Open' }).click();
    await (await opened).close();
    expect(await posted()).toMatchObject({ action_id: 'open' });
  });
});
