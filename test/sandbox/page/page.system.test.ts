import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { UiMessage } from '../../../sandbox/ui-protocol.ts';
import { openBrowser } from '../../support/browser.ts';
import { until } from '../../support/until.ts';
import { card, nextTs, said, task } from './canned-messages.ts';
import { type CannedWorkspace, startCannedWorkspace } from './canned-workspace.ts';

/** The page alone, in a real browser, against a server that says what each test wants it to say. */
let browser: BrowserContext;
let workspace: CannedWorkspace;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  workspace = await startCannedWorkspace();
  page = await browser.newPage();
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (m) => m.type() === 'error' && complaints.push(m.text()));
});
afterEach(async () => {
  await page.close();
  await workspace.close();
});

async function open(at = '/'): Promise<void> {
  await page.goto(`${workspace.url}${at}`);
  await until('the page listens', () => workspace.streams() === 1);
}

const box = () => page.getByRole('textbox', { name: 'Message', exact: true });
const log = (name = '#classes') => page.getByRole('log', { name: `Messages in ${name}`, exact: true });
const thread = () => page.getByRole('complementary', { name: 'Thread' });
const panel = () => page.getByRole('complementary', { name: 'Agora Cloud Recording' });
const dialog = () => page.getByRole('dialog');
const postsTo = (path: string) => workspace.posts.filter((p) => p.path === path).map((p) => p.body);
const focused = () => page.evaluate('document.activeElement.textContent.trim() || document.activeElement.id');

function show(message: UiMessage): Locator {
  workspace.tell({ type: 'message', message });
  return log().locator(`#m-${message.ts.replace('.', '')}`);
}

describe('the message box', () => {
  test('sends what is typed with Enter, and a new line with Shift+Enter', async () => {
    await open();
    await box().fill('/record start math-101');
    await box().press('Enter');
    await box().pressSequentially('one');
    await box().press('Shift+Enter');
    await box().pressSequentially('two');
    await box().press('Enter');
    await until('both were posted', () => postsTo('/ui/message').length === 2);
    expect(postsTo('/ui/message')).toEqual([
      { user: 'U1', channel: 'C1', text: '/record start math-101' },
      { user: 'U1', channel: 'C1', text: 'one\ntwo' },
    ]);
    expect(await box().inputValue()).toBe('');
  });

  test('brings earlier texts back with the arrow keys', async () => {
    await open();
    for (const text of ['first', 'second']) {
      await box().fill(text);
      await box().press('Enter');
    }
    const seen: string[] = [];
    for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowDown', 'ArrowDown']) {
      await box().press(key);
      seen.push(await box().inputValue());
    }
    expect(seen).toEqual(['second', 'first', 'first', 'second', '']);
  });

  test('offers the commands, chosen with the keyboard', async () => {
    await open();
    await box().pressSequentially('/re');
    const options = page.getByRole('listbox', { name: 'Commands' }).getByRole('option');
    expect(await options.count()).toBe(2);
    expect(await options.nth(0).getAttribute('aria-selected')).toBe('true');
    await box().press('ArrowDown');
    expect(await options.nth(1).getAttribute('aria-selected')).toBe('true');
    await box().press('Enter');
    expect(await box().inputValue()).toBe('/remind ');
    expect(await options.count()).toBe(0);
    // What comes after the command is said while it is being typed.
    await page.getByText('[what] [when]').waitFor();
    expect(workspace.posts).toEqual([]);
    await box().fill('/re');
    await box().press('Escape');
    await box().press('Enter');
    await until('it is sent as it is', () => postsTo('/ui/message').some((b) => b.text === '/re'));
  });

  test('gives the text back when it could not be sent', async () => {
    await open();
    workspace.answer('/ui/message', { ok: false, error: 'not_in_channel' });
    await box().fill('hello');
    await box().press('Enter');
    await log().getByText('That was not sent: you are not a member of this channel.').waitFor();
    expect(await box().inputValue()).toBe('hello');
  });
});

describe('messages', () => {
  test('show author, badge, time, edit and privacy', async () => {
    await open();
    const plain = show(said('good morning'));
    await plain.getByText('good morning').waitFor();
    expect(await plain.getByText('Ana Alves').count()).toBe(1);
    expect(await plain.getByText('APP', { exact: true }).count()).toBe(0);
    expect(await plain.getByRole('time').count()).toBe(1);
    const app = show(said('at your service', { user: 'U9', is_app: true, edited: true }));
    expect(await app.getByText('APP', { exact: true }).count()).toBe(1);
    expect(await app.getByText('(edited)').count()).toBe(1);
    const secret = show(said('only you', { user: 'U9', is_app: true, is_ephemeral: true }));
    expect(await secret.getByText('Only visible to you').count()).toBe(1);
    expect(await app.getByText('Only visible to you').count()).toBe(0);
  });

  test('are changed and taken away in place, and the others stay as they are', async () => {
    await open();
    const first = said('stays');
    const other = show(first);
    const target = card('Starting');
    const place = show(target);
    await place.getByText('Starting').waitFor();
    await other.evaluate((node) => node.setAttribute('data-marked', 'yes'));
    workspace.tell({ type: 'message_changed', message: card('Recording', { ts: target.ts }) });
    await place.getByText('Recording', { exact: true }).waitFor();
    // A log that is filled anew is read out anew, from its beginning, by a screen reader.
    expect(await other.getAttribute('data-marked')).toBe('yes');
    workspace.tell({ type: 'message_deleted', channel: 'C1', ts: target.ts });
    await place.waitFor({ state: 'detached' });
    expect(await other.getAttribute('data-marked')).toBe('yes');
  });

  test('keep the focus on a button when they are drawn anew', async () => {
    await open();
    const target = card('Starting');
    const place = show(target);
    await place.getByRole('button', { name: 'Extend 15 min' }).focus();
    workspace.tell({ type: 'message_changed', message: card('Recording', { ts: target.ts }) });
    await place.getByText('Recording', { exact: true }).waitFor();
    expect(await focused()).toBe('Extend 15 min');
    // The button is gone: the message itself has the focus, so that Tab goes on from there.
    workspace.tell({ type: 'message_changed', message: { ...said('over', { user: 'U9' }), ts: target.ts } });
    await place.getByText('over').waitFor();
    expect(await focused()).toContain('over');
  });

  test('of another channel mark it as unread until it is opened', async () => {
    await open();
    workspace.tell({ type: 'message', message: said('alert', { channel: 'C2' }) });
    const ops = page.getByRole('navigation').getByRole('button', { name: 'ops, unread' });
    await ops.waitFor();
    await ops.click();
    await log('#ops').getByText('alert').waitFor();
    expect(await page.getByRole('navigation').getByRole('button', { name: 'unread' }).count()).toBe(0);
  });

  test('never become markup', async () => {
    await open();
    const text = '&lt;!channel&gt; &lt;img src=x onerror=alert(1)&gt; &amp;lt;b&amp;gt;';
    const place = show(said(text));
    await place.getByText('<!channel> <img src=x onerror=alert(1)> &lt;b&gt;').waitFor();
    expect(await place.locator('img, b, .mention').count()).toBe(0);
    const ping = show(said('<!channel> come', { user: 'U9', is_app: true }));
    expect(await ping.locator('.mention.everyone').textContent()).toBe('@channel');
    expect(complaints).toEqual([]);
  });
});

describe('buttons', () => {
  test('ask first, and Escape or the deny button mean no', async () => {
    await open();
    const place = show(card('Recording'));
    const stop = place.getByRole('button', { name: 'Stop recording' });
    await stop.click();
    expect(await dialog().getAttribute('aria-labelledby')).not.toBeNull();
    await page.getByRole('dialog', { name: 'Stop recording?' }).getByText('ends for everybody').waitFor();
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
    await stop.click();
    await dialog().getByRole('button', { name: 'Keep recording' }).click();
    await dialog().waitFor({ state: 'hidden' });
    expect(postsTo('/ui/action')).toEqual([]);
    await stop.click();
    await dialog().getByRole('button', { name: 'Yes, stop' }).click();
    await until('the click was posted', () => postsTo('/ui/action').length === 1);
    expect(postsTo('/ui/action')[0]).toMatchObject({
      user: 'U1',
      channel: 'C1',
      block_id: 'buttons',
      action_id: 'stop',
    });
  });

  test('without confirm act at once, and a failure is said', async () => {
    await open();
    const place = show(card('Recording'));
    workspace.answer('/ui/action', { ok: false, error: 'operation_timeout' });
    await place.getByRole('button', { name: 'Extend 15 min' }).click();
    await log().getByText('Agora Recording Bot did not answer in time.').waitFor();
    expect(postsTo('/ui/action')).toHaveLength(1);
  });

  test('work from the keyboard alone', async () => {
    await open();
    const place = show(card('Recording'));
    await place.waitFor();
    // From the message box, where the page begins, back to the card.
    expect(await page.evaluate('document.activeElement.id')).toBe('message-box');
    for (let i = 0; (await focused()) !== 'Stop recording'; i++) {
      expect(i).toBeLessThan(5);
      await page.keyboard.press('Shift+Tab');
    }
    await page.keyboard.press('Enter');
    await dialog().waitFor();
    expect(await focused()).toBe('Keep recording');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until('the click was posted', () => postsTo('/ui/action').length === 1);
    expect(await focused()).toBe('Stop recording');
  });
});

describe('threads', () => {
  test('open from the reply count, live, and take replies', async () => {
    await open();
    const parent = card('Recording', { reply_count: 1 });
    const reply = said('Agora confirms', { thread_ts: parent.ts, user: 'U9', is_app: true });
    workspace.keep(reply);
    const place = show(parent);
    await page.reload();
    await place.getByRole('button', { name: '1 reply' }).click();
    await thread().getByText('Agora confirms').waitFor();
    expect(await log().getByText('Agora confirms').count()).toBe(0);
    workspace.tell({ type: 'message', message: said('and live', { thread_ts: parent.ts }) });
    workspace.tell({ type: 'message_changed', message: { ...parent, reply_count: 2 } });
    await thread().getByText('and live').waitFor();
    await place.getByRole('button', { name: '2 replies' }).waitFor();
    const answer = page.getByRole('textbox', { name: 'Reply', exact: true });
    await answer.fill('thanks');
    await answer.press('Enter');
    await until('the reply was posted', () => postsTo('/ui/message').length === 1);
    expect(postsTo('/ui/message')).toEqual([{ user: 'U1', channel: 'C1', text: 'thanks', thread_ts: parent.ts }]);
    await page.keyboard.press('Escape');
    await thread().waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.id')).toBe('message-box');
  });

  test('also sent to the channel show in both places', async () => {
    await open();
    const parent = card('Recording');
    show(parent);
    const alert = show(said('Problem', { thread_ts: parent.ts, is_broadcast: true, user: 'U9', is_app: true }));
    await alert.getByRole('button', { name: 'replied to a thread' }).click();
    await thread().getByText('Problem').waitFor();
    await thread().getByText('Recording', { exact: true }).waitFor();
  });
});

describe('links', () => {
  test('to a message open its channel and show it', async () => {
    const there = said('the card', { channel: 'C2', user: 'U9', is_app: true });
    workspace.keep(there);
    await open();
    const address = `${workspace.url}/archives/C2/p${there.ts.replace('.', '')}`;
    const place = show(said(`See <${address}|its card>.`, { user: 'U9', is_app: true }));
    await place.getByRole('link', { name: 'its card' }).click();
    await log('#ops').getByText('the card').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe(`m-${there.ts.replace('.', '')}`);
    // The same address typed into the browser.
    await page.goto(address);
    await log('#ops').getByText('the card').waitFor();
    expect(await page.evaluate('getComputedStyle(document.body).display')).toBe('grid');
  });

  test('to a reply open its thread', async () => {
    const parent = said('the card', { channel: 'C2' });
    const reply = said('the file', { channel: 'C2', thread_ts: parent.ts });
    workspace.keep(parent);
    workspace.keep(reply);
    await page.goto(`${workspace.url}/archives/C2/p${reply.ts.replace('.', '')}?thread_ts=${parent.ts}&cid=C2`);
    await thread().getByText('the file').waitFor();
  });

  test('to a recording open the player', async () => {
    await open();
    const src = 'http://127.0.0.1:9/recordings/a1_math-101.m3u8?X-Amz-Signature=x';
    const place = show(said(`<${src.replaceAll('&', '&amp;')}|the lesson>`, { user: 'U9', is_app: true }));
    const link = place.getByRole('link', { name: 'the lesson' });
    expect(await link.getAttribute('href')).toBe(`/player.html?src=${encodeURIComponent(src)}&title=the%20lesson`);
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('title')).toContain('opens in the player');
  });
});

describe('people and channels', () => {
  test('are remembered in the address', async () => {
    await open();
    await page.getByRole('combobox', { name: 'You are' }).selectOption({ label: 'Ben Bauer' });
    await page.getByRole('navigation').getByRole('button', { name: 'staff' }).click();
    await log('staff').waitFor();
    await page.reload();
    await log('staff').waitFor();
    expect(await page.getByRole('combobox', { name: 'You are' }).inputValue()).toBe('U2');
    await box().fill('hi');
    await box().press('Enter');
    await until('it was posted', () => postsTo('/ui/message').length === 1);
    expect(postsTo('/ui/message')[0]).toMatchObject({ user: 'U2', channel: 'C3' });
    // Apps are not people that one can be.
    expect(await page.getByRole('combobox', { name: 'You are' }).getByRole('option').count()).toBe(2);
  });

  test('that are unknown give way to known ones', async () => {
    await open('/#user=UNOBODY&channel=CNOWHERE');
    await log('#classes').waitFor();
    await box().fill('hi');
    await box().press('Enter');
    await until('it was posted', () => postsTo('/ui/message').length === 1);
    expect(postsTo('/ui/message')[0]).toMatchObject({ user: 'U1', channel: 'C1' });
  });
});

describe('the connection', () => {
  test('comes back by itself, ever more slowly, and fetches what was missed', async () => {
    await open();
    workspace.cutStreams(true);
    await page.getByText('The sandbox does not answer').waitFor();
    workspace.keep(said('missed'));
    await until('it tried again', () => workspace.streamRequests >= 3);
    expect(await log().getByText('missed').count()).toBe(0);
    workspace.acceptStreams();
    await log().getByText('missed').waitFor();
    await page.getByText('The sandbox does not answer').waitFor({ state: 'hidden' });
  });

  test('tells when Slack is down or the bot is away', async () => {
    await open();
    workspace.tell({ type: 'slack_status', down: true, connections: 2 });
    await page.getByText('Slack is down:').waitFor();
    expect(await panel().getByRole('checkbox', { name: 'Slack is down' }).isChecked()).toBe(true);
    workspace.tell({ type: 'slack_status', down: false, connections: 0 });
    await page.getByText('Agora Recording Bot is not connected').waitFor();
    workspace.tell({ type: 'slack_status', down: false, connections: 2 });
    await page.getByText('Agora Recording Bot is not connected').waitFor({ state: 'hidden' });
  });

  test('brings notices from Slackbot, which stay when the channel list changes', async () => {
    await open();
    workspace.tell({ type: 'notice', channel: 'C1', text: '/record failed with the error "operation_timeout"' });
    await log().getByText('operation_timeout').waitFor();
    workspace.snapshot.channels.push({
      id: 'C7',
      name: 'new-one',
      kind: 'public',
      is_member: true,
      is_archived: false,
      topic: '',
    });
    workspace.tell({ type: 'channels_changed' });
    await page.getByRole('navigation').getByRole('button', { name: 'new-one' }).waitFor();
    expect(await log().getByText('operation_timeout').count()).toBe(1);
    expect(await log().getByText('Slackbot').count()).toBe(1);
  });
});

describe('the Agora panel', () => {
  test('shows tasks, money, clock and notifications, and makes trouble', async () => {
    await open();
    workspace.tell({
      type: 'agora',
      panel: {
        ...workspace.agora,
        speed: 60,
        tasks: [
          task({ alive: false, statusText: 'exited', endedAt: 1_790_000_065_000 }),
          task({ sid: 's2', cname: 'art' }),
        ],
        notifications: { delivered: 4, failed: 1 },
      },
    });
    const [over, live] = [panel().getByRole('listitem').nth(0), panel().getByRole('listitem').nth(1)];
    await over.getByText('1:05').waitFor();
    expect(await over.textContent()).toContain('2 objects');
    expect(await over.getByRole('button').count()).toBe(0);
    expect(await panel().textContent()).toContain('4 delivered, 1 lost');
    expect(await panel().textContent()).toContain('60 times');
    workspace.answer('/ui/agora/fault', { ok: false, error: 'That recorder is gone already.' });
    await live.getByRole('button', { name: 'Start failover: art' }).click();
    await panel().getByText('That recorder is gone already.').waitFor();
    await panel().getByRole('checkbox', { name: 'Agora answers 500' }).check();
    await panel().getByRole('checkbox', { name: 'Slack is down' }).check();
    await until('all were posted', () => workspace.posts.length === 3);
    expect(workspace.posts).toEqual([
      { path: '/ui/agora/fault', body: { kind: 'failover', sid: 's2' } },
      { path: '/ui/agora/fault', body: { kind: 'http_500_on' } },
      { path: '/ui/slack/fault', body: { down: true } },
    ]);
  });

  test('keeps the focus on a button while the recording goes on', async () => {
    await open();
    workspace.tell({ type: 'agora', panel: { ...workspace.agora, tasks: [task()] } });
    await panel().getByRole('button', { name: 'Recorder dies: math-101' }).focus();
    workspace.tell({ type: 'agora', panel: { ...workspace.agora, tasks: [task({ files: ['a', 'b', 'c'] })] } });
    await panel().getByText('3 objects').waitFor();
    expect(await focused()).toBe('Recorder dies');
  });
});

describe('modals', () => {
  const view = {
    id: 'V1',
    type: 'modal' as const,
    title: 'Start a recording',
    submit: 'Start',
    close: 'Cancel',
    blocks: [
      {
        type: 'input',
        block_id: 'name',
        label: { type: 'plain_text', text: 'Channel' },
        element: { type: 'plain_text_input', action_id: 'a' },
      },
      {
        type: 'input',
        block_id: 'mode',
        label: { type: 'plain_text', text: 'Mode' },
        element: {
          type: 'radio_buttons',
          action_id: 'b',
          options: ['mix', 'web'].map((v) => ({ text: { type: 'plain_text', text: `As ${v}` }, value: v })),
          initial_option: { text: { type: 'plain_text', text: 'As web' }, value: 'web' },
        },
      },
      {
        type: 'input',
        optional: true,
        block_id: 'region',
        label: { type: 'plain_text', text: 'Region' },
        element: {
          type: 'static_select',
          action_id: 'c',
          options: [{ text: { type: 'plain_text', text: 'Europe' }, value: 'eu' }],
        },
      },
    ],
  };

  test('say what is missing, what the app refuses, and send the values as Slack does', async () => {
    await open();
    workspace.tell({ type: 'view_opened', view });
    const modal = page.getByRole('dialog', { name: 'Start a recording' });
    await modal.getByRole('button', { name: 'Start' }).click();
    await modal.getByText('Please complete this required field.').waitFor();
    expect(postsTo('/ui/view-submission')).toEqual([]);
    const name = modal.getByRole('textbox', { name: 'Channel' });
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    workspace.answer('/ui/view-submission', { ok: false, error: 'errors', errors: { name: 'No such channel.' } });
    await name.fill('math-101');
    await modal.getByRole('combobox', { name: 'Region' }).selectOption('eu');
    await name.press('Enter');
    await modal.getByText('No such channel.').waitFor();
    expect(postsTo('/ui/view-submission')).toEqual([
      {
        user: 'U1',
        view_id: 'V1',
        values: {
          name: { a: { type: 'plain_text_input', value: 'math-101' } },
          mode: {
            b: {
              type: 'radio_buttons',
              selected_option: { text: { type: 'plain_text', text: 'As web' }, value: 'web' },
            },
          },
          region: {
            c: {
              type: 'static_select',
              selected_option: { text: { type: 'plain_text', text: 'Europe' }, value: 'eu' },
            },
          },
        },
      },
    ]);
    workspace.answer('/ui/view-submission', { ok: false, error: 'operation_timeout' });
    await modal.getByRole('button', { name: 'Start' }).click();
    await modal.getByText('did not answer in time').waitFor();
    workspace.tell({ type: 'view_closed', view_id: 'V0' });
    workspace.tell({ type: 'view_closed', view_id: 'V1' });
    await modal.waitFor({ state: 'hidden' });
    expect(postsTo('/ui/view-closed')).toEqual([]);
  });

  test('closed with Escape are reported as closed', async () => {
    await open();
    workspace.tell({ type: 'view_opened', view });
    await page.getByRole('dialog', { name: 'Start a recording' }).waitFor();
    await page.keyboard.press('Escape');
    await until('it was posted', () => postsTo('/ui/view-closed').length === 1);
    expect(postsTo('/ui/view-closed')).toEqual([{ user: 'U1', view_id: 'V1' }]);
  });
});

describe('the whole page', () => {
  test('is small and asks nobody else', async () => {
    let bytes = 0;
    const foreign: string[] = [];
    page.on('response', async (r) => {
      if (!r.url().startsWith(workspace.url)) foreign.push(r.url());
      if (!r.url().includes('/ui/')) bytes += (await r.body()).length;
    });
    await open();
    await page.waitForLoadState('load');
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(100_000);
    expect(foreign).toEqual([]);
    expect(nextTs()).toMatch(/^\d{10}\.\d{6}$/);
    expect(complaints).toEqual([]);
  });
});
