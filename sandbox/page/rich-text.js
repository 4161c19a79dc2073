import { el } from './dom.js';
import { emojiNamed } from './emoji.js';
import { anchor, broadcast, dateNode, mention } from './mrkdwn.js';

/**
 * A rich_text block (docs.slack.dev/reference/block-kit/blocks/rich-text-block).
 * @param {any} block @param {import('./mrkdwn.js').Names} names
 */
export function richText(block, names) {
  return el('div', { class: 'rich-text' }, ...block.elements.map((/** @type {any} */ e) => part(e, names)));
}

/** @param {any} e @param {import('./mrkdwn.js').Names} names @returns {HTMLElement} */
function part(e, names) {
  const inside = () => e.elements.map((/** @type {any} */ x) => inline(x, names));
  switch (e.type) {
    case 'rich_text_list':
      return el(
        e.style === 'ordered' ? 'ol' : 'ul',
        { class: 'list', start: e.style === 'ordered' && e.offset ? e.offset + 1 : undefined },
        ...e.elements.map((/** @type {any} */ item) => el('li', {}, part(item, names))),
      );
    case 'rich_text_quote':
      return el('blockquote', {}, ...inside());
    case 'rich_text_preformatted':
      return el('pre', {}, ...inside());
    default:
      return el('div', {}, ...inside());
  }
}

const tags = /** @type {const} */ ([
  ['code', 'code'],
  ['strike', 's'],
  ['italic', 'em'],
  ['bold', 'strong'],
]);

/** @param {any} e @param {import('./mrkdwn.js').Names} names @returns {Node} */
function inline(e, names) {
  /** @type {Node} */
  let node = bare(e, names);
  for (const [style, tag] of tags) if (e.style?.[style]) node = el(tag, {}, node);
  return node;
}

/** @param {any} e @param {import('./mrkdwn.js').Names} names @returns {Node} */
function bare(e, names) {
  switch (e.type) {
    case 'text':
      return document.createTextNode(e.text);
    case 'link':
      return anchor(e.url, e.text ?? e.url);
    case 'user':
      return mention(e.user_id, names);
    case 'channel':
      return el('span', { class: 'mention', text: `#${names.channel(e.channel_id) ?? 'private channel'}` });
    case 'usergroup':
      return el('span', { class: 'mention', text: `@${e.usergroup_id}` });
    case 'broadcast':
      return broadcast(e.range);
    case 'emoji':
      return document.createTextNode(emojiNamed(e.name));
    case 'date':
      return dateNode(e.timestamp, e.format, e.fallback ?? '', e.url);
    default:
      return document.createTextNode(e.text ?? '');
  }
}
