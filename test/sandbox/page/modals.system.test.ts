import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../support/until.ts';
import { said } from './canned-messages.ts';
import { createPageRig } from './page-rig.ts';

/** Modals and what they send. The page in a real browser, against a server that says what each test wants. */
const rig = createPageRig();
beforeAll(rig.start);
beforeEach(rig.newPage);
afterEach(rig.closePage);
afterAll(rig.end);

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
    await rig.open();
    rig.workspace.tell({ type: 'view_opened', view });
    const modal = rig.page.getByRole('dialog', { name: 'Start a recording' });
    await modal.getByRole('button', { name: 'Start' }).click();
    await modal.getByText('Please complete this required field.').waitFor();
    expect(rig.postsTo('/ui/view-submission')).toEqual([]);
    const name = modal.getByRole('textbox', { name: 'Channel' });
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    rig.workspace.answer('/ui/view-submission', { ok: false, error: 'errors', errors: { name: 'No such channel.' } });
    await name.fill('math-101');
    await modal.getByRole('combobox', { name: 'Region' }).selectOption('eu');
    await name.press('Enter');
    await modal.getByText('No such channel.').waitFor();
    expect(rig.postsTo('/ui/view-submission')).toEqual([
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
    rig.workspace.answer('/ui/view-submission', { ok: false, error: 'operation_timeout' });
    await modal.getByRole('button', { name: 'Start' }).click();
    await modal.getByText('did not answer in time').waitFor();
    // Another view that closes takes nothing away.
    rig.workspace.tell({ type: 'view_closed', view_id: 'V0' });
    rig.workspace.tell({ type: 'message', message: said('a sign that the event was read') });
    await rig.page.getByText('a sign that the event was read').waitFor({ state: 'attached' });
    expect(await modal.isVisible()).toBe(true);
    rig.workspace.tell({ type: 'view_closed', view_id: 'V1' });
    await modal.waitFor({ state: 'hidden' });
    expect(rig.postsTo('/ui/view-closed')).toEqual([]);
  });

  test('closed with Escape are reported as closed', async () => {
    await rig.open();
    rig.workspace.tell({ type: 'view_opened', view });
    await rig.page.getByRole('dialog', { name: 'Start a recording' }).waitFor();
    await rig.page.keyboard.press('Escape');
    await until('it was posted', () => rig.postsTo('/ui/view-closed').length === 1);
    expect(rig.postsTo('/ui/view-closed')).toEqual([{ user: 'U1', view_id: 'V1' }]);
  });
});
