/**
 * What the page knows. There is one of it, made by main.js.
 * @typedef {ReturnType<typeof newState>} State
 */

/** @param {import('./place.js').Place} place where the reader begins */
export function newState(place) {
  return {
    /** @type {import('../ui-protocol.ts').Snapshot} */
    world: {
      team: { id: '', name: '', domain: '' },
      users: [],
      channels: [],
      commands: [],
      app: { id: '', name: 'The app' },
      slackDown: false,
    },
    me: place.user ?? '',
    here: place.channel ?? 'C0CLASSES',
    /** The parent of the thread that is open. @type {string | undefined} */
    thread: undefined,
    /** Of the channel that is open, oldest first. @type {import('../ui-protocol.ts').UiMessage[]} */
    messages: [],
    /** Slackbot's private words to this person; the server does not keep them. @type {import('../ui-protocol.ts').UiMessage[]} */
    notices: [],
    /** @type {Set<string>} */
    unread: new Set(),
    online: true,
    /** The app's connections, once the server has told. @type {number | undefined} */
    connections: undefined,
    /** Counts loads, so that a late answer for another channel is thrown away. */
    loads: 0,
    /** What the stream told while a load was under way. @type {import('../ui-protocol.ts').UiEvent[] | undefined} */
    meanwhile: undefined,
    stopListening: () => {},
  };
}

/** What stands above the messages while something is wrong, or nothing. @param {State} state */
export function bannerWords({ online, world, connections }) {
  if (!online) return 'The sandbox does not answer. Is it still running? This page comes back by itself.';
  if (world.slackDown)
    return 'Slack is down: every call of the bot to Slack fails. What it owes you comes when Slack is back.';
  if (connections === 0)
    return `${world.app.name} is not connected to Slack at the moment, so commands and buttons do not work.`;
  return '';
}
