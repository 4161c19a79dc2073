import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AgoraPanel } from '../../../sandbox/ui-protocol.ts';
import { openBrowser } from '../../support/browser.ts';
import { until } from '../../support/until.ts';
import { createRig, type RawClient, type Rig } from './rig.ts';

/** What the sandbox's Slack shows to a person in a real browser: files, links that are buttons, and direct conversations. */
const panel: AgoraPanel = {
  now: Date.now(),
  speed: 1,
  tasks: [],
  billedSecondsTotal: 0,
  restFault: 'none',
  notifications: { delivered: 0, failed: 0 },
};
let browser: BrowserContext;
let page: Page;
let rig: Rig;
let client: RawClient;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  rig = await createRig({
    pageDir: join(import.meta.dirname, '../../../sandbox/page'),
    extraRoutes: async (_req, res, url) => {
      if (url.pathname !== '/ui/agora') return false;
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(panel));
      return true;
    },
  });
  client = await rig.connect();
  page = await browser.newPage();
  await page.goto(`${rig.slack.url}/#user=U0ANA&channel=C0CLASSES`);
  await page.getByRole('log', { name: 'Messages in #classes' }).waitFor();
});
afterEach(async () => {
  await page.close();
  await rig.close();
});

test('a file in a thread opens in a tab of its own', async () => {
  const thread_ts = await rig.post('Done.');
  const { body } = await rig.call('files.getUploadURLExternal', { filename: 'report.json', length: 12 });
  await fetch(String(body.upload_url), { method: 'POST', body: '{"sid":"s1"}' });
  const files = [{ id: body.file_id, title: 'The report' }];
  await rig.call('files.completeUploadExternal', {
    files,
    channel_id: 'C0CLASSES',
    thread_ts,
    initial_comment: 'Here',
  });
  await page.getByRole('button', { name: '1 reply' }).click();
  const thread = page.getByRole('complementary', { name: 'Thread' });
  await thread.getByText('report.json, 12 bytes').waitFor();
  const link = thread.getByRole('link', { name: 'The report' });
  expect(await link.getAttribute('rel')).toContain('noopener');
  const [opened] = await Promise.all([browser.waitForEvent('page'), link.click()]);
  await opened.getByText('{"sid":"s1"}').waitFor();
  await opened.close();
});

test('a link that is a button opens in a tab of its own, and the app is told', async () => {
  const url = `${rig.slack.url}/icon.svg`;
  const elements = [{ type: 'button', action_id: 'open', text: { type: 'plain_text', text: 'Open' }, url }];
  await rig.post('card', { blocks: [{ type: 'actions', elements }] });
  const link = page.getByRole('link', { name: 'Open' });
  expect(await link.getAttribute('rel')).toContain('noopener');
  const [opened] = await Promise.all([browser.waitForEvent('page'), link.click()]);
  expect(opened.url()).toBe(url);
  const envelope = await client.next();
  client.ack(envelope);
  expect(envelope.payload.actions).toMatchObject([{ action_id: 'open', url }]);
  await opened.close();
});

test('a conversation that the app opens is there to read and to answer in', async () => {
  const { channel } = (await rig.call('conversations.open', { users: 'U0ANA' })).body as { channel: { id: string } };
  await rig.call('chat.postMessage', { channel: channel.id, text: 'Your recording has ended.' });
  const dm = page.getByRole('navigation').getByRole('button', { name: /Agora Recording Bot/ });
  await dm.click();
  await page.getByText('Your recording has ended.').waitFor();
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('thank you');
  await page.keyboard.press('Enter');
  await until('the answer', () => rig.slack.messages(channel.id, 'U0ANA').some((m) => m.text === 'thank you'));
});
