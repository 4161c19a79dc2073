import { drawBlocks, text } from './blocks.js';
import { byId, el } from './dom.js';

/**
 * Asks before something is done. Escape and the deny button mean no.
 * @param {any} confirm Slack's confirm object @param {import('./blocks.js').Drawing} drawing
 * @returns {Promise<boolean>}
 */
export function askFirst(confirm, drawing) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('confirm'));
  return new Promise((resolve) => {
    /** @param {boolean} answer */
    const end = (answer) => {
      dialog.close();
      resolve(answer);
    };
    dialog.replaceChildren(
      el('h2', { id: 'confirm-title', text: confirm.title.text }),
      el('p', {}, text(confirm.text, drawing)),
      el(
        'div',
        { class: 'row' },
        el('button', { type: 'button', class: 'button', onclick: () => end(false), text: confirm.deny.text }),
        el('button', {
          type: 'button',
          class: `button ${confirm.style === 'danger' ? 'danger' : 'primary'}`,
          onclick: () => end(true),
          text: confirm.confirm.text,
        }),
      ),
    );
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}

/**
 * Shows a modal; `submit` answers the errors to show beside inputs, or undefined when it was taken.
 * @param {import('../ui-protocol.ts').UiView} view
 * @param {import('./blocks.js').Drawing} drawing
 * @param {(values: object) => Promise<Record<string, string> | undefined>} submit
 * @param {() => void} closed
 */
export function showModal(view, drawing, submit, closed) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('modal'));
  const form = el(
    'form',
    {
      method: 'dialog',
      onsubmit: async (/** @type {Event} */ event) => {
        event.preventDefault();
        const errors = await submit(readValues(form));
        for (const place of form.querySelectorAll('[data-error-for]')) {
          place.textContent = errors?.[place.getAttribute('data-error-for') ?? ''] ?? '';
        }
      },
    },
    el('h2', { id: 'modal-title', text: view.title }),
    drawBlocks(view.blocks, drawing),
    el(
      'div',
      { class: 'row' },
      el('button', { type: 'button', class: 'button', onclick: () => dialog.close(), text: view.close ?? 'Close' }),
      view.submit ? el('button', { type: 'submit', class: 'button primary', text: view.submit }) : null,
    ),
  );
  dialog.replaceChildren(form);
  dialog.onclose = closed;
  if (!dialog.open) dialog.showModal();
}

export function hideModal() {
  const dialog = /** @type {HTMLDialogElement} */ (byId('modal'));
  dialog.onclose = null;
  dialog.close();
}

/** state.values as Slack sends it. @param {HTMLElement} form */
function readValues(form) {
  /** @type {Record<string, Record<string, object>>} */
  const values = {};
  for (const node of form.querySelectorAll('[data-block]')) {
    const { block = '', action = '', type = '' } = /** @type {HTMLElement} */ (node).dataset;
    values[block] ??= {};
    if (type === 'plain_text_input') {
      values[block][action] = { type, value: /** @type {HTMLInputElement} */ (node).value || null };
    } else if (type === 'static_select') {
      const select = /** @type {HTMLSelectElement} */ (node);
      const label = select.selectedOptions[0]?.textContent ?? '';
      values[block][action] = {
        type,
        selected_option: select.value ? { text: { type: 'plain_text', text: label }, value: select.value } : null,
      };
    } else {
      const chosen = [...node.querySelectorAll('input:checked')].map((i) => ({
        value: /** @type {HTMLInputElement} */ (i).value,
      }));
      values[block][action] =
        type === 'checkboxes' ? { type, selected_options: chosen } : { type, selected_option: chosen[0] ?? null };
    }
  }
  return values;
}
