import { el } from './dom.js';
import { anchor, mrkdwn } from './mrkdwn.js';

/**
 * Draws the Block Kit blocks that the bot uses (docs.slack.dev/reference/block-kit).
 * @typedef {{ names: import('./mrkdwn.js').Names, act?: (block: any, element: any, selected?: object) => void }} Drawing
 */

/** @param {any} t @param {Drawing} d */
export function text(t, d) {
  if (!t) return document.createTextNode('');
  return t.type === 'mrkdwn' ? mrkdwn(t.text ?? '', d.names) : document.createTextNode(t.text ?? '');
}

/** @param {any[]} blocks @param {Drawing} d */
export function drawBlocks(blocks, d) {
  const out = el('div', { class: 'blocks' });
  for (const b of blocks) out.append(drawBlock(b, d));
  return out;
}

/** @param {any} b @param {Drawing} d @returns {HTMLElement} */
function drawBlock(b, d) {
  switch (b.type) {
    case 'header':
      return el('h3', { class: 'header' }, text(b.text, d));
    case 'divider':
      return el('hr');
    case 'context':
      return el(
        'div',
        { class: 'context' },
        ...b.elements.map((/** @type {any} */ e) => (e.type === 'image' ? image(e) : el('span', {}, text(e, d)))),
      );
    case 'section':
      return el(
        'div',
        { class: 'section' },
        el(
          'div',
          { class: 'grow' },
          b.text ? el('div', {}, text(b.text, d)) : null,
          b.fields
            ? el('div', { class: 'fields' }, ...b.fields.map((/** @type {any} */ f) => el('div', {}, text(f, d))))
            : null,
        ),
        b.accessory ? element(b, b.accessory, d) : null,
      );
    case 'actions':
      return el('div', { class: 'actions' }, ...b.elements.map((/** @type {any} */ e) => element(b, e, d)));
    case 'image':
      return el('figure', {}, image(b));
    case 'input': {
      const id = `input-${b.block_id}`;
      return el(
        'div',
        { class: 'input' },
        el('label', { for: id, text: `${b.label.text}${b.optional ? ' (optional)' : ''}` }),
        element(b, { ...b.element, id }, d),
        b.hint ? el('p', { class: 'hint', text: b.hint.text }) : null,
        el('p', { class: 'error', role: 'alert', 'data-error-for': b.block_id }),
      );
    }
    default:
      return el('p', { class: 'hint', text: `(a block of type ${b.type})` });
  }
}

/** @param {any} e */
function image(e) {
  return el('img', { src: e.image_url, alt: e.alt_text });
}

/** @param {any} b @param {any} e @param {Drawing} d @returns {Node} */
function element(b, e, d) {
  switch (e.type) {
    case 'button':
      if (e.url) {
        const link = anchor(e.url, e.text.text);
        if (link instanceof HTMLElement) link.className = 'button';
        return link;
      }
      return el('button', {
        type: 'button',
        class: `button ${e.style ?? ''}`,
        'aria-label': e.accessibility_label,
        onclick: () => d.act?.(b, e),
        text: e.text.text,
      });
    case 'static_select':
      return el(
        'select',
        {
          id: e.id,
          'aria-label': e.id ? undefined : (e.placeholder?.text ?? 'Choose'),
          'data-block': b.block_id,
          'data-action': e.action_id,
          'data-type': e.type,
          onchange: (/** @type {Event} */ event) => {
            const chosen = e.options.find(
              (/** @type {any} */ o) => o.value === /** @type {HTMLSelectElement} */ (event.target).value,
            );
            if (b.type !== 'input') d.act?.(b, e, { selected_option: chosen });
          },
        },
        el('option', { value: '', text: e.placeholder?.text ?? 'Choose…' }),
        ...e.options.map((/** @type {any} */ o) =>
          el('option', { value: o.value, text: o.text.text, selected: e.initial_option?.value === o.value }),
        ),
      );
    case 'overflow':
      return el(
        'select',
        {
          'aria-label': 'More',
          onchange: (/** @type {Event} */ event) => {
            const select = /** @type {HTMLSelectElement} */ (event.target);
            d.act?.(b, e, { selected_option: e.options.find((/** @type {any} */ o) => o.value === select.value) });
            select.value = '';
          },
        },
        el('option', { value: '', text: '⋯' }),
        ...e.options.map((/** @type {any} */ o) => el('option', { value: o.value, text: o.text.text })),
      );
    case 'plain_text_input':
      return el(e.multiline ? 'textarea' : 'input', {
        id: e.id,
        'data-block': b.block_id,
        'data-action': e.action_id,
        'data-type': e.type,
        maxlength: e.max_length,
        placeholder: e.placeholder?.text,
        ...(e.multiline ? { text: e.initial_value ?? '' } : { value: e.initial_value ?? '', type: 'text' }),
      });
    case 'radio_buttons':
    case 'checkboxes':
      return el(
        'div',
        { role: 'group', id: e.id, 'data-block': b.block_id, 'data-action': e.action_id, 'data-type': e.type },
        ...e.options.map((/** @type {any} */ o) =>
          el(
            'label',
            { class: 'choice' },
            el('input', {
              type: e.type === 'checkboxes' ? 'checkbox' : 'radio',
              name: `${b.block_id}-${e.action_id}`,
              value: o.value,
            }),
            text(o.text, d),
          ),
        ),
      );
    default:
      return el('span', { class: 'hint', text: `(${e.type})` });
  }
}
