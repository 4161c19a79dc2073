import { post } from './api.js';
import { byId, el } from './dom.js';
import { createKeyedList } from './keyed-list.js';

/** m:ss, or h:mm:ss. @param {number} seconds */
function clock(seconds) {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds / 60) % 60), Math.floor(seconds % 60)];
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

const faults = /** @type {const} */ ([
  ['recorder_dies', 'Recorder dies'],
  ['failover', 'Start failover'],
  ['upload_to_backup', 'Upload goes to backup'],
  ['slow_upload', 'Slow upload'],
]);

/**
 * Agora's side: what runs, what it costs, and buttons to make things go wrong.
 * @param {{ slackDown: () => boolean }} page
 */
export function createPanel(page) {
  /** @type {import('../ui-protocol.ts').AgoraPanel | undefined} */
  let panel;
  let receivedAt = 0;
  const total = el('strong', { class: 'billed' });
  const time = el('span', { class: 'billed' });
  const tasks = el('ul', { class: 'tasks' });
  const none = el('p', { class: 'hint', text: 'Nothing has been recorded yet.' });
  const notices = el('p', { class: 'hint' });
  const speed = el('span');
  const said = el('p', { class: 'said', role: 'status' });
  const agoraDown = toggle('Agora answers 500', (on) =>
    report(post('/ui/agora/fault', { kind: on ? 'http_500_on' : 'http_500_off' })),
  );
  const full = toggle('All recorders are in use', (on) =>
    report(post('/ui/agora/fault', { kind: on ? 'capacity_full_on' : 'capacity_full_off' })),
  );
  const bucket = toggle('The bucket refuses files', (on) =>
    report(post('/ui/agora/fault', { kind: on ? 'bucket_refuses_on' : 'bucket_refuses_off' })),
  );
  const once = el(
    'div',
    { class: 'row' },
    button(
      'Lose the next start’s reply',
      '/ui/agora/fault',
      { kind: 'lose_start_reply' },
      'The next start takes effect, and nobody hears of it.',
    ),
    button(
      'Agora answers 500 three times',
      '/ui/agora/fault',
      { kind: 'http_500_thrice' },
      'The next three calls are answered 500.',
    ),
    button(
      'Slack is down for a minute',
      '/ui/slack/fault',
      { down: true, seconds: 60 },
      'Slack is down, and comes back in a minute.',
    ),
  );
  const slackDown = toggle('Slack is down', (on) => report(post('/ui/slack/fault', { down: on })));
  byId('panel-body').replaceChildren(
    el('p', { class: 'hint', text: 'What Agora sees and bills. Make things go wrong here, and watch the bot.' }),
    el('p', { class: 'sum' }, el('span', { text: 'Billed in all' }), total),
    el('h3', { text: 'Tasks' }),
    none,
    tasks,
    el('h3', { text: 'Trouble' }),
    agoraDown.node,
    full.node,
    bucket.node,
    slackDown.node,
    once,
    said,
    el('h3', { text: 'Also' }),
    notices,
    el('p', { class: 'hint' }, 'Agora’s clock says ', time, speed),
  );
  const update = createKeyedList(tasks);

  /** @param {Promise<{ ok: boolean, error?: string }>} asked @param {string} [done] */
  async function report(asked, done = '') {
    const answer = await asked;
    said.textContent = answer.ok ? done : `That did not work: ${answer.error}`;
  }

  /** Times move on between two reports. */
  function tick() {
    if (!panel) return;
    const ahead = ((performance.now() - receivedAt) / 1000) * panel.speed;
    let sum = panel.billedSecondsTotal;
    for (const t of panel.tasks) {
      if (t.alive) sum += ahead;
      const place = tasks.querySelector(`[data-billed="${CSS.escape(t.sid)}"]`);
      if (place) place.textContent = clock(t.billedSeconds + (t.alive ? ahead : 0));
    }
    total.textContent = clock(sum);
    time.textContent = new Date(panel.now + ahead * 1000).toLocaleTimeString();
  }
  setInterval(tick, 250);

  return {
    /** @param {import('../ui-protocol.ts').AgoraPanel} next */
    show(next) {
      panel = next;
      receivedAt = performance.now();
      agoraDown.set(next.restFault === 'http_500');
      full.set(next.full === true);
      bucket.set(next.bucketRefuses === true);
      slackDown.set(page.slackDown());
      notices.textContent = `Notifications: ${next.notifications.delivered} delivered, ${next.notifications.failed} lost.`;
      speed.textContent =
        next.speed === 1 ? ' and runs as fast as yours.' : ` and runs ${next.speed} times as fast as yours.`;
      none.hidden = next.tasks.length > 0;
      // Each task is drawn once per life; what changes is put in place, so that a focused button stays.
      update(next.tasks.map((t) => ({ key: t.sid, sign: String(t.alive), draw: () => task(t) })));
      for (const t of next.tasks) fill(t);
      tick();
    },
    showSlackDown: () => slackDown.set(page.slackDown()),
  };

  /** @param {string} label @param {string} path @param {object} body @param {string} done */
  function button(label, path, body, done) {
    return el('button', {
      type: 'button',
      class: 'small',
      text: label,
      onclick: () => report(post(path, body), done),
    });
  }

  /** @param {import('../ui-protocol.ts').AgoraTaskRow} t */
  function task(t) {
    return el(
      'li',
      { class: t.alive ? 'alive' : '', tabindex: -1, 'data-task': t.sid },
      el('p', { class: 'task-head' }, el('strong', { text: t.cname }), el('span', { class: 'state' })),
      el(
        'p',
        { class: 'task-facts' },
        el('span', { class: 'hint facts' }),
        el('span', { class: 'billed', title: 'Billed time', 'data-billed': t.sid }),
      ),
      t.alive
        ? el(
            'div',
            { class: 'row' },
            ...faults.map(([kind, label]) =>
              el('button', {
                type: 'button',
                class: 'small',
                'aria-label': `${label}: ${t.cname}`,
                'data-focus': kind,
                text: label,
                onclick: () => report(post('/ui/agora/fault', { kind, sid: t.sid }), `${label}: ${t.cname}.`),
              }),
            ),
          )
        : null,
    );
  }

  /** @param {import('../ui-protocol.ts').AgoraTaskRow} t */
  function fill(t) {
    const row = tasks.querySelector(`[data-task="${CSS.escape(t.sid)}"]`);
    const [state, facts] = [row?.querySelector('.state'), row?.querySelector('.facts')];
    if (state) {
      state.textContent = t.statusText;
      state.setAttribute('title', `Status ${t.status} in Agora's query reply`);
    }
    if (facts) {
      facts.textContent = `uid ${t.uid} · ${t.files.length} ${t.files.length === 1 ? 'object' : 'objects'}`;
      facts.setAttribute('title', t.files.join('\n'));
    }
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
