import { el } from './dom.js';
import { withEmoji } from './emoji.js';
import { anchor } from './mrkdwn.js';

/** @typedef {import('./blocks.js').Drawing} Drawing */

/**
 * An interactive element (docs.slack.dev/reference/block-kit/block-elements). Inputs carry data-block, data-action and data-type, from which a
 * modal's values are read.
 * @param {any} b its block @param {any} e @param {Drawing} d
 * @param {(t: any, d: Drawing) => Node} text draws a text object
 * @returns {Node}
 */
export function element(b, e, d, text) {
  switch (e.type) {
    case 'button':
      return button(b, e, d);
    case 'static_select':
      return select(b, e, d);
    case 'overflow':
      return overflow(b, e, d);
    case 'plain_text_input':
      return el(e.multiline ? 'textarea' : 'input', {
        ...field(b, e),
        maxlength: e.max_length,
        minlength: e.min_length,
        placeholder: e.placeholder?.text,
        ...(e.multiline ? { text: e.initial_value ?? '', rows: 4 } : { value: e.initial_value ?? '', type: 'text' }),
      });
    case 'radio_buttons':
    case 'checkboxes':
      return choices(b, e, d, text);
    default:
      return el('span', { class: 'hint', text: `(an element of type ${e.type})` });
  }
}

/** @param {any} b @param {any} e */
const field = (b, e) => ({
  id: e.id,
  'aria-describedby': e.describedBy,
  'aria-label': e.id ? undefined : (e.placeholder?.text ?? e.action_id),
  'data-focus': `${b.block_id}/${e.action_id}`,
  'data-block': b.block_id,
  'data-action': e.action_id,
  'data-type': e.type,
});

/** @param {any} b @param {any} e @param {Drawing} d */
function button(b, e, d) {
  const attributes = {
    class: `button ${e.style ?? ''}`,
    'aria-label': e.accessibility_label,
    'data-focus': `${b.block_id}/${e.action_id}`,
    onclick: () => d.act?.(b, e),
  };
  if (!e.url) return el('button', { type: 'button', ...attributes, text: withEmoji(e.text.text) });
  // Slack opens the address and tells the app of the click as well.
  const link = anchor(e.url, withEmoji(e.text.text));
  if (!(link instanceof HTMLElement)) return link;
  link.className = attributes.class;
  link.dataset.focus = attributes['data-focus'];
  link.addEventListener('click', attributes.onclick);
  if (e.accessibility_label) link.setAttribute('aria-label', e.accessibility_label);
  return link;
}

/** @param {any} e @returns {any[]} */
const optionsOf = (e) => e.options ?? e.option_groups.flatMap((/** @type {any} */ g) => g.options);

/** @param {any} b @param {any} e @param {Drawing} d */
function select(b, e, d) {
  /** @param {any} o */
  const option = (o) =>
    el('option', { value: o.value, text: withEmoji(o.text.text), selected: e.initial_option?.value === o.value });
  const node = /** @type {HTMLSelectElement} */ (
    el(
      'select',
      field(b, e),
      el('option', { value: '', text: e.placeholder?.text ?? 'Choose an option' }),
      ...(e.options?.map(option) ??
        e.option_groups.map((/** @type {any} */ g) =>
          el('optgroup', { label: g.label.text }, ...g.options.map(option)),
        )),
    )
  );
  const chosen = () => optionsOf(e).find((o) => o.value === node.value) ?? null;
  node.addEventListener('change', () => {
    if (b.type !== 'input' && chosen()) d.act?.(b, e, { selected_option: chosen() });
  });
  return readable(node, () => ({ selected_option: chosen() }));
}

/** A small menu behind "⋯". @param {any} b @param {any} e @param {Drawing} d */
function overflow(b, e, d) {
  const menu = el('div', { class: 'menu', popover: 'auto' });
  const open = el('button', {
    type: 'button',
    class: 'button',
    'aria-label': 'More actions',
    'aria-expanded': 'false',
    'data-focus': `${b.block_id}/${e.action_id}`,
    text: '⋯',
    onclick() {
      const at = open.getBoundingClientRect();
      menu.style.top = `${Math.min(at.bottom + 4, innerHeight - 48 * e.options.length)}px`;
      menu.style.right = `${Math.max(8, document.documentElement.clientWidth - at.right)}px`;
      menu.togglePopover();
      reflect();
      if (menu.matches(':popover-open')) menu.querySelector('button')?.focus();
    },
  });
  const reflect = () => open.setAttribute('aria-expanded', String(menu.matches(':popover-open')));
  // Escape or a click elsewhere closes it too; the event comes a moment later.
  menu.addEventListener('toggle', reflect);
  menu.append(
    ...e.options.map((/** @type {any} */ o) =>
      el('button', {
        type: 'button',
        text: withEmoji(o.text.text),
        onclick() {
          menu.hidePopover();
          open.focus();
          if (o.url) window.open(o.url, '_blank', 'noopener');
          d.act?.(b, e, { selected_option: o });
        },
      }),
    ),
  );
  return el('span', {}, open, menu);
}

/** @param {any} b @param {any} e @param {Drawing} d @param {(t: any, d: Drawing) => Node} text */
function choices(b, e, d, text) {
  const isMany = e.type === 'checkboxes';
  const before = (isMany ? e.initial_options : [e.initial_option])?.map((/** @type {any} */ o) => o?.value) ?? [];
  const node = el(
    'div',
    { ...field(b, e), class: 'choices' },
    ...e.options.map((/** @type {any} */ o) =>
      el(
        'label',
        { class: 'choice' },
        el('input', {
          type: isMany ? 'checkbox' : 'radio',
          name: `${b.block_id}-${e.action_id}`,
          value: o.value,
          checked: before.includes(o.value),
        }),
        el(
          'span',
          {},
          text(o.text, d),
          o.description ? el('span', { class: 'hint block' }, text(o.description, d)) : null,
        ),
      ),
    ),
  );
  node.setAttribute('role', isMany ? 'group' : 'radiogroup');
  if (!node.getAttribute('aria-label')) node.setAttribute('aria-label', b.label?.text ?? e.action_id);
  const read = () => {
    const values = [...node.querySelectorAll('input:checked')].map((i) => /** @type {HTMLInputElement} */ (i).value);
    const options = e.options.filter((/** @type {any} */ o) => values.includes(o.value));
    return isMany ? { selected_options: options } : { selected_option: options[0] ?? null };
  };
  node.addEventListener('change', () => {
    if (b.type !== 'input') d.act?.(b, e, read());
  });
  return readable(node, read);
}

/**
 * Lets a node say what it holds, as Slack would send it.
 * @template {HTMLElement} T @param {T} node @param {() => object} readValue
 */
const readable = (node, readValue) => Object.assign(node, { readValue });

/** One input's part of `state.values`. @param {HTMLElement} node with data-type @returns {Record<string, any>} */
export function readInput(node) {
  const { type = '' } = node.dataset;
  const { readValue, value } = /** @type {any} */ (node);
  return { type, ...(readValue?.() ?? { value: value || null }) };
}
