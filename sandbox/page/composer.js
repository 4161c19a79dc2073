import { el } from './dom.js';

/**
 * A box to write in: Enter sends, Shift+Enter is a new line, the arrow up brings earlier texts back, a slash offers commands.
 * @param {HTMLFormElement} form with a textarea, and for commands an element `.completions` and one `.usage`
 * @param {{ send: (text: string) => Promise<boolean>, commands?: () => Command[] }} page `send` answers whether the text is gone for good
 * @typedef {{ command: string, description: string, usage_hint: string }} Command
 */
export function createComposer(form, page) {
  const box = /** @type {HTMLTextAreaElement} */ (form.querySelector('textarea'));
  const list = /** @type {HTMLElement | null} */ (form.querySelector('.completions'));
  const usage = form.querySelector('.usage');
  const usual = usage?.textContent ?? '';
  const commands = page.commands ?? (() => []);
  /** @type {string[]} */
  const sent = [];
  let back = 0;
  /** @type {Command[]} */
  let offered = [];
  let active = 0;

  async function send() {
    const text = box.value.trim();
    if (text === '') return;
    sent.push(text);
    back = sent.length;
    put('');
    if (!(await page.send(text)) && box.value === '') put(text);
  }

  /** @param {string} text */
  function put(text) {
    box.value = text;
    typed();
  }

  function typed() {
    box.rows = Math.min(6, box.value.split('\n').length);
    offer(
      /^\/\S*$/.test(box.value)
        ? commands().filter((c) => c.command.startsWith(box.value) && c.command !== box.value)
        : [],
    );
    const known = commands().find((c) => box.value === c.command || box.value.startsWith(`${c.command} `));
    if (usage) usage.textContent = known ? `${known.command} ${known.usage_hint}` : usual;
  }

  /** @param {Command[]} next */
  function offer(next) {
    offered = next;
    active = 0;
    if (list) list.hidden = next.length === 0;
    list?.replaceChildren(
      ...next.map((c, i) =>
        el(
          'div',
          { role: 'option', id: `option-${i}`, onmousedown: (/** @type {Event} */ e) => take(e, c) },
          el('strong', { text: `${c.command} ` }),
          el('span', { text: c.usage_hint }),
          el('small', { text: c.description }),
        ),
      ),
    );
    mark();
  }

  function mark() {
    offered.forEach((_, i) => {
      list?.children[i]?.setAttribute('aria-selected', String(i === active));
    });
    if (offered.length > 0) box.setAttribute('aria-activedescendant', `option-${active}`);
    else box.removeAttribute('aria-activedescendant');
  }

  /** @param {Event} event @param {Command | undefined} command */
  function take(event, command) {
    event.preventDefault();
    if (command) put(`${command.command} `);
    box.focus();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was for the list of commands */
  function chooses(event) {
    if (offered.length === 0) return false;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      active = (active + (event.key === 'ArrowDown' ? 1 : offered.length - 1)) % offered.length;
      event.preventDefault();
      mark();
    } else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) take(event, offered[active]);
    else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      offer([]);
    } else return false;
    return true;
  }

  /** @param {KeyboardEvent} event @param {-1 | 1} step through what was sent; only while the box shows nothing else */
  function recall(event, step) {
    if (box.value !== '' && box.value !== sent[back]) return;
    back = Math.max(0, Math.min(sent.length, back + step));
    event.preventDefault();
    put(sent[back] ?? '');
    offer([]);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send();
    box.focus();
  });
  box.addEventListener('input', typed);
  box.addEventListener('blur', () => offer([]));
  box.addEventListener('keydown', (event) => {
    if (event.isComposing || chooses(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'ArrowUp') recall(event, -1);
    else if (event.key === 'ArrowDown') recall(event, 1);
  });
  return { focus: () => box.focus(), box };
}
