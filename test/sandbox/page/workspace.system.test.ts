import type { Response } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { said } from './canned-messages.ts';
import { createPageRig } from './page-rig.ts';

/** Who one is, where, and how the page stays in touch. The page in a real browser, against a server that says what each test wants. */
const rig = createPageRig();
beforeAll(rig.start);
beforeEach(rig.newPage);
afterEach(rig.closePage);
afterAll(rig.end);

describe('people and channels', () => {
  test('are remembered in the address', async () => {
    await rig.open();
    await rig.page.getByRole('combobox', { name: 'You are' }).selectOption({ label: 'Ben Bauer' });
    await rig.page.getByRole('navigation').getByRole('button', { name: 'staff' }).click();
    await rig.log('staff').waitFor();
    await rig.page.reload();
    await rig.log('staff').waitFor();
    expect(await rig.page.getByRole('combobox', { name: 'You are' }).inputValue()).toBe('U2');
    await rig.box().fill('hi');
    await rig.box().press('Enter');
    await until('it was posted', () => rig.postsTo('/ui/message').length === 1);
    expect(rig.postsTo('/ui/message')[0]).toMatchObject({ user: 'U2', channel: 'C3' });
    // Apps are not people that one can be.
    expect(await rig.page.getByRole('combobox', { name: 'You are' }).getByRole('option').count()).toBe(2);
  });

  test('that are unknown give way to known ones', async () => {
    await rig.open('/#user=UNOBODY&channel=CNOWHERE');
    await rig.log('#classes').waitFor();
    await rig.box().fill('hi');
    await rig.box().press('Enter');
    await until('it was posted', () => rig.postsTo('/ui/message').length === 1);
    expect(rig.postsTo('/ui/message')[0]).toMatchObject({ user: 'U1', channel: 'C1' });
  });
});

describe('the connection', () => {
  test('comes back by itself, ever more slowly, and fetches what was missed', async () => {
    rig.workspace.keep(said('there before'));
    await rig.open();
    // The first fetch is done: a late one would bring what is to be missed.
    await rig.log().getByText('there before').waitFor();
    rig.workspace.cutStreams(true);
    await rig.page.getByText('The sandbox does not answer').waitFor();
    rig.workspace.keep(said('missed'));
    await until('it tried again', () => rig.workspace.streamRequests >= 3);
    expect(await rig.log().getByText('missed').count()).toBe(0);
    rig.workspace.acceptStreams();
    await rig.log().getByText('missed').waitFor();
    await rig.page.getByText('The sandbox does not answer').waitFor({ state: 'hidden' });
  });

  test('loses nothing that is said while it fetches', async () => {
    await rig.open();
    rig.show(said('before'));
    await rig.log().getByText('before').waitFor();
    const answer = rig.workspace.hold('/ui/messages');
    rig.workspace.snapshot.channels.push({
      id: 'C8',
      name: 'late-one',
      kind: 'public',
      is_member: true,
      is_archived: false,
      topic: '',
    });
    rig.workspace.tell({ type: 'channels_changed' });
    await answer.arrived;
    rig.show(said('meanwhile'));
    answer.release();
    await rig.page.getByRole('navigation').getByRole('button', { name: 'late-one' }).waitFor();
    await rig.log().getByText('meanwhile').waitFor();
  });

  test('tells when Slack is down or the bot is away', async () => {
    await rig.open();
    rig.workspace.tell({ type: 'slack_status', down: true, connections: 2 });
    await rig.page.getByText('Slack is down:').waitFor();
    expect(await rig.panel().getByRole('checkbox', { name: 'Slack is down' }).isChecked()).toBe(true);
    rig.workspace.tell({ type: 'slack_status', down: false, connections: 0 });
    await rig.page.getByText('Agora Recording Bot is not connected').waitFor();
    rig.workspace.tell({ type: 'slack_status', down: false, connections: 2 });
    await rig.page.getByText('Agora Recording Bot is not connected').waitFor({ state: 'hidden' });
  });

  test('brings notices from Slackbot, which stay when the channel list changes', async () => {
    await rig.open();
    rig.workspace.tell({ type: 'notice', channel: 'C1', text: '/record failed with the error "operation_timeout"' });
    await rig.log().getByText('operation_timeout').waitFor();
    rig.workspace.snapshot.channels.push({
      id: 'C7',
      name: 'new-one',
      kind: 'public',
      is_member: true,
      is_archived: false,
      topic: '',
    });
    rig.workspace.tell({ type: 'channels_changed' });
    await rig.page.getByRole('navigation').getByRole('button', { name: 'new-one' }).waitFor();
    expect(await rig.log().getByText('operation_timeout').count()).toBe(1);
    expect(await rig.log().getByText('Slackbot').count()).toBe(1);
  });
});

describe('the whole page', () => {
  test('is small and asks nobody else', async () => {
    const responses: Response[] = [];
    rig.page.on('response', (r) => responses.push(r));
    await rig.open();
    await rig.page.waitForLoadState('load');
    const foreign = responses.map((r) => r.url()).filter((url) => !url.startsWith(rig.workspace.url));
    let bytes = 0;
    for (const r of responses) if (!r.url().includes('/ui/')) bytes += (await r.body()).length;
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(100_000);
    expect(foreign).toEqual([]);
    expect(rig.complaints).toEqual([]);
  });
});
