import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { seriousViolations } from './axe.ts';
import { card, said, task } from './canned-messages.ts';
import { createPageRig } from './page-rig.ts';

/** A full page at two sizes: no violation of accessibility rules, nothing that scrolls sideways, drawers on a phone. */
const rig = createPageRig();
beforeAll(rig.start);
beforeEach(rig.newPage);
afterEach(rig.closePage);
afterAll(rig.end);

const long = 'https://bucket.example/'.padEnd(180, 'recordings-of-the-whole-term/');

/** Everything at once: a card, a thread, private words, long words, a banner, tasks. */
async function fill(): Promise<void> {
  await rig.open();
  const first = said('Good morning! Who opens the room? <@U2>');
  const parent = card('Recording', { reply_count: 2 });
  rig.show(first);
  rig.show(said('I do. :wave:'));
  rig.show(parent);
  rig.show(said(`Agora confirms: \`math-101\` is being recorded. <!here>`, { user: 'U9', thread_ts: parent.ts }));
  rig.show(said(`<${long}|${long}>`, { user: 'U9', is_app: true, thread_ts: parent.ts }));
  rig.show(
    said('I do not know `strat`. Did you mean `/record start`?', { user: 'U9', is_app: true, is_ephemeral: true }),
  );
  rig.show(said(`\`${long}\`\n\`\`\`${long}\`\`\`\n&gt; ${long}`, { user: 'U2', edited: true }));
  rig.workspace.tell({ type: 'message', message: said('Problem', { channel: 'C2', user: 'U9' }) });
  rig.workspace.tell({ type: 'slack_status', down: true, connections: 2 });
  rig.workspace.tell({
    type: 'agora',
    panel: {
      ...rig.workspace.agora,
      tasks: [task({ cname: long }), task({ sid: 'x', cname: 'art', alive: false, statusText: 'exited abnormally' })],
      billedSecondsTotal: 130,
    },
  });
  await rig.log().getByText('(edited)').waitFor();
  await rig.page.locator('[data-task=x]').waitFor({ state: 'attached' });
}

/** Elements that are wider inside than outside, unless they hide it on purpose. */
const wide = () =>
  rig.page.evaluate(`[...document.querySelectorAll('body, body *')]
    .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1 && getComputedStyle(e).display !== 'inline')
    .filter((e) => !['hidden', 'clip'].includes(getComputedStyle(e).overflowX) || e === document.body)
    .map((e) => e.tagName + '#' + e.id + '.' + e.className)`);

describe.each([
  ['on a laptop', { width: 1280, height: 800 }],
  ['on a phone', { width: 390, height: 844 }],
  ['on a small phone', { width: 320, height: 568 }],
])('%s', (_, size) => {
  test('axe finds nothing serious and nothing scrolls sideways', async () => {
    await rig.page.setViewportSize(size);
    await fill();
    expect(await seriousViolations(rig.page)).toEqual([]);
    expect(await wide()).toEqual([]);
    await rig.log().getByRole('button', { name: '2 replies' }).click();
    await rig.thread().getByText('Agora confirms').waitFor();
    expect(await seriousViolations(rig.page)).toEqual([]);
    expect(await wide()).toEqual([]);
    await rig.page.getByRole('button', { name: 'Close the thread' }).click();
    await rig.log().getByRole('button', { name: 'Stop recording' }).click();
    await rig.dialog().waitFor();
    expect(await seriousViolations(rig.page)).toEqual([]);
    expect(await wide()).toEqual([]);
    await rig.page.keyboard.press('Escape');
    await rig.box().pressSequentially('/re');
    expect(await seriousViolations(rig.page)).toEqual([]);
    expect(await wide()).toEqual([]);
  });
});

describe('the panel', () => {
  test('can be put away on a wide screen', async () => {
    await rig.open();
    const button = rig.page.getByRole('button', { name: 'Agora', exact: true });
    expect(await button.getAttribute('aria-expanded')).toBe('true');
    await button.click();
    expect(await rig.panel().isVisible()).toBe(false);
    expect(await button.getAttribute('aria-expanded')).toBe('false');
    await button.click();
    expect(await rig.panel().isVisible()).toBe(true);
  });
});

describe('on a phone, the drawers', () => {
  beforeEach(() => rig.page.setViewportSize({ width: 390, height: 844 }));

  test.each([
    ['Channels', 'navigation'],
    ['Agora', 'complementary'],
  ] as const)('%s opens, takes the focus, and closes in three ways', async (name, role) => {
    await fill();
    const button = rig.page.getByRole('button', { name, exact: true });
    const drawer = rig.page.getByRole(role, { name: role === 'navigation' ? 'Workspace' : 'Agora Cloud Recording' });
    expect(await drawer.isVisible()).toBe(false);
    const closers = [
      () => rig.page.keyboard.press('Escape'),
      () => drawer.getByRole('button', { name: /^Close the/ }).click(),
      () => rig.page.mouse.click(role === 'navigation' ? 380 : 10, 400),
    ];
    for (const close of closers) {
      await button.click();
      await drawer.waitFor();
      expect(await button.getAttribute('aria-expanded')).toBe('true');
      expect(await rig.focused()).toContain('Close the');
      expect(await seriousViolations(rig.page)).toEqual([]);
      expect(await wide()).toEqual([]);
      await close();
      await drawer.waitFor({ state: 'hidden' });
      expect(await rig.focused()).toContain(name);
    }
  });

  test('Channels closes when one was chosen', async () => {
    await fill();
    await rig.page.getByRole('button', { name: 'Channels', exact: true }).click();
    await rig.page.getByRole('navigation').getByRole('button', { name: 'ops' }).click();
    await rig.log('#ops').waitFor();
    await until('the drawer is closed', async () => !(await rig.page.getByRole('navigation').isVisible()));
  });
});
