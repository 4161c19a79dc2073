import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { task } from './canned-messages.ts';
import { createPageRig } from './page-rig.ts';

/** Agora's side of the page. The page in a real browser, against a server that says what each test wants. */
const rig = createPageRig();
beforeAll(rig.start);
beforeEach(rig.newPage);
afterEach(rig.closePage);
afterAll(rig.end);

describe('the Agora panel', () => {
  test('shows tasks, money, clock and notifications, and makes trouble', async () => {
    await rig.open();
    rig.workspace.tell({
      type: 'agora',
      panel: {
        ...rig.workspace.agora,
        speed: 60,
        tasks: [
          task({ alive: false, statusText: 'exited', endedAt: 1_790_000_065_000 }),
          task({ sid: 's2', cname: 'art' }),
        ],
        notifications: { delivered: 4, failed: 1 },
      },
    });
    const [over, live] = [rig.panel().getByRole('listitem').nth(0), rig.panel().getByRole('listitem').nth(1)];
    await over.getByText('1:05').waitFor();
    expect(await over.textContent()).toContain('2 objects');
    expect(await over.getByRole('button').count()).toBe(0);
    expect(await rig.panel().textContent()).toContain('4 delivered, 1 lost');
    expect(await rig.panel().textContent()).toContain('60 times');
    rig.workspace.answer('/ui/agora/fault', { ok: false, error: 'That recorder is gone already.' });
    await live.getByRole('button', { name: 'Start failover: art' }).click();
    await rig.panel().getByText('That recorder is gone already.').waitFor();
    await rig.panel().getByRole('checkbox', { name: 'Agora answers 500' }).check();
    await rig.panel().getByRole('checkbox', { name: 'Slack is down' }).check();
    await until('all were posted', () => rig.workspace.posts.length === 3);
    expect(rig.workspace.posts).toEqual([
      { path: '/ui/agora/fault', body: { kind: 'failover', sid: 's2' } },
      { path: '/ui/agora/fault', body: { kind: 'http_500_on' } },
      { path: '/ui/slack/fault', body: { down: true } },
    ]);
  });

  test('has a button or a switch for each trouble, by its name', async () => {
    await rig.open();
    rig.workspace.tell({ type: 'agora', panel: { ...rig.workspace.agora, full: true, tasks: [task()] } });
    const box = (name: string) => rig.panel().getByRole('checkbox', { name });
    const press = (name: string) => rig.panel().getByRole('button', { name }).click();
    await until('the state is shown', () => box('All recorders are in use').isChecked());
    await box('All recorders are in use').uncheck();
    await box('The bucket refuses files').check();
    for (const name of ['Lose the next start’s reply', 'Agora answers 500 three times', 'Slack is down for a minute'])
      await press(name);
    for (const name of ['Recorder dies', 'Start failover', 'Upload goes to backup', 'Slow upload'])
      await press(`${name}: math-101`);
    await until('all were posted', () => rig.workspace.posts.length === 9);
    const { sid } = task();
    expect(rig.workspace.posts.map((p) => p.body)).toEqual([
      { kind: 'capacity_full_off' },
      { kind: 'bucket_refuses_on' },
      { kind: 'lose_start_reply' },
      { kind: 'http_500_thrice' },
      { down: true, seconds: 60 },
      { kind: 'recorder_dies', sid },
      { kind: 'failover', sid },
      { kind: 'upload_to_backup', sid },
      { kind: 'slow_upload', sid },
    ]);
    await rig.panel().getByText('Slow upload: math-101.').waitFor();
  });

  test('keeps the focus on a button while the recording goes on', async () => {
    await rig.open();
    rig.workspace.tell({ type: 'agora', panel: { ...rig.workspace.agora, tasks: [task()] } });
    await rig.panel().getByRole('button', { name: 'Recorder dies: math-101' }).focus();
    rig.workspace.tell({ type: 'agora', panel: { ...rig.workspace.agora, tasks: [task({ files: ['a', 'b', 'c'] })] } });
    await rig.panel().getByText('3 objects').waitFor();
    expect(await rig.focused()).toBe('Recorder dies');
  });
});
