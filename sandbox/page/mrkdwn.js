import { el } from './dom.js';
import { emojiNamed } from './emoji.js';
import { slackDate } from './slack-date.js';

/**
 * Slack's mrkdwn as DOM nodes (docs.slack.dev/messaging/formatting-message-text). Only `<…>` is markup: what people type arrives with `<`
 * escaped, so it stays text.
 * @typedef {{ user: (id: string) => string | undefined, channel: (id: string) => string | undefined, me: () => string }} Names
 */

/** @param {string} text */
const unescaped = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** @param {string} source @param {Names} names @returns {DocumentFragment} */
export function mrkdwn(source, names) {
  const out = document.createDocumentFragment();
  for (const part of source.split(/(```[\s\S]+?```\n?)/)) {
    const pre = /^```\n?([\s\S]+?)```\n?$/.exec(part);
    if (pre) out.append(el('pre', { text: unescaped(pre[1] ?? '') }));
    else if (part !== '') lines(part, names, out);
  }
  return out;
}

/** Lines that begin with `>` are one quotation as long as they follow each other. @param {string} source @param {Names} names @param {Node} out */
function lines(source, names, out) {
  /** @type {HTMLElement | undefined} */
  let quotation;
  source.split('\n').forEach((line, i) => {
    const quoted = /^&gt;\s?(.*)$/.exec(line)?.[1];
    if (quoted === undefined) {
      if (i > 0 && !quotation) out.appendChild(el('br'));
      quotation = undefined;
      inline(line, names, out);
    } else {
      if (quotation) quotation.append(el('br'));
      else {
        quotation = el('blockquote');
        out.appendChild(quotation);
      }
      inline(quoted, names, quotation);
    }
  });
}

/** In order of precedence: `<…>`, code, a bare address, bold, italic, strike, emoji. */
const token =
  /(<[^<>]+>)|`([^`\n]+)`|(https?:\/\/[^\s<>|`]*[^\s<>|`.,;:!?)'"*_~])|(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<!\w)_([^_\n]+(?:<[^>]*>[^_\n]*)*)_(?!\w)|(?<![\w~])~([^~\n]+)~(?![\w~])|:([a-z0-9_+-]+):/g;

/** @param {string} source @param {Names} names @param {Node} out */
function inline(source, names, out) {
  let at = 0;
  /** @param {string} text */
  const plain = (text) => out.appendChild(document.createTextNode(unescaped(text)));
  for (const m of source.matchAll(token)) {
    if (m.index > at) plain(source.slice(at, m.index));
    at = m.index + m[0].length;
    const [, angled, code, bare, bold, italic, struck, name] = m;
    if (angled !== undefined) out.appendChild(angle(angled.slice(1, -1), names));
    else if (code !== undefined) out.appendChild(el('code', { text: unescaped(code) }));
    else if (bare !== undefined) out.appendChild(anchor(unescaped(bare), unescaped(bare)));
    else if (bold !== undefined) out.appendChild(wrap('strong', bold, names));
    else if (italic !== undefined) out.appendChild(wrap('em', italic, names));
    else if (struck !== undefined) out.appendChild(wrap('s', struck, names));
    else if (name !== undefined) plain(emojiNamed(name));
  }
  if (at < source.length) plain(source.slice(at));
}

/** @param {string} tag @param {string} source @param {Names} names */
function wrap(tag, source, names) {
  const node = el(tag);
  inline(source, names, node);
  return node;
}

/** What stands between < and >. @param {string} inner @param {Names} names @returns {Node} */
function angle(inner, names) {
  const bar = inner.indexOf('|');
  const head = bar < 0 ? inner : inner.slice(0, bar);
  const label = bar < 0 ? undefined : unescaped(inner.slice(bar + 1));
  if (head.startsWith('@')) return mention(head.slice(1), names, label);
  if (head.startsWith('#')) {
    const name = names.channel(head.slice(1)) ?? label;
    return el('span', { class: 'mention', text: name ? `#${name}` : 'private channel' });
  }
  if (head.startsWith('!date^')) {
    const [, unix = '', format = '', link] = head.split('^');
    return dateNode(Number(unix), unescaped(format), label ?? '', link && unescaped(link));
  }
  if (head.startsWith('!subteam^'))
    return el('span', { class: 'mention', text: `@${(label ?? head.slice(9)).replace(/^@/, '')}` });
  if (/^!(here|channel|everyone)$/.test(head)) return broadcast(head.slice(1));
  if (head.startsWith('!')) return document.createTextNode(label ?? `<${head}>`);
  return anchor(unescaped(head), label || unescaped(head));
}

/** A person's name; one's own stands out. @param {string} id @param {Names} names @param {string} [label] */
export function mention(id, names, label) {
  return el('span', { class: id === names.me() ? 'mention me' : 'mention', text: `@${names.user(id) ?? label ?? id}` });
}

/** @param {string} range here, channel or everyone */
export const broadcast = (range) => el('span', { class: 'mention everyone', text: `@${range}` });

/** @param {number} unix seconds @param {string} format @param {string} fallback @param {string} [link] @returns {Node} */
export function dateNode(unix, format, fallback, link) {
  const date = new Date(unix * 1000);
  if (Number.isNaN(date.getTime())) return document.createTextNode(fallback);
  const text = slackDate(unix, format, Date.now());
  if (link) return anchor(link, text);
  return el('time', { datetime: date.toISOString(), title: fallback || date.toLocaleString(), text });
}

/**
 * A link. Lists of recordings open in the player, links to messages in this page, anything but http, https and mailto is text.
 * @param {string} href @param {string} label @returns {HTMLElement | Text}
 */
export function anchor(href, label) {
  const url = URL.parse(href);
  if (!url || !['http:', 'https:', 'mailto:'].includes(url.protocol)) return document.createTextNode(label);
  if (url.origin === location.origin && url.pathname.startsWith('/archives/'))
    return el('a', { href: url.pathname + url.search, text: label });
  const isList = url.pathname.endsWith('.m3u8');
  return el('a', {
    href: isList ? `/player.html?src=${encodeURIComponent(href)}&title=${encodeURIComponent(label)}` : href,
    target: '_blank',
    rel: 'noopener noreferrer',
    title: isList ? `${href} (opens in the player)` : href,
    text: label,
  });
}
