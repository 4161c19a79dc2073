import { byId, el } from './dom.js';
import { createKeyedList } from './keyed-list.js';

const signs = { public: '#', private: '🔒', im: '●' };
const roles = { member: '', guest: ' (guest)', stranger: ' (other workspace)', bot: '' };

/**
 * The workspace's name, who one is, and the conversations.
 * @param {{ go: (channel: string) => void, become: (user: string) => void }} page
 */
export function createSidebar(page) {
  const update = { channels: createKeyedList(byId('channels')), dms: createKeyedList(byId('dms')) };
  const who = /** @type {HTMLSelectElement} */ (byId('who'));
  who.addEventListener('change', () => page.become(who.value));

  return {
    /** @param {import('../ui-protocol.ts').Snapshot} world @param {string} me @param {string} here @param {Set<string>} unread */
    show(world, me, here, unread) {
      byId('workspace').textContent = world.team.name;
      const people = world.users.filter((u) => u.role !== 'bot');
      if (who.options.length !== people.length) {
        who.replaceChildren(
          ...people.map((u) => el('option', { value: u.id, text: `${u.real_name}${roles[u.role]}` })),
        );
      }
      who.value = me;
      /** @param {import('../ui-protocol.ts').UiChannel} c */
      const item = (c) => ({
        key: c.id,
        sign: JSON.stringify([c, c.id === here, unread.has(c.id)]),
        draw: () => conversation(c, c.id === here, unread.has(c.id)),
      });
      const dms = world.channels.filter((c) => c.kind === 'im');
      update.channels(world.channels.filter((c) => c.kind !== 'im').map(item));
      update.dms(dms.map(item));
      byId('dms-title').hidden = dms.length === 0;
    },
  };

  /** @param {import('../ui-protocol.ts').UiChannel} c @param {boolean} isHere @param {boolean} isUnread */
  function conversation(c, isHere, isUnread) {
    const name = `${c.name}${c.is_archived ? ' (archived)' : ''}`;
    return el(
      'li',
      {},
      el(
        'button',
        {
          type: 'button',
          'aria-current': isHere ? 'page' : undefined,
          'aria-label': isUnread ? `${name}, unread` : undefined,
          'data-focus': c.id,
          class: isUnread ? 'unread' : '',
          onclick: () => page.go(c.id),
        },
        el('span', { class: `sign ${c.kind}`, 'aria-hidden': 'true', text: signs[c.kind] }),
        el('span', { class: 'grow', text: name }),
        isUnread ? el('span', { class: 'dot', 'aria-hidden': 'true' }) : null,
      ),
    );
  }
}
