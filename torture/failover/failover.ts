import type { Proof } from '../proof.ts';
import { createRandom } from '../random.ts';
import { aStart, createSimulation, type Simulation } from '../simulation/simulation.ts';

const second = 1_000;
const minute = 60_000;
/** Agora's failover answers 404 for up to this (Agora docs, high availability). */
const longestWindow = 90 * second;
const windowsEach = 10;
/** Between the starts of two windows; the recording is well again before the next. */
const windowSpacing = 4 * minute;
/** With few recordings each is looked at so often. */
const interval = 15 * second;
const soon = 2 * second;
const late = interval + 120 * second;

/** Windows in which Agora knows nothing of a recording that runs, and recorders that are really gone. */
export const failover: Proof = {
  title: 'Failover windows',
  promise:
    'Agora answers 404 for up to 90 s while it moves a recording: nobody is alarmed. A recorder that is really gone is told of within 2 s with notifications, and without them within the interval of the checks and 120 s.',
  async run({ scale, seed = 1 }) {
    const random = createRandom(seed);
    const violations: string[] = [];
    const wanted = scale === 'long' ? 10_000 : 1_000;
    let windows = 0;
    for (let n = 0; windows < wanted; n++) {
      const found = await playWindows(n % 2 === 0, random);
      windows += found.windows;
      violations.push(...found.violations);
    }
    const deaths = scale === 'long' ? 500 : 60;
    const worst = { with: 0, without: 0 };
    for (let n = 0; n < deaths; n++) {
      const notifications = n % 2 === 0;
      const ms = await timeToAlert(notifications, random);
      const key = notifications ? 'with' : 'without';
      worst[key] = Math.max(worst[key], ms);
      if (ms > (notifications ? soon : late)) {
        violations.push(`death ${n} (seed ${seed}, ${key} notifications) was told after ${ms / 1000} s`);
      }
    }
    return {
      figures: [
        ['windows of 1 to 90 s', windows],
        ['false alarms', violations.filter((v) => v.startsWith('window')).length],
        ['recorders that died', deaths],
        ['longest time to the alert with notifications, s', worst.with / 1000],
        ['longest time to the alert without, s', worst.without / 1000],
      ],
      violations,
    };
  },
};

/** One long recording with windows at random times. */
async function playWindows(notifications: boolean, random: () => number) {
  const sim = await createSimulation({ notifications });
  const windows: { from: number; to: number }[] = [];
  sim.setAround((call, run) => {
    const now = sim.time.now();
    const inside = windows.some((w) => now >= w.from && now < w.to);
    if (call.port !== 'agora' || !inside || !['query', 'stop', 'update'].includes(call.name)) return run();
    const answer = { status: 404, text: '{"code":404,"reason":"failed to find worker"}' };
    return Promise.resolve(answer) as ReturnType<typeof run>;
  });
  try {
    const bot = await sim.startBot();
    await bot.recordings.start(aStart('math-101', { duration: windowsEach * windowSpacing + 5 * minute }));
    await sim.pass(minute);
    for (let n = 0; n < windowsEach; n++) {
      const from = sim.time.now() + Math.floor(random() * 30 * second);
      const width = second + Math.floor(random() * (longestWindow - second));
      windows.push({ from, to: from + width });
      await sim.pass(windowSpacing);
    }
    await sim.pass(15 * minute);
    const widths = windows.map((w) => `${(w.to - w.from) / 1000} s`).join(', ');
    const alarms = messages(sim).filter((t) => t.startsWith('Problem'));
    const violations = alarms.map((text) => `window of ${widths}: ${text}`);
    if (sim.agora.ledger().length !== 1) violations.push(`window of ${widths}: ${sim.agora.ledger().length} tasks`);
    return { windows: windows.length, violations };
  } finally {
    await sim.close();
  }
}

/** From the death of a recorder to the alert in the channel, virtual ms. */
async function timeToAlert(notifications: boolean, random: () => number): Promise<number> {
  const sim = await createSimulation({ notifications });
  try {
    const bot = await sim.startBot();
    await bot.recordings.start(aStart('math-101', { duration: 60 * minute }));
    await sim.pass(minute + Math.floor(random() * interval));
    sim.agora.fault({ kind: 'recorder_dies', sid: sim.agora.ledger()[0]?.sid ?? '' });
    const died = sim.time.now();
    await sim.passUntil(() => messages(sim).some((t) => t.startsWith('Problem')), 10 * minute);
    return sim.time.now() - died;
  } finally {
    await sim.close();
  }
}

const messages = (sim: Simulation) => sim.slack.messages('C0CLASSES', 'U0ANA').map((m) => m.text);
