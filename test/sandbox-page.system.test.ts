import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from './support/browser.ts';
import { type RunningSandbox, runSandbox } from './support/run-sandbox.ts';

/** What the README promises in its first paragraph, done by a real browser. Screenshots go to test/screenshots. */
const shots = join(import.meta.dirname, 'screenshots');
mkdirSync(shots, { recursive: true });

let sandbox: RunningSandbox;
let browser: BrowserContext;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
  sandbox = await runSandbox({ SANDBOX_SPEED: '3' });
  browser = await openBrowser();
  page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (m) => m.type() === 'error' && complaints.push(m.text()));
  await page.goto(sandbox.url);
});
afterAll(async () => {
  await browser?.close();
  await sandbox?.end();
});

const box = () => page.getByRole('textbox', { name: 'Message', exact: true });
const log = () => page.getByRole('log', { name: 'Messages in #classes' });
const card = (name: string) =>
  log()
    .getByRole('article')
    .filter({ hasText: `Agora channel ${name}` })
    .first();

async function type(text: string): Promise<void> {
  await box().fill(text);
  await box().press('Enter');
}

async function seriousViolations(): Promise<string[]> {
  await page.evaluate(readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8'));
  const found = await page.evaluate<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>(
    'axe.run()',
  );
  return found.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' ')}`);
}

describe('the sandbox in a browser', () => {
  test('records, stops and plays, with keyboard and mouse', async () => {
    await type('/record start math-101 --for 2m');
    await card('math-101').getByText('Recording', { exact: true }).waitFor();
    expect(
      await page.getByRole('complementary', { name: 'Agora Cloud Recording' }).getByText('math-101').count(),
    ).toBeGreaterThan(0);
    await page.screenshot({ path: join(shots, 'recording.png') });

    await card('math-101').getByRole('button', { name: 'Stop recording' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Stop recording?').waitFor();
    await page.screenshot({ path: join(shots, 'confirm.png') });
    // Escape is "no": nothing is stopped.
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await card('math-101').getByRole('button', { name: 'Stop recording' }).count()).toBe(1);

    await card('math-101').getByRole('button', { name: 'Stop recording' }).click();
    await dialog.getByRole('button', { name: 'Stop recording' }).click();
    await card('math-101').getByText('Ready, files seen in the bucket').waitFor();
    expect(await card('math-101').getByRole('button', { name: 'Stop recording' }).count()).toBe(0);

    await card('math-101').getByRole('button', { name: /repl/ }).click();
    const thread = page.getByRole('complementary', { name: 'Thread' });
    await thread.getByText('Ready: Agora confirms the upload').waitFor();
    await page.screenshot({ path: join(shots, 'done.png') });

    const [player] = await Promise.all([
      browser.waitForEvent('page'),
      card('math-101').getByRole('link', { name: /m3u8/ }).click(),
    ]);
    await player.getByText('Ready to play.').waitFor();
    await player.getByRole('button', { name: 'Play' }).click();
    await player.waitForFunction(
      () =>
        (
          globalThis as unknown as { document: { querySelector(s: string): { currentTime: number } } }
        ).document.querySelector('video').currentTime > 1,
    );
    await player.screenshot({ path: join(shots, 'player.png') });
    await player.close();
    await watch('math-101');
    await page.getByRole('button', { name: 'Close the thread' }).click();
  });

  /** The card's Watch button opens the bot's own player, which plays the recording out of the bucket. */
  async function watch(name: string): Promise<void> {
    const [opened] = await Promise.all([
      browser.waitForEvent('page'),
      card(name)
        .getByRole('link', { name: 'Watch' })
        .or(card(name).getByRole('button', { name: 'Watch' }))
        .click(),
    ]);
    await opened.waitForFunction(() => {
      type Video = { currentTime: number; muted: boolean; play(): Promise<void> };
      const { document } = globalThis as unknown as { document: { querySelector(s: string): Video | null } };
      const video = document.querySelector('video');
      if (!video) return false;
      video.muted = true;
      video.play().catch(() => undefined);
      return video.currentTime > 1;
    });
    await opened.screenshot({ path: join(shots, `watch-${name}.png`) });
    await opened.close();
  }

  test('has a profile of each kind, and a layout', async () => {
    await type('/record start everything --profile hd --layout panel');
    await card('everything').getByText('Recording', { exact: true }).waitFor();
    await card('everything').getByText('layout panel').waitFor();
    for (const name of ['tracks', 'pictures', 'page']) {
      await type(
        `/record start ${name} --profile ${name}${name === 'page' ? ' --web https://www.example.com/' : ''} --dry-run`,
      );
      await log().getByText(`This is what Agora would be sent for ${name}, without secrets:`).waitFor();
    }
    await type('/record stop everything');
    await card('everything').getByText('Ready, files seen in the bucket').waitFor();
    expect(
      await card('everything')
        .getByRole('button', { name: /Watch|Download/ })
        .or(card('everything').getByRole('link', { name: /^(Watch|Download)$/ }))
        .allInnerTexts(),
    ).toEqual(['Watch', 'Download']);
  });

  test('records a web page and plays it from the card', async () => {
    await type('/record start launch --for 2m --web https://www.example.com/live');
    await card('launch').getByText('Recording', { exact: true }).waitFor();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await type('/record stop launch');
    await card('launch').getByText('Ready, files seen in the bucket').waitFor();
    await watch('launch');
  });

  test('answers mistakes privately, and pings nobody', async () => {
    await type('/record strat math-101');
    await log().getByText('Did you mean').waitFor();
    await type('/record start <!channel> --for 1m');
    await card('<!channel>').waitFor();
    expect(await log().locator('.mention.everyone').count()).toBe(0);
    await type('/record stop <!channel>');
    expect(await log().getByText('Only visible to you').count()).toBeGreaterThan(0);
  });

  test('shows each person their own view', async () => {
    await page.getByLabel('You are').selectOption({ label: 'Gil Guest (guest)' });
    await log().getByText('Did you mean').waitFor({ state: 'detached' });
    await type('/record start physics');
    await log().getByText('Only full members of this workspace').waitFor();
    await page.getByLabel('You are').selectOption({ label: 'Ana Alves' });
    await card('math-101').waitFor();
  });

  test('makes things go wrong from the panel', async () => {
    await type('/record start chem --for 2m');
    await card('chem').getByText('Recording', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Recorder dies: chem' }).click();
    await card('chem').getByText('Ended early').waitFor();
    await log().getByText('Problem with the recording of').first().waitFor();
    // What was recorded until then is looked for at once; a list without its end mark is waited for.
    await card('chem').getByText('I am still looking into the bucket').waitFor();
    await page.screenshot({ path: join(shots, 'alert.png') });
  });

  test('has no serious accessibility violation, wide and narrow', async () => {
    expect(await seriousViolations()).toEqual([]);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: join(shots, 'phone.png') });
    expect(await seriousViolations()).toEqual([]);
    const overflow = await page.evaluate(() => {
      const { documentElement: d } = (
        globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
      ).document;
      return d.scrollWidth - d.clientWidth;
    });
    expect(overflow).toBe(0);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  test('had nothing to complain about, and the bot neither', () => {
    expect(complaints).toEqual([]);
    expect(sandbox.output()).not.toMatch(/^bot: /m);
  });
});
