import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { card, said } from './canned-messages.ts';
import { createPageRig } from './page-rig.ts';

/** What is said, and the buttons in it. The page in a real browser, against a server that says what each test wants. */
const rig = createPageRig();
beforeAll(rig.start);
beforeEach(rig.newPage);
afterEach(rig.closePage);
afterAll(rig.end);

describe('messages', () => {
  test('show author, badge, time, edit and privacy', async () => {
    await rig.open();
    const plain = rig.show(said('good morning'));
    await plain.getByText('good morning').waitFor();
    expect(await plain.getByText('Ana Alves').count()).toBe(1);
    expect(await plain.getByText('APP', { exact: true }).count()).toBe(0);
    expect(await plain.getByRole('time').count()).toBe(1);
    const app = rig.show(said('at your service', { user: 'U9', is_app: true, edited: true }));
    await app.waitFor();
    expect(await app.getByText('APP', { exact: true }).count()).toBe(1);
    expect(await app.getByText('(edited)').count()).toBe(1);
    const secret = rig.show(said('only you', { user: 'U9', is_app: true, is_ephemeral: true }));
    await secret.waitFor();
    expect(await secret.getByText('Only visible to you').count()).toBe(1);
    expect(await app.getByText('Only visible to you').count()).toBe(0);
  });

  test('are changed and taken away in place, and the others stay as they are', async () => {
    await rig.open();
    const first = said('stays');
    const other = rig.show(first);
    const target = card('Starting');
    const place = rig.show(target);
    await place.getByText('Starting').waitFor();
    await other.evaluate((node) => node.setAttribute('data-marked', 'yes'));
    rig.workspace.tell({ type: 'message_changed', message: card('Recording', { ts: target.ts }) });
    await place.getByText('Recording', { exact: true }).waitFor();
    // A log that is filled anew is read out anew, from its beginning, by a screen reader.
    expect(await other.getAttribute('data-marked')).toBe('yes');
    rig.workspace.tell({ type: 'message_deleted', channel: 'C1', ts: target.ts });
    await place.waitFor({ state: 'detached' });
    expect(await other.getAttribute('data-marked')).toBe('yes');
  });

  test('keep the focus on a button when they are drawn anew', async () => {
    await rig.open();
    const target = card('Starting');
    const place = rig.show(target);
    await place.getByRole('button', { name: 'Extend 15 min' }).focus();
    rig.workspace.tell({ type: 'message_changed', message: card('Recording', { ts: target.ts }) });
    await place.getByText('Recording', { exact: true }).waitFor();
    expect(await rig.focused()).toBe('Extend 15 min');
    // The button is gone: the message itself has the focus, so that Tab goes on from there.
    rig.workspace.tell({ type: 'message_changed', message: { ...said('over', { user: 'U9' }), ts: target.ts } });
    await place.getByText('over').waitFor();
    expect(await rig.focused()).toContain('over');
  });

  test('of another channel mark it as unread until it is opened', async () => {
    await rig.open();
    rig.workspace.tell({ type: 'message', message: said('alert', { channel: 'C2', user: 'U9' }) });
    const ops = rig.page.getByRole('navigation').getByRole('button', { name: 'ops, unread' });
    await ops.waitFor();
    await ops.click();
    await rig.log('#ops').getByText('alert').waitFor();
    expect(await rig.page.getByRole('navigation').getByRole('button', { name: 'unread' }).count()).toBe(0);
  });

  test('never become markup', async () => {
    await rig.open();
    const text = '&lt;!channel&gt; &lt;img src=x onerror=alert(1)&gt; &amp;lt;b&amp;gt;';
    const place = rig.show(said(text));
    await place.getByText('<!channel> <img src=x onerror=alert(1)> &lt;b&gt;').waitFor();
    expect(await place.locator('img, b, .mention').count()).toBe(0);
    const ping = rig.show(said('<!channel> come', { user: 'U9', is_app: true }));
    expect(await ping.locator('.mention.everyone').textContent()).toBe('@channel');
    expect(rig.complaints).toEqual([]);
  });
});

describe('buttons', () => {
  test('ask first, and Escape or the deny button mean no', async () => {
    await rig.open();
    const place = rig.show(card('Recording'));
    const stop = place.getByRole('button', { name: 'Stop recording' });
    await stop.click();
    expect(await rig.dialog().getAttribute('aria-labelledby')).not.toBeNull();
    await rig.page.getByRole('dialog', { name: 'Stop recording?' }).getByText('ends for everybody').waitFor();
    await rig.page.keyboard.press('Escape');
    await rig.dialog().waitFor({ state: 'hidden' });
    await stop.click();
    await rig.dialog().getByRole('button', { name: 'Keep recording' }).click();
    await rig.dialog().waitFor({ state: 'hidden' });
    expect(rig.postsTo('/ui/action')).toEqual([]);
    await stop.click();
    await rig.dialog().getByRole('button', { name: 'Yes, stop' }).click();
    await until('the click was posted', () => rig.postsTo('/ui/action').length === 1);
    expect(rig.postsTo('/ui/action')[0]).toMatchObject({
      user: 'U1',
      channel: 'C1',
      block_id: 'buttons',
      action_id: 'stop',
    });
  });

  test('may be gone when the question is answered: the focus goes to the message', async () => {
    await rig.open();
    const target = card('Recording');
    const place = rig.show(target);
    await place.getByRole('button', { name: 'Stop recording' }).click();
    await rig.dialog().waitFor();
    rig.workspace.tell({ type: 'message_changed', message: { ...said('over', { user: 'U9' }), ts: target.ts } });
    await rig.page.getByText('over', { exact: true }).waitFor();
    await rig.page.keyboard.press('Escape');
    await rig.dialog().waitFor({ state: 'hidden' });
    await until('a message has the focus', () => rig.page.evaluate("document.activeElement.tagName === 'ARTICLE'"));
    expect(await rig.focused()).toContain('over');
  });

  test('without confirm act at once, and a failure is said', async () => {
    await rig.open();
    const place = rig.show(card('Recording'));
    rig.workspace.answer('/ui/action', { ok: false, error: 'operation_timeout' });
    await place.getByRole('button', { name: 'Extend 15 min' }).click();
    await rig.log().getByText('Agora Recording Bot did not answer in time.').waitFor();
    expect(rig.postsTo('/ui/action')).toHaveLength(1);
  });

  test('work from the keyboard alone', async () => {
    await rig.open();
    const place = rig.show(card('Recording'));
    await place.waitFor();
    // From the message box, where the page begins, back to the card.
    expect(await rig.page.evaluate('document.activeElement.id')).toBe('message-box');
    for (let i = 0; (await rig.focused()) !== 'Stop recording'; i++) {
      expect(i).toBeLessThan(5);
      await rig.page.keyboard.press('Shift+Tab');
    }
    await rig.page.keyboard.press('Enter');
    await rig.dialog().waitFor();
    expect(await rig.focused()).toBe('Keep recording');
    await rig.page.keyboard.press('Tab');
    await rig.page.keyboard.press('Enter');
    await until('the click was posted', () => rig.postsTo('/ui/action').length === 1);
    expect(await rig.focused()).toBe('Stop recording');
  });
});
