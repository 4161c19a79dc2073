import { el } from './dom.js';

/**
 * Slack's mrkdwn as DOM nodes (docs.slack.dev/messaging/formatting-message-text). Only `<…>` written by the app is markup; everything else
 * is text.
 * @typedef {{ user: (id: string) => string, channel: (id: string) => string }} Names
 */

/** @param {string} text */
const unescaped = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** @param {string} source @param {Names} names @returns {DocumentFragment} */
export function mrkdwn(source, names) {
  const out = document.createDocumentFragment();
  const parts = source.split(/(```[\s\S]+?```)/);
  for (const part of parts) {
    if (/^```[\s\S]+```$/.test(part)) out.append(el('pre', { text: unescaped(part.slice(3, -3)) }));
    else lines(part, names, out);
  }
  return out;
}

/** @param {string} source @param {Names} names @param {Node} out */
function lines(source, names, out) {
  source.split('\n').forEach((line, i) => {
    if (i > 0) out.appendChild(el('br'));
    const quote = /^&gt;\s?/.exec(line);
    if (quote) {
      const block = el('blockquote');
      inline(line.slice(quote[0].length), names, block);
      out.appendChild(block);
    } else inline(line, names, out);
  });
}

const token =
  /(<[^>]+>)|(`[^`]+`)|(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<![\w_])_([^_\n]+)_(?![\w_])|(?<![\w~])~([^~\n]+)~(?![\w~])|:([a-z0-9_+-]+):/g;

/** @param {string} source @param {Names} names @param {Node} out */
function inline(source, names, out) {
  let at = 0;
  for (const m of source.matchAll(token)) {
    const index = m.index ?? 0;
    if (index > at) out.appendChild(document.createTextNode(unescaped(source.slice(at, index))));
    at = index + m[0].length;
    if (m[1]) out.appendChild(angle(m[1].slice(1, -1), names));
    else if (m[2]) out.appendChild(el('code', { text: unescaped(m[2].slice(1, -1)) }));
    else if (m[3]) out.appendChild(wrap('strong', m[3], names));
    else if (m[4]) out.appendChild(wrap('em', m[4], names));
    else if (m[5]) out.appendChild(wrap('s', m[5], names));
    else if (m[6]) out.appendChild(document.createTextNode(emoji[m[6]] ?? m[0]));
  }
  if (at < source.length) out.appendChild(document.createTextNode(unescaped(source.slice(at))));
}

/** @param {string} tag @param {string} source @param {Names} names */
function wrap(tag, source, names) {
  const node = el(tag);
  inline(source, names, node);
  return node;
}

/** What stands between < and >. @param {string} inner @param {Names} names */
function angle(inner, names) {
  const [head = '', label] = inner.split(/\|(.*)/s);
  if (head.startsWith('@')) return el('span', { class: 'mention', text: `@${names.user(head.slice(1))}` });
  if (head.startsWith('#')) return el('span', { class: 'mention', text: `#${names.channel(head.slice(1))}` });
  if (head.startsWith('!date^')) return date(head, label ?? '');
  if (head.startsWith('!subteam^')) return el('span', { class: 'mention', text: `@${label ?? head.slice(9)}` });
  if (head.startsWith('!')) return el('span', { class: 'mention everyone', text: `@${head.slice(1)}` });
  return anchor(unescaped(head), unescaped(label ?? head));
}

/** A link; lists of recordings open in the player. @param {string} href @param {string} label */
export function anchor(href, label) {
  if (!/^(https?|mailto):/.test(href)) return document.createTextNode(label);
  if (/^https?:\/\/[^/]+\/archives\//.test(href) && new URL(href).origin === location.origin) {
    const [, channel, ts] = /\/archives\/([^/]+)\/p(\d+)/.exec(href) ?? [];
    return el('a', { href: `#message=${channel}/${ts}`, text: label });
  }
  const isList = new URL(href).pathname.endsWith('.m3u8');
  const to = isList ? `/player.html?src=${encodeURIComponent(href)}&title=${encodeURIComponent(label)}` : href;
  return el('a', {
    href: to,
    target: '_blank',
    rel: 'noopener noreferrer',
    title: isList ? `Plays ${href}` : href,
    text: label,
  });
}

/** @param {string} head @param {string} fallback */
function date(head, fallback) {
  const [, unix = '', format = '', link] = head.split('^');
  const d = new Date(Number(unix) * 1000);
  if (Number.isNaN(d.getTime())) return document.createTextNode(unescaped(fallback));
  /** @param {Intl.DateTimeFormatOptions} o */
  const say = (o) => new Intl.DateTimeFormat(undefined, o).format(d);
  const days = Math.round((new Date(d).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 86_400_000);
  /** @param {string} plain */
  const pretty = (plain) => (days === 0 ? 'today' : days === -1 ? 'yesterday' : days === 1 ? 'tomorrow' : plain);
  /** @type {Record<string, () => string>} */
  const tokens = {
    date_num: () =>
      `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}-${String(d.getDate()).padStart(2, '0')}`,
    date: () => say({ dateStyle: 'long' }),
    date_short: () => say({ dateStyle: 'medium' }),
    date_long: () => say({ dateStyle: 'full' }),
    date_pretty: () => pretty(say({ dateStyle: 'long' })),
    date_short_pretty: () => pretty(say({ dateStyle: 'medium' })),
    date_long_pretty: () => pretty(say({ dateStyle: 'full' })),
    time: () => say({ hour: '2-digit', minute: '2-digit' }),
    time_secs: () => say({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    ago: () => new Intl.RelativeTimeFormat(undefined).format(Math.round((d.getTime() - Date.now()) / 60_000), 'minute'),
  };
  const text = format.replace(/\{(\w+)\}/g, (all, name) => tokens[name]?.() ?? all);
  const time = el('time', { datetime: d.toISOString(), title: unescaped(fallback), text });
  return link ? el('a', { href: link, target: '_blank', rel: 'noopener noreferrer' }, time) : time;
}

/** @type {Record<string, string>} */
const emoji = {
  white_check_mark: '✅',
  warning: '⚠️',
  red_circle: '🔴',
  hourglass: '⏳',
  hourglass_flowing_sand: '⏳',
  x: '❌',
  movie_camera: '🎥',
  arrow_up: '⬆️',
  thumbsup: '👍',
  '+1': '👍',
  tada: '🎉',
  eyes: '👀',
  smile: '😄',
  wave: '👋',
};
