import { drawBlocks } from './blocks.js';
import { el } from './dom.js';
import { drawFiles } from './files.js';
import { mrkdwn } from './mrkdwn.js';

/** @typedef {import('../ui-protocol.ts').UiMessage} UiMessage */

/**
 * One message as people see it.
 * @param {UiMessage} m
 * @param {{ name: string, color: string }} author
 * @param {import('./blocks.js').Drawing} drawing
 * @param {{ inThread: boolean, compact: boolean, openThread: (ts: string) => void }} place `compact`: the author stands above already
 */
export function drawMessage(m, author, drawing, place) {
  const body = m.blocks?.length
    ? drawBlocks(m.blocks, drawing)
    : el('div', { class: 'text' }, mrkdwn(m.text, drawing.names));
  if (m.edited) {
    const end = m.blocks?.length ? body : (body.lastElementChild?.matches('pre, blockquote') && body) || body;
    end.append(el('span', { class: 'hint', text: ' (edited)' }));
  }
  const isReply = m.thread_ts !== undefined && m.thread_ts !== m.ts;
  const when = new Date(Number(m.ts) * 1000);
  const time = el('time', {
    datetime: when.toISOString(),
    title: when.toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'medium' }),
    text: when.toLocaleTimeString(undefined, { hour: 'numeric', minute: '2-digit' }),
  });
  return el(
    'article',
    {
      class: ['message', m.is_ephemeral && 'ephemeral', place.compact && 'compact'].filter(Boolean).join(' '),
      id: messageId(m.ts, place.inThread),
      tabindex: -1,
      'aria-label': `${author.name}: ${plainText(m)}`,
    },
    place.compact ? el('span', { class: 'gutter' }, time) : avatar(m, author),
    el(
      'div',
      { class: 'grow' },
      m.is_ephemeral
        ? el('p', { class: 'private' }, el('span', { 'aria-hidden': 'true', text: '👁 ' }), 'Only visible to you')
        : null,
      m.is_broadcast && isReply && !place.inThread
        ? el('button', {
            type: 'button',
            class: 'link',
            'data-focus': 'thread',
            onclick: () => place.openThread(m.thread_ts ?? m.ts),
            text: 'replied to a thread',
          })
        : null,
      place.compact
        ? null
        : el(
            'p',
            { class: 'head' },
            el('strong', { text: author.name }),
            m.is_app ? el('span', { class: 'badge', text: 'APP' }) : null,
            time,
          ),
      body,
      m.files ? drawFiles(m.files, drawing.names.me()) : null,
      place.inThread || m.is_ephemeral || isReply ? null : threadButton(m, author, place.openThread),
    ),
  );
}

/** Where a message is in the page. @param {string} ts @param {boolean} inThread */
export const messageId = (ts, inThread) => `${inThread ? 't' : 'm'}-${ts.replace('.', '')}`;

/** @param {UiMessage} m @param {{ name: string, color: string }} author */
function avatar(m, author) {
  const node = el('span', {
    class: `avatar ${m.is_app ? 'app' : ''}`,
    'aria-hidden': 'true',
    text: m.is_app && author.name !== 'Slackbot' ? '' : initials(author.name),
  });
  node.style.setProperty('--who', `#${author.color}`);
  return node;
}

/** @param {UiMessage} m @param {{ name: string }} author @param {(ts: string) => void} openThread */
function threadButton(m, author, openThread) {
  const count = m.reply_count ?? 0;
  return el('button', {
    type: 'button',
    class: count > 0 ? 'replies' : 'replies start',
    'data-focus': 'thread',
    'aria-label': count > 0 ? undefined : `Reply in a thread to ${author.name}`,
    onclick: () => openThread(m.ts),
    text: count === 0 ? '💬 Reply' : `${count} ${count === 1 ? 'reply' : 'replies'}`,
  });
}

/** @param {string} name */
function initials(name) {
  return name
    .split(' ')
    .map((w) => w[0])
    .join('')
    .slice(0, 2)
    .toUpperCase();
}

/** A message's text without marks, for a name. @param {UiMessage} m */
function plainText(m) {
  return m.text
    .replace(/<[^>|]*\|([^>]*)>/g, '$1')
    .replace(/[<>*`]/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .slice(0, 120);
}
