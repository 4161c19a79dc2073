import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { createPageRig } from './page-rig.ts';

/** Writing: the message box and its commands. The page in a real browser, against a server that says what each test wants. */
const rig = createPageRig();
beforeAll(rig.start);
beforeEach(rig.newPage);
afterEach(rig.closePage);
afterAll(rig.end);

describe('the message box', () => {
  test('sends what is typed with Enter, and a new line with Shift+Enter', async () => {
    await rig.open();
    await rig.box().fill('/record start math-101');
    await rig.box().press('Enter');
    await rig.box().pressSequentially('one');
    await rig.box().press('Shift+Enter');
    await rig.box().pressSequentially('two');
    await rig.box().press('Enter');
    await until('both were posted', () => rig.postsTo('/ui/message').length === 2);
    expect(rig.postsTo('/ui/message')).toEqual([
      { user: 'U1', channel: 'C1', text: '/record start math-101' },
      { user: 'U1', channel: 'C1', text: 'one\ntwo' },
    ]);
    expect(await rig.box().inputValue()).toBe('');
  });

  test('brings earlier texts back with the arrow keys', async () => {
    await rig.open();
    for (const text of ['first', 'second']) {
      await rig.box().fill(text);
      await rig.box().press('Enter');
    }
    const seen: string[] = [];
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowDown']) {
      await rig.box().press(key);
      seen.push(await rig.box().inputValue());
    }
    expect(seen).toEqual(['second', 'first', 'first', 'second', '']);
  });

  test('offers the commands, chosen with the keyboard', async () => {
    await rig.open();
    await rig.box().pressSequentially('/re');
    const options = rig.page.getByRole('listbox', { name: 'Commands' }).getByRole('option');
    expect(await options.count()).toBe(2);
    expect(await options.nth(0).getAttribute('aria-selected')).toBe('true');
    await rig.box().press('ArrowDown');
    expect(await options.nth(1).getAttribute('aria-selected')).toBe('true');
    await rig.box().press('Enter');
    expect(await rig.box().inputValue()).toBe('/remind ');
    expect(await options.count()).toBe(0);
    // What comes after the command is said while it is being typed.
    await rig.page.getByText('[what] [when]').waitFor();
    expect(rig.workspace.posts).toEqual([]);
    await rig.box().fill('/re');
    await rig.box().press('Escape');
    await rig.box().press('Enter');
    await until('it is sent as it is', () => rig.postsTo('/ui/message').some((b) => b.text === '/re'));
  });

  test('gives the text back when it could not be sent', async () => {
    await rig.open();
    rig.workspace.answer('/ui/message', { ok: false, error: 'not_in_channel' });
    await rig.box().fill('hello');
    await rig.box().press('Enter');
    await rig.log().getByText('That was not sent: you are not a member of this channel.').waitFor();
    expect(await rig.box().inputValue()).toBe('hello');
  });
});
