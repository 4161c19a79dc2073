import { drawBlocks, text } from './blocks.js';
import { byId, el } from './dom.js';
import { readInput } from './elements.js';

/**
 * Asks before something is done. Escape and the deny button mean no.
 * @param {any} confirm Slack's confirm object @param {import('./blocks.js').Drawing} drawing
 * @returns {Promise<boolean>}
 */
export function askFirst(confirm, drawing) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('confirm'));
  return new Promise((resolve) => {
    dialog.returnValue = '';
    dialog.replaceChildren(
      el('h2', { id: 'confirm-title', text: confirm.title.text }),
      el('p', { id: 'confirm-text' }, text(confirm.text, drawing)),
      el(
        'div',
        { class: 'row' },
        el('button', { type: 'button', class: 'button', onclick: () => dialog.close(), text: confirm.deny.text }),
        el('button', {
          type: 'button',
          class: `button ${confirm.style === 'danger' ? 'danger' : 'primary'}`,
          onclick: () => dialog.close('yes'),
          text: confirm.confirm.text,
        }),
      ),
    );
    dialog.onclose = () => resolve(dialog.returnValue === 'yes');
    dialog.showModal();
  });
}

/**
 * Shows a modal, or what became of it.
 * @param {import('../ui-protocol.ts').UiView} view
 * @param {import('./blocks.js').Drawing} drawing
 * @param {(values: object) => Promise<{ errors?: Record<string, string>, problem?: string }>} submit answers what to say beside the inputs, or
 *   below them; nothing when the values were taken
 * @param {() => void} closed the person closed it
 */
export function showModal(view, drawing, submit, closed) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('modal'));
  const problem = el('p', { class: 'error', role: 'alert' });
  const form = el(
    'form',
    {
      novalidate: true,
      onsubmit: async (/** @type {Event} */ event) => {
        event.preventDefault();
        problem.textContent = '';
        const values = readValues(form);
        const missing = emptyOnes(form, values);
        if (showErrors(form, missing)) return;
        const refused = await submit(values);
        showErrors(form, refused.errors ?? {});
        problem.textContent = refused.problem ?? '';
      },
    },
    el('h2', { id: 'modal-title', text: view.title }),
    drawBlocks(view.blocks, drawing),
    problem,
    el(
      'div',
      { class: 'row' },
      el('button', { type: 'button', class: 'button', onclick: () => dialog.close(), text: view.close ?? 'Cancel' }),
      view.submit ? el('button', { type: 'submit', class: 'button primary', text: view.submit }) : null,
    ),
  );
  dialog.replaceChildren(form);
  dialog.dataset.view = view.id;
  dialog.onclose = closed;
  if (!dialog.open) dialog.showModal();
  /** @type {HTMLElement | null} */ (form.querySelector('input, textarea, select'))?.focus();
}

/** The app or the server is done with a view; another one that is open stays. @param {string} viewId */
export function hideModal(viewId) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('modal'));
  if (dialog.dataset.view !== viewId) return;
  dialog.onclose = null;
  dialog.close();
}

/** state.values as Slack sends it. @param {HTMLElement} form */
function readValues(form) {
  /** @type {Record<string, Record<string, Record<string, any>>>} */
  const values = {};
  for (const node of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll('[data-block]'))) {
    const { block = '', action = '' } = node.dataset;
    values[block] = { ...values[block], [action]: readInput(node) };
  }
  return values;
}

/** Slack's client itself asks for inputs that are not optional. @param {HTMLElement} form @param {ReturnType<typeof readValues>} values */
function emptyOnes(form, values) {
  const required = [...form.querySelectorAll('[data-required]')].map((n) => n.getAttribute('data-required') ?? '');
  const isEmpty = (/** @type {Record<string, any>} */ v) =>
    (v.value ?? v.selected_option ?? v.selected_options?.[0] ?? null) === null;
  return Object.fromEntries(
    required
      .filter((block) => Object.values(values[block] ?? {}).every(isEmpty))
      .map((block) => [block, 'Please complete this required field.']),
  );
}

/** @param {HTMLElement} form @param {Record<string, string>} errors by block_id @returns {boolean} whether there are any */
function showErrors(form, errors) {
  /** @type {HTMLElement | undefined} */
  let first;
  for (const place of form.querySelectorAll('[data-error-for]')) {
    const block = place.getAttribute('data-error-for') ?? '';
    place.textContent = errors[block] ?? '';
    const input = /** @type {HTMLElement | null} */ (form.querySelector(`[data-block="${CSS.escape(block)}"]`));
    if (errors[block]) {
      input?.setAttribute('aria-invalid', 'true');
      first ??= input?.querySelector('input') ?? input ?? undefined;
    } else input?.removeAttribute('aria-invalid');
  }
  first?.focus();
  return first !== undefined;
}
