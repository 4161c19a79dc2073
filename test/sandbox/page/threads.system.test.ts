import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { card, said } from './canned-messages.ts';
import { createPageRig } from './page-rig.ts';

/** Threads, and links to messages and recordings. The page in a real browser, against a server that says what each test wants. */
const rig = createPageRig();
beforeAll(rig.start);
beforeEach(rig.newPage);
afterEach(rig.closePage);
afterAll(rig.end);

describe('threads', () => {
  test('open from the reply count, live, and take replies', async () => {
    await rig.open();
    const parent = card('Recording', { reply_count: 1 });
    const reply = said('Agora confirms', { thread_ts: parent.ts, user: 'U9', is_app: true });
    rig.workspace.keep(reply);
    const place = rig.show(parent);
    await rig.page.reload();
    await place.getByRole('button', { name: '1 reply' }).click();
    await rig.thread().getByText('Agora confirms').waitFor();
    expect(await rig.log().getByText('Agora confirms').count()).toBe(0);
    rig.workspace.tell({ type: 'message', message: said('and live', { thread_ts: parent.ts }) });
    rig.workspace.tell({ type: 'message_changed', message: { ...parent, reply_count: 2 } });
    await rig.thread().getByText('and live').waitFor();
    await place.getByRole('button', { name: '2 replies' }).waitFor();
    const answer = rig.page.getByRole('textbox', { name: 'Reply', exact: true });
    await answer.fill('thanks');
    await answer.press('Enter');
    await until('the reply was posted', () => rig.postsTo('/ui/message').length === 1);
    expect(rig.postsTo('/ui/message')).toEqual([{ user: 'U1', channel: 'C1', text: 'thanks', thread_ts: parent.ts }]);
    await rig.page.keyboard.press('Escape');
    await rig.thread().waitFor({ state: 'hidden' });
    expect(await rig.focused()).toBe('2 replies');
  });

  test('also sent to the channel show in both places', async () => {
    await rig.open();
    const parent = card('Recording');
    rig.show(parent);
    const alert = rig.show(said('Problem', { thread_ts: parent.ts, is_broadcast: true, user: 'U9', is_app: true }));
    await alert.getByRole('button', { name: 'replied to a thread' }).click();
    await rig.thread().getByText('Problem').waitFor();
    await rig.thread().getByText('Recording', { exact: true }).waitFor();
  });
});

describe('links', () => {
  test('to a message open its channel and show it', async () => {
    const there = said('the card', { channel: 'C2', user: 'U9', is_app: true });
    rig.workspace.keep(there);
    await rig.open();
    const address = `${rig.workspace.url}/archives/C2/p${there.ts.replace('.', '')}`;
    const place = rig.show(said(`See <${address}|its card>.`, { user: 'U9', is_app: true }));
    await place.getByRole('link', { name: 'its card' }).click();
    await rig.log('#ops').getByText('the card').waitFor();
    expect(await rig.page.evaluate('document.activeElement.id')).toBe(`m-${there.ts.replace('.', '')}`);
    // The same address typed into the browser.
    await rig.page.goto(address);
    await rig.log('#ops').getByText('the card').waitFor();
    expect(await rig.page.evaluate('getComputedStyle(document.body).display')).toBe('grid');
  });

  test('to a reply open its thread', async () => {
    const parent = said('the card', { channel: 'C2' });
    const reply = said('the file', { channel: 'C2', thread_ts: parent.ts });
    rig.workspace.keep(parent);
    rig.workspace.keep(reply);
    await rig.page.goto(`${rig.workspace.url}/archives/C2/p${reply.ts.replace('.', '')}?thread_ts=${parent.ts}&cid=C2`);
    await rig.thread().getByText('the file').waitFor();
  });

  test('to a recording open the player', async () => {
    await rig.open();
    const src = 'http://127.0.0.1:9/recordings/a1_math-101.m3u8?X-Amz-Signature=x';
    const place = rig.show(said(`<${src.replaceAll('&', '&amp;')}|the lesson>`, { user: 'U9', is_app: true }));
    const link = place.getByRole('link', { name: 'the lesson' });
    expect(await link.getAttribute('href')).toBe(`/player.html?src=${encodeURIComponent(src)}&title=the%20lesson`);
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('title')).toContain('opens in the player');
  });
});
