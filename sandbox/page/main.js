import { get, listen, post } from './api.js';
import { createComposer } from './composer.js';
import { askFirst, hideModal, showModal } from './dialogs.js';
import { byId, el } from './dom.js';
import { drawMessage } from './messages.js';
import { createPanel } from './panel.js';

/** @typedef {import('../ui-protocol.ts').UiMessage} UiMessage */

/** @type {import('../ui-protocol.ts').Snapshot} */
let world = {
  team: { id: '', name: '', domain: '' },
  users: [],
  channels: [],
  commands: [],
  app: { id: '', name: '' },
  slackDown: false,
};
const chosen = new URLSearchParams(location.hash.slice(1));
let me = chosen.get('user') ?? 'U0ANA';
let here = chosen.get('channel') ?? 'C0CLASSES';
/** @type {string | undefined} */
let thread;
/** @type {UiMessage[]} */
let messages = [];
/** @type {Set<string>} */
const unread = new Set();
let stopListening = () => {};
let online = true;

const names = {
  user: (/** @type {string} */ id) => world.users.find((u) => u.id === id)?.real_name ?? id,
  channel: (/** @type {string} */ id) => world.channels.find((c) => c.id === id)?.name ?? 'private channel',
};
const list = byId('messages');
const replies = byId('replies');
const banner = byId('banner');
const panel = createPanel({ slackDown: () => world.slackDown, say });
const composer = createComposer({ commands: () => world.commands, send });

/** @param {UiMessage} m @returns {import('./blocks.js').Drawing} */
const drawing = (m) => ({
  names,
  async act(block, element, selected) {
    if (element.confirm && !(await askFirst(element.confirm, { names }))) return;
    const answer = await post('/ui/action', {
      user: me,
      channel: m.channel,
      message_ts: m.ts,
      block_id: block.block_id,
      action_id: element.action_id,
      ...(selected ? { selected } : {}),
    });
    if (!answer.ok) say(`The click did not work: ${answer.error}`);
  },
});

/** @param {string} text */
async function send(text) {
  const answer = await post('/ui/message', { user: me, channel: here, text });
  if (!answer.ok && !['operation_timeout', 'dispatch_failed', 'unknown_command'].includes(answer.error))
    say(`That was not sent: ${answer.error}`);
}

/** A word from Slackbot that only this person sees, and that is gone with the page. @param {string} text */
function say(text) {
  messages.push({
    ts: String(Date.now() / 1000),
    channel: here,
    user: 'USLACKBOT',
    is_app: true,
    text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'),
    is_ephemeral: true,
  });
  draw();
}

function draw() {
  const channel = world.channels.find((c) => c.id === here);
  const label = channel?.kind === 'im' ? channel.name : `# ${channel?.name ?? ''}`;
  byId('workspace').textContent = world.team.name;
  byId('channel-name').textContent = label;
  byId('topic').textContent = channel?.topic ?? '';
  document.title = `${label} | ${world.team.name}`;
  list.setAttribute('aria-label', `Messages in ${label.replace('# ', '#')}`);
  composer.box.placeholder = `Message ${label.replace('# ', '#')}, or type /`;
  drawChannels();
  const shown = messages.filter(
    (m) =>
      m.channel === here &&
      (!m.thread_ts || m.thread_ts === m.ts || m.is_broadcast || (m.is_ephemeral && !m.thread_ts)),
  );
  fill(
    list,
    shown.length > 0
      ? shown.map((m) => drawOne(m))
      : [el('p', { class: 'hint', text: 'Nothing has been said here yet. Type /record start math-101 --for 2m' })],
  );
  drawThread();
  drawBanner();
}

/** @param {UiMessage} m @param {boolean} [inThread] */
function drawOne(m, inThread = false) {
  const author = world.users.find((u) => u.id === m.user);
  const known = m.user === 'USLACKBOT' ? /** @type {any} */ ({ real_name: 'Slackbot', color: '611f69' }) : author;
  return drawMessage(m, known, drawing(m), { inThread, openThread });
}

/** Replaces what is there, and stays at the end if the reader was there. @param {HTMLElement} box @param {Node[]} nodes */
function fill(box, nodes) {
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  box.replaceChildren(...nodes);
  if (atEnd) box.scrollTop = box.scrollHeight;
}

function drawThread() {
  const aside = byId('thread');
  aside.hidden = thread === undefined;
  if (thread === undefined) return;
  fill(
    replies,
    messages
      .filter((m) => m.channel === here && (m.ts === thread || m.thread_ts === thread))
      .map((m) => drawOne(m, true)),
  );
}

/** @param {string} ts */
function openThread(ts) {
  thread = ts;
  drawThread();
  replies.focus();
}

function drawChannels() {
  /** @param {string} id @param {(c: any) => boolean} which */
  const put = (id, which) =>
    byId(id).replaceChildren(
      ...world.channels.filter(which).map((c) =>
        el(
          'li',
          {},
          el(
            'button',
            {
              type: 'button',
              'aria-current': c.id === here ? 'page' : undefined,
              class: unread.has(c.id) ? 'unread' : '',
              onclick: () => go(c.id),
            },
            `${c.kind === 'public' ? '#' : c.kind === 'private' ? '🔒' : '●'} ${c.name}${c.is_archived ? ' (archived)' : ''}`,
            unread.has(c.id) ? el('span', { class: 'sr', text: ', unread' }) : null,
          ),
        ),
      ),
    );
  put('channels', (c) => c.kind !== 'im');
  put('dms', (c) => c.kind === 'im');
}

function drawBanner() {
  const words = !online
    ? 'The sandbox does not answer. Is it still running?'
    : world.slackDown
      ? 'Slack is down: every call of the bot to Slack fails. What it owes you comes when Slack is back.'
      : '';
  banner.textContent = words;
  banner.hidden = words === '';
}

/** @param {string} channel */
async function go(channel) {
  here = channel;
  thread = undefined;
  unread.delete(channel);
  close('sidebar');
  location.hash = new URLSearchParams({ user: me, channel: here }).toString();
  await load();
  list.scrollTop = list.scrollHeight;
  composer.focus();
}

async function load() {
  world = await get(`/ui/snapshot?user=${encodeURIComponent(me)}`);
  if (!world.channels.some((c) => c.id === here)) here = world.channels[0]?.id ?? here;
  messages = await get(`/ui/messages?user=${encodeURIComponent(me)}&channel=${encodeURIComponent(here)}`);
  draw();
}

/** @param {import('../ui-protocol.ts').UiEvent} event */
function onEvent(event) {
  switch (event.type) {
    case 'message':
    case 'message_changed': {
      const m = event.message;
      if (m.channel !== here) {
        if (event.type === 'message' && world.channels.some((c) => c.id === m.channel)) unread.add(m.channel);
        drawChannels();
        return;
      }
      const i = messages.findIndex((x) => x.ts === m.ts);
      if (i >= 0) messages[i] = m;
      else messages.push(m);
      draw();
      return;
    }
    case 'message_deleted':
      messages = messages.filter((m) => m.ts !== event.ts);
      draw();
      return;
    case 'notice':
      if (event.channel === here) say(event.text);
      return;
    case 'channels_changed':
      load();
      return;
    case 'agora':
      panel.show(event.panel);
      return;
    case 'slack_status':
      world.slackDown = event.down;
      panel.showSlackDown();
      drawBanner();
      return;
    case 'view_opened':
    case 'view_changed':
      showModal(
        event.view,
        { names },
        async (values) => (await post('/ui/view-submission', { user: me, view_id: event.view.id, values })).errors,
        () => post('/ui/view-closed', { user: me, view_id: event.view.id }),
      );
      return;
    case 'view_closed':
      hideModal();
  }
}

function connect() {
  stopListening();
  stopListening = listen(me, onEvent, async (open) => {
    const wasOffline = !online;
    online = open;
    drawBanner();
    if (open && wasOffline) {
      await load();
      panel.show(await get('/ui/agora'));
    }
  });
}

/** @param {'sidebar' | 'panel'} id */
function close(id) {
  byId(id).classList.remove('open');
  byId(id === 'sidebar' ? 'open-sidebar' : 'open-panel').setAttribute('aria-expanded', 'false');
}

for (const id of /** @type {const} */ (['sidebar', 'panel'])) {
  const button = byId(`open-${id}`);
  button.addEventListener('click', () => {
    const narrow = matchMedia('(max-width: 900px)').matches;
    const open = byId(id).classList.toggle(narrow ? 'open' : 'shut');
    button.setAttribute('aria-expanded', String(narrow ? open : !open));
  });
}
byId('close-thread').addEventListener('click', () => {
  thread = undefined;
  drawThread();
  composer.focus();
});
byId('who').addEventListener('change', async (event) => {
  me = /** @type {HTMLSelectElement} */ (event.target).value;
  connect();
  await go(here);
});
addEventListener('hashchange', async () => {
  const link = /^#message=([^/]+)\/(\d+)$/.exec(location.hash);
  if (!link) return;
  await go(link[1] ?? here);
  byId(`m-${link[2]}`).scrollIntoView({ block: 'center' });
});

await load();
byId('who').replaceChildren(
  ...world.users
    .filter((u) => u.role !== 'bot')
    .map((u) =>
      el('option', {
        value: u.id,
        selected: u.id === me,
        text: `${u.real_name}${u.role === 'member' ? '' : u.role === 'guest' ? ' (guest)' : ' (other workspace)'}`,
      }),
    ),
);
connect();
panel.show(await get('/ui/agora'));
if (matchMedia('(max-width: 900px)').matches) close('panel');
composer.focus();
