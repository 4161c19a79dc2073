import { byId, el } from './dom.js';

/**
 * The message box: Enter sends, Shift+Enter is a new line, the arrow up brings the last text back, a slash offers commands.
 * @param {{ send: (text: string) => Promise<void>, commands: () => { command: string, description: string, usage_hint: string }[] }} page
 */
export function createComposer(page) {
  const form = /** @type {HTMLFormElement} */ (byId('composer'));
  const box = /** @type {HTMLTextAreaElement} */ (byId('message-box'));
  const list = byId('completions');
  /** @type {string[]} */
  const sent = [];
  let back = 0;

  async function send() {
    const text = box.value.trim();
    if (text === '') return;
    sent.push(text);
    back = sent.length;
    box.value = '';
    offer();
    grow();
    await page.send(text);
  }

  function grow() {
    box.rows = Math.min(6, box.value.split('\n').length);
  }

  function offer() {
    const typed = box.value;
    const found = /^\/\S*$/.test(typed)
      ? page.commands().filter((c) => c.command.startsWith(typed) && c.command !== typed)
      : [];
    list.hidden = found.length === 0;
    list.replaceChildren(
      ...found.map((c) =>
        el(
          'li',
          {},
          el(
            'button',
            {
              type: 'button',
              onclick: () => {
                box.value = `${c.command} `;
                offer();
                box.focus();
              },
            },
            el('strong', { text: `${c.command} ` }),
            el('span', { text: c.usage_hint }),
            el('small', { text: c.description }),
          ),
        ),
      ),
    );
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
  });
  box.addEventListener('input', () => {
    offer();
    grow();
  });
  box.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape') {
      list.hidden = true;
    } else if (event.key === 'Tab' && !list.hidden) {
      const first = list.querySelector('button');
      if (first && !event.shiftKey) {
        event.preventDefault();
        first.click();
      }
    } else if (event.key === 'ArrowUp' && (box.value === '' || box.value === sent[back])) {
      back = Math.max(0, back - 1);
      box.value = sent[back] ?? '';
      event.preventDefault();
    }
  });
  return { focus: () => box.focus(), box };
}
