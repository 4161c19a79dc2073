import { el } from './dom.js';
import { element } from './elements.js';
import { withEmoji } from './emoji.js';
import { mrkdwn } from './mrkdwn.js';
import { richText } from './rich-text.js';

/**
 * Draws Block Kit blocks (docs.slack.dev/reference/block-kit/blocks).
 * @typedef {{ names: import('./mrkdwn.js').Names, act?: (block: any, element: any, selected?: object) => void }} Drawing `act`: what a click does
 */

/** A text object. @param {any} t @param {Drawing} d @returns {Node} */
export function text(t, d) {
  return t?.type === 'mrkdwn'
    ? mrkdwn(t.text ?? '', d.names)
    : document.createTextNode(t?.emoji === false ? t.text : withEmoji(t?.text ?? ''));
}

/** @param {any[]} blocks @param {Drawing} d */
export function drawBlocks(blocks, d) {
  return el('div', { class: 'blocks' }, ...blocks.map((b) => drawBlock(b, d)));
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
        b.accessory ? (b.accessory.type === 'image' ? image(b.accessory) : element(b, b.accessory, d, text)) : null,
      );
    case 'actions':
      return el('div', { class: 'actions' }, ...b.elements.map((/** @type {any} */ e) => element(b, e, d, text)));
    case 'image':
      return el('figure', {}, b.title ? el('figcaption', {}, text(b.title, d)) : null, image(b));
    case 'rich_text':
      return richText(b, d.names);
    case 'input':
      return input(b, d);
    default:
      return el('p', { class: 'hint', text: `(a block of type ${b.type})` });
  }
}

/** An input with its label, hint and place for an error. @param {any} b @param {Drawing} d */
function input(b, d) {
  const id = `input-${b.block_id}`;
  const isGroup = ['radio_buttons', 'checkboxes'].includes(b.element.type);
  const label = el(
    isGroup ? 'legend' : 'label',
    isGroup ? {} : { for: id },
    text(b.label, d),
    b.optional ? el('span', { class: 'hint', text: ' (optional)' }) : null,
  );
  return el(
    isGroup ? 'fieldset' : 'div',
    { class: 'input', 'data-required': b.optional ? undefined : b.block_id },
    label,
    element(b, { ...b.element, id, describedBy: `${id}-hint ${id}-error` }, d, text),
    el('p', { class: 'hint', id: `${id}-hint` }, b.hint ? text(b.hint, d) : null),
    el('p', { class: 'error', id: `${id}-error`, 'data-error-for': b.block_id }),
  );
}

/** @param {any} e */
const image = (e) => el('img', { src: e.image_url, alt: e.alt_text });
