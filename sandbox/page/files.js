import { el } from './dom.js';

/**
 * The files of a message: each opens in a tab of its own.
 * @param {import('../ui-protocol.ts').UiFile[]} files @param {string} me
 */
export function drawFiles(files, me) {
  return el(
    'ul',
    { class: 'files', 'aria-label': 'Files' },
    ...files.map((f) =>
      el(
        'li',
        {},
        el('a', {
          href: `/ui/file?${new URLSearchParams({ user: me, id: f.id })}`,
          target: '_blank',
          rel: 'noopener noreferrer',
          text: f.title,
        }),
        el('span', { class: 'hint block', text: `${f.name}, ${sizeWords(f.size)}` }),
      ),
    ),
  );
}

/** @param {number} bytes */
const sizeWords = (bytes) =>
  bytes < 1000 ? `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}` : `${(bytes / 1000).toFixed(1)} kB`;
