import { post } from './api.js';
import { byId, el } from './dom.js';

/** @param {number} seconds */
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

const faults = [
  ['recorder_dies', 'Recorder dies'],
  ['failover', 'Start failover'],
  ['upload_to_backup', 'Upload goes to backup'],
];

/**
 * Agora's side: what runs, what it costs, and buttons to make things go wrong.
 * @param {{ slackDown: () => boolean, say: (text: string) => void }} page
 */
export function createPanel(page) {
  const root = byId('panel');
  /** @type {import('../ui-protocol.ts').AgoraPanel | undefined} */
  let panel;
  let receivedAt = 0;
  const total = el('span', { class: 'billed' });
  const tasks = el('ul', { class: 'tasks' });
  const agoraDown = toggle('Agora answers 500', async (on) => {
    await post('/ui/agora/fault', { kind: on ? 'http_500_on' : 'http_500_off' });
  });
  const slackDown = toggle('Slack is down', (on) => post('/ui/slack/fault', { down: on }));
  const notices = el('p', { class: 'hint' });
  const speed = el('p', { class: 'hint' });
  root.replaceChildren(
    el('h2', { text: 'Agora Cloud Recording' }),
    el('p', { class: 'hint', text: 'What Agora would see and bill. Make things go wrong here, and watch the bot.' }),
    el('p', {}, 'Billed in all: ', total),
    el('h3', { text: 'Tasks' }),
    tasks,
    el('h3', { text: 'Trouble' }),
    agoraDown.node,
    slackDown.node,
    notices,
    speed,
  );
  let shape = '';

  /** Times move on between two reports. */
  function tick() {
    if (!panel) return;
    const ahead = ((performance.now() - receivedAt) / 1000) * panel.speed;
    let sum = 0;
    for (const t of panel.tasks) {
      const seconds = t.billedSeconds + (t.alive ? ahead : 0);
      sum += seconds;
      const place = root.querySelector(`[data-billed="${t.sid}"]`);
      if (place) place.textContent = clock(seconds);
    }
    total.textContent = clock(sum);
  }
  setInterval(tick, 500);

  return {
    /** @param {import('../ui-protocol.ts').AgoraPanel} next */
    show(next) {
      panel = next;
      receivedAt = performance.now();
      agoraDown.set(next.restFault === 'http_500');
      slackDown.set(page.slackDown());
      notices.textContent = `Notifications: ${next.notifications.delivered} delivered, ${next.notifications.failed} lost.`;
      speed.textContent =
        next.speed === 1
          ? 'Agora’s clock runs as fast as yours.'
          : `Agora’s clock runs ${next.speed} times as fast as yours.`;
      // Drawn anew only when something but the time has changed, so that a focused button stays.
      const now = JSON.stringify(next.tasks.map((t) => [t.sid, t.statusText, t.files.length, t.uid]));
      if (now !== shape) {
        shape = now;
        tasks.replaceChildren(
          ...(next.tasks.length > 0
            ? next.tasks.map(task)
            : [el('li', { class: 'hint', text: 'Nothing has been recorded yet.' })]),
        );
      }
      tick();
    },
    showSlackDown: () => slackDown.set(page.slackDown()),
  };

  /** @param {import('../ui-protocol.ts').AgoraTaskRow} t */
  function task(t) {
    return el(
      'li',
      { class: t.alive ? 'alive' : '' },
      el('strong', { text: t.cname }),
      el('span', { class: 'state', text: t.statusText }),
      el('p', { class: 'hint', text: `uid ${t.uid} · ${t.files.length} objects` }),
      el('p', {}, 'Billed ', el('span', { class: 'billed', 'data-billed': t.sid, text: clock(t.billedSeconds) })),
      t.alive
        ? el(
            'div',
            { class: 'row' },
            ...faults.map(([kind, label]) =>
              el('button', {
                type: 'button',
                class: 'small',
                'aria-label': `${label}: ${t.cname}`,
                text: label,
                onclick: async () => {
                  const answer = await post('/ui/agora/fault', { kind, sid: t.sid });
                  page.say(answer.ok ? `${label}: done.` : answer.error);
                },
              }),
            ),
          )
        : null,
    );
  }
}

/** @param {string} label @param {(on: boolean) => Promise<unknown>} change */
function toggle(label, change) {
  const box = /** @type {HTMLInputElement} */ (el('input', { type: 'checkbox', onchange: () => change(box.checked) }));
  return {
    node: el('label', { class: 'choice' }, box, label),
    /** @param {boolean} on */
    set(on) {
      box.checked = on;
    },
  };
}
