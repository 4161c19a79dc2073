import { byId, el } from './dom.js';
import { createKeyedList } from './keyed-list.js';
import { drawMessage } from './messages.js';

/** @typedef {import('../ui-protocol.ts').UiMessage} UiMessage */

/** One author's messages within so many seconds stand under one name. */
const groupSeconds = 300;

/**
 * A log of messages, of a channel or of a thread.
 * @param {'messages' | 'replies'} id
 * @param {{
 *   author: (m: UiMessage) => { name: string, color: string },
 *   drawing: (m: UiMessage) => import('./blocks.js').Drawing,
 *   openThread: (ts: string) => void,
 * }} page
 */
export function createConversation(id, page) {
  const box = byId(id);
  const update = createKeyedList(box);
  const inThread = id === 'replies';
  let shownFor = '';

  return {
    /**
     * @param {UiMessage[]} messages oldest first
     * @param {string} what the channel or thread: another one begins at its end
     * @param {string} [empty] said when there is nothing
     */
    show(messages, what, empty) {
      const atEnd = what !== shownFor || box.scrollHeight - box.scrollTop - box.clientHeight < 80;
      shownFor = what;
      const items = messages.flatMap((m, i) => {
        const before = messages[i - 1];
        const isNewDay = !before || day(before) !== day(m);
        const compact = !isNewDay && before !== undefined && belongs(before, m);
        const author = page.author(m);
        const item = {
          key: `${what}/${m.ts}`,
          sign: JSON.stringify([m, author, compact]),
          draw: () => drawMessage(m, author, page.drawing(m), { inThread, compact, openThread: page.openThread }),
        };
        return isNewDay && !inThread ? [dayLine(m), item] : [item];
      });
      if (items.length === 0 && empty)
        items.push({ key: 'empty', sign: empty, draw: () => el('p', { class: 'hint empty', text: empty }) });
      update(items);
      if (atEnd) box.scrollTop = box.scrollHeight;
    },
    toEnd() {
      box.scrollTop = box.scrollHeight;
    },
    focus: () => box.focus(),
  };
}

/** @param {UiMessage} before @param {UiMessage} m */
function belongs(before, m) {
  const plain = (/** @type {UiMessage} */ x) => !x.is_app && !x.is_ephemeral && !x.is_broadcast && !x.reply_count;
  return before.user === m.user && plain(before) && plain(m) && Number(m.ts) - Number(before.ts) < groupSeconds;
}

/** @param {UiMessage} m */
const day = (m) => new Date(Number(m.ts) * 1000).toDateString();

/** @param {UiMessage} m */
function dayLine(m) {
  const date = new Date(Number(m.ts) * 1000);
  const words =
    date.toDateString() === new Date().toDateString()
      ? 'Today'
      : date.toLocaleDateString(undefined, { weekday: 'long', month: 'long', day: 'numeric' });
  return { key: `day ${day(m)}`, sign: words, draw: () => el('p', { class: 'day' }, el('span', { text: words })) };
}
