import type { BrowserContext, Locator, Page } from 'playwright-core';
import type { UiMessage } from '../../../sandbox/ui-protocol.ts';
import { openBrowser } from '../../support/browser.ts';
import { until } from '../../support/until.ts';
import { type CannedWorkspace, startCannedWorkspace } from './canned-workspace.ts';

/** The page alone in a real browser, for one file of tests: one browser, and for each test a new page and a new workspace. */
export function createPageRig() {
  let browser: BrowserContext;
  let workspace: CannedWorkspace;
  let page: Page;
  let complaints: string[] = [];
  const log = (name = '#classes') => page.getByRole('log', { name: `Messages in ${name}`, exact: true });

  return {
    get page() {
      return page;
    },
    get workspace() {
      return workspace;
    },
    /** Errors in the page and its console. */
    get complaints() {
      return complaints;
    },
    async start() {
      browser = await openBrowser();
    },
    end: () => browser?.close(),
    async newPage() {
      workspace = await startCannedWorkspace();
      page = await browser.newPage();
      complaints = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (m) => m.type() === 'error' && complaints.push(m.text()));
    },
    async closePage() {
      await page.close();
      await workspace.close();
    },
    async open(at = '/') {
      await page.goto(`${workspace.url}${at}`);
      await until('the page listens', () => workspace.streams() === 1);
    },
    box: () => page.getByRole('textbox', { name: 'Message', exact: true }),
    log,
    thread: () => page.getByRole('complementary', { name: 'Thread' }),
    panel: () => page.getByRole('complementary', { name: 'Agora Cloud Recording' }),
    dialog: () => page.getByRole('dialog'),
    /** What was posted to one path, oldest first. */
    postsTo: (path: string) => workspace.posts.filter((p) => p.path === path).map((p) => p.body),
    /** The words of what has the focus, or its id. */
    focused: () => page.evaluate('document.activeElement.textContent.trim() || document.activeElement.id'),
    /** Tells the page of a new message in #classes, and gives its place there. */
    show(message: UiMessage): Locator {
      workspace.tell({ type: 'message', message });
      return log().locator(`#m-${message.ts.replace('.', '')}`);
    },
  };
}
