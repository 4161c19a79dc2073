import { get, listen, post } from './api.js';
import { createComposer } from './composer.js';
import { createConversation } from './conversation.js';
import { askFirst, hideModal, showModal } from './dialogs.js';
import { byId } from './dom.js';
import { createDrawers } from './drawers.js';
import { errorSentence, toldBySlackbot } from './error-sentence.js';
import { messageId } from './messages.js';
import { createPanel } from './panel.js';
import { readPlace, writePlace } from './place.js';
import { createSidebar } from './sidebar.js';
import { bannerWords, newState } from './state.js';

/** @typedef {import('../ui-protocol.ts').UiMessage} UiMessage */

const first = readPlace(location);
const state = newState(first);

const names = {
  user: (/** @type {string} */ id) => state.world.users.find((u) => u.id === id)?.real_name,
  channel: (/** @type {string} */ id) => state.world.channels.find((c) => c.id === id)?.name,
  me: () => state.me,
};
const reader = { author, drawing, openThread };
const channelLog = createConversation('messages', reader);
const threadLog = createConversation('replies', reader);
const panel = createPanel({ slackDown: () => state.world.slackDown });
const drawers = createDrawers();
const sidebar = createSidebar({ go, become });
const composer = createComposer(form('composer'), { commands: () => state.world.commands, send });
const replier = createComposer(form('reply-composer'), { send: (text) => send(text, state.thread) });

/** @param {string} id */
function form(id) {
  return /** @type {HTMLFormElement} */ (byId(id));
}

/** @param {UiMessage} m */
function author(m) {
  if (m.user === 'USLACKBOT') return { name: 'Slackbot', color: '611f69' };
  const user = state.world.users.find((u) => u.id === m.user);
  return { name: user?.real_name ?? m.user, color: user?.color ?? '555555' };
}

/** @param {UiMessage} m @returns {import('./blocks.js').Drawing} */
function drawing(m) {
  return {
    names,
    async act(block, element, selected) {
      if (element.confirm) {
        const agreed = await askFirst(element.confirm, { names });
        // The button may have been drawn anew, or be gone, while the question stood there.
        const focused = document.activeElement;
        if (!focused || focused === document.body || focused.closest('dialog'))
          document.getElementById(messageId(m.ts, false))?.focus();
        if (!agreed) return;
      }
      const answer = await post('/ui/action', {
        user: state.me,
        channel: m.channel,
        message_ts: m.ts,
        block_id: block.block_id,
        action_id: element.action_id,
        ...(selected ? { selected } : {}),
      });
      if (!answer.ok) say(`The click did not work: ${sentence(answer.error)}`);
    },
  };
}

/** @param {string} [code] */
const sentence = (code = 'unknown error') => errorSentence(code, state.world.app.name);

/** @param {string} text @param {string} [threadTs] @returns {Promise<boolean>} whether the text is gone for good */
async function send(text, threadTs) {
  (threadTs ? threadLog : channelLog).toEnd();
  const answer = await post('/ui/message', {
    user: state.me,
    channel: state.here,
    text,
    ...(threadTs ? { thread_ts: threadTs } : {}),
  });
  if (answer.ok || toldBySlackbot.includes(answer.error ?? '')) return true;
  say(`That was not sent: ${sentence(answer.error)}`);
  return false;
}

/** A word from Slackbot that only this person sees, and that is gone with the page. @param {string} text @param {string} [channel] */
function say(text, channel = state.here) {
  state.notices.push({
    ts: (Date.now() / 1000).toFixed(6),
    channel,
    user: 'USLACKBOT',
    is_app: true,
    text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    is_ephemeral: true,
  });
  draw();
}

function draw() {
  const { world, here, messages, notices } = state;
  const channel = world.channels.find((c) => c.id === here);
  const label = `${channel?.kind === 'public' ? '#' : ''}${channel?.name ?? ''}`;
  byId('channel-name').textContent = channel?.kind === 'private' ? `🔒 ${label}` : label;
  byId('topic').textContent = channel?.topic ?? '';
  document.title = `${label} | ${world.team.name}`;
  byId('messages').setAttribute('aria-label', `Messages in ${label}`);
  composer.box.placeholder = `Message ${label}`;
  sidebar.show(world, state.me, here, state.unread);
  const isReply = (/** @type {UiMessage} */ m) => m.thread_ts && m.thread_ts !== m.ts;
  channelLog.show(
    [...messages, ...notices.filter((n) => n.channel === here)]
      .filter((m) => !isReply(m) || m.is_broadcast)
      .sort((a, b) => Number(a.ts) - Number(b.ts)),
    here,
    `Nothing has been said here yet. Try ${world.commands[0]?.command ?? 'a slash command'} start math-101 --for 2m`,
  );
  drawThread();
  drawBanner();
}

function drawThread() {
  byId('thread').hidden = state.thread === undefined;
  if (state.thread === undefined) return;
  const { thread } = state;
  threadLog.show(
    state.messages.filter((m) => m.ts === thread || m.thread_ts === thread),
    thread,
  );
}

/** @param {string} ts */
function openThread(ts) {
  state.thread = ts;
  drawThread();
  replier.focus();
}

function closeThread() {
  const button = document.getElementById(messageId(state.thread ?? '', false))?.querySelector('.replies');
  state.thread = undefined;
  drawThread();
  if (button instanceof HTMLElement) button.focus();
  else composer.focus();
}

function drawBanner() {
  const words = bannerWords(state);
  byId('banner').textContent = words;
  byId('banner').hidden = words === '';
}

/** @param {string} channel */
async function go(channel) {
  state.here = channel;
  state.thread = undefined;
  state.unread.delete(channel);
  drawers.close();
  await load();
  composer.focus();
}

/** @param {string} user */
async function become(user) {
  state.me = user;
  state.notices = [];
  state.unread.clear();
  connect();
  await go(state.here);
}

/** Opens a message, and its thread if it is a reply. @param {import('./place.js').Place} place */
async function goTo({ channel = state.here, ts = '', threadTs }) {
  await go(channel);
  const m = state.messages.find((x) => x.ts === ts);
  if (!m) return say('That message is not here any more.');
  const parent = m.thread_ts ?? threadTs;
  const inThread = parent !== undefined && parent !== ts;
  if (inThread) openThread(parent);
  const node = byId(messageId(ts, inThread));
  node.scrollIntoView({ block: 'center' });
  node.classList.add('found');
  node.focus({ preventScroll: true });
}

async function load() {
  const number = ++state.loads;
  state.meanwhile ??= [];
  try {
    let world = await get(`/ui/snapshot?user=${encodeURIComponent(state.me)}`);
    const people = world.users.filter((/** @type {{ role: string }} */ u) => u.role !== 'bot');
    if (!people.some((/** @type {{ id: string }} */ u) => u.id === state.me)) {
      state.me = people[0]?.id ?? '';
      world = await get(`/ui/snapshot?user=${encodeURIComponent(state.me)}`);
    }
    const channels = world.channels.map((/** @type {{ id: string }} */ c) => c.id);
    const here = channels.includes(state.here) ? state.here : (channels[0] ?? '');
    const query = new URLSearchParams({ user: state.me, channel: here });
    const [messages, agora] = await Promise.all([get(`/ui/messages?${query}`), get('/ui/agora')]);
    if (number !== state.loads) return;
    Object.assign(state, { world, here, messages, online: true });
    writePlace(state.me, here);
    panel.show(agora);
  } catch {
    if (number !== state.loads) return;
    state.online = false;
  }
  const missed = state.meanwhile;
  state.meanwhile = undefined;
  draw();
  for (const event of missed) onEvent(event);
}

/** @param {import('../ui-protocol.ts').UiEvent} event */
function onEvent(event) {
  // The answer that is on its way may be older than this event.
  if (state.meanwhile) return void state.meanwhile.push(event);
  switch (event.type) {
    case 'message':
    case 'message_changed':
      return onMessage(event.message, event.type === 'message');
    case 'message_deleted':
      state.messages = state.messages.filter((m) => m.ts !== event.ts || m.channel !== event.channel);
      return draw();
    case 'notice':
      return say(event.text, event.channel);
    case 'channels_changed':
      return void load();
    case 'agora':
      return panel.show(event.panel);
    case 'slack_status':
      state.world.slackDown = event.down;
      state.connections = event.connections;
      panel.showSlackDown();
      return drawBanner();
    case 'view_opened':
    case 'view_changed':
      return openView(event.view);
    case 'view_closed':
      return hideModal(event.view_id);
  }
}

/** @param {UiMessage} m @param {boolean} isNew */
function onMessage(m, isNew) {
  if (m.channel === state.here) {
    const i = state.messages.findIndex((x) => x.ts === m.ts);
    if (i >= 0) state.messages[i] = m;
    else if (isNew) state.messages.push(m);
  } else if (isNew && m.user !== state.me && state.world.channels.some((c) => c.id === m.channel)) {
    state.unread.add(m.channel);
  }
  draw();
}

/** @param {import('../ui-protocol.ts').UiView} view */
function openView(view) {
  showModal(
    view,
    { names },
    async (values) => {
      const answer = await post('/ui/view-submission', { user: state.me, view_id: view.id, values });
      if (answer.ok) return {};
      return answer.errors ? { errors: answer.errors } : { problem: `That was not sent: ${sentence(answer.error)}` };
    },
    () => post('/ui/view-closed', { user: state.me, view_id: view.id }),
  );
}

function connect() {
  const user = state.me;
  state.stopListening();
  state.stopListening = listen(user, onEvent, async (open) => {
    state.online = open;
    drawBanner();
    // What was said between the first look and the opening of the stream, or while it was cut, is fetched now.
    if (!open) return;
    await load();
    if (state.me !== user) connect();
  });
}

byId('close-thread').addEventListener('click', closeThread);
byId('thread').addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.defaultPrevented) closeThread();
});
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="/archives/"]') : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  goTo(readPlace(new URL(/** @type {HTMLAnchorElement} */ (link).href)));
});

await load();
connect();
if (first.ts) await goTo(first);
else composer.focus();
