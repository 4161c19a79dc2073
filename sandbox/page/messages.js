import { drawBlocks } from './blocks.js';
import { el } from './dom.js';
import { mrkdwn } from './mrkdwn.js';

/**
 * One message as people see it.
 * @param {import('../ui-protocol.ts').UiMessage} m
 * @param {import('../ui-protocol.ts').UiUser | undefined} author
 * @param {import('./blocks.js').Drawing} drawing
 * @param {{ inThread?: boolean, openThread?: (ts: string) => void }} [more]
 */
export function drawMessage(m, author, drawing, more = {}) {
  const when = new Date(Number(m.ts) * 1000);
  const name = author?.real_name ?? m.user;
  const avatar = el('span', {
    class: `avatar ${m.is_app ? 'app' : ''}`,
    'aria-hidden': 'true',
    text: m.is_app ? '●' : initials(name),
  });
  avatar.style.setProperty('--who', `#${author?.color ?? '555555'}`);
  const head = el(
    'p',
    { class: 'head' },
    el('strong', { text: name }),
    m.is_app ? el('span', { class: 'badge', text: 'APP' }) : null,
    el('time', {
      datetime: when.toISOString(),
      text: when.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' }),
    }),
  );
  const body = m.blocks?.length
    ? drawBlocks(m.blocks, drawing)
    : el('div', { class: 'text' }, mrkdwn(m.text, drawing.names));
  if (m.edited) body.append(el('span', { class: 'hint', text: ' (edited)' }));
  const replies =
    m.reply_count && !more.inThread
      ? el('button', {
          type: 'button',
          class: 'replies',
          onclick: () => more.openThread?.(m.ts),
          text: `${m.reply_count} ${m.reply_count === 1 ? 'reply' : 'replies'}`,
        })
      : null;
  const fromThread = m.is_broadcast && !more.inThread && m.thread_ts;
  return el(
    'article',
    {
      class: `message ${m.is_ephemeral ? 'ephemeral' : ''}`,
      id: more.inThread ? undefined : `m-${m.ts.replace('.', '')}`,
      'aria-label': `${name}: ${plainText(m)}`,
    },
    avatar,
    el(
      'div',
      { class: 'grow' },
      m.is_ephemeral ? el('p', { class: 'private', text: '👁 Only visible to you' }) : null,
      fromThread
        ? el('button', {
            type: 'button',
            class: 'replies',
            onclick: () => more.openThread?.(m.thread_ts ?? ''),
            text: 'replied to a thread',
          })
        : null,
      head,
      body,
      replies,
    ),
  );
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

/** A message's text without marks, for a name. @param {import('../ui-protocol.ts').UiMessage} m */
function plainText(m) {
  return m.text
    .replace(/<[^>|]*\|([^>]*)>/g, '$1')
    .replace(/[<>*`]/g, '')
    .slice(0, 120);
}
