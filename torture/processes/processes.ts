import { setTimeout as delay } from 'node:timers/promises';
import type { Proof } from '../proof.ts';
import { createRandom } from '../random.ts';
import { createRig, type Rig, waitFor } from './rig.ts';

/** How a run is played; times in ms of the real clock. */
interface Play {
  recordings: number;
  events: number;
  length: number;
  /** Between two events, on average. */
  pause: number;
}

const bounded: Play = { recordings: 10, events: 5, length: 45_000, pause: 5_000 };
const long: Play = { recordings: 200, events: 100, length: 8 * 60_000, pause: 5_000 };
/** A turn of a process that is frozen or dead comes to the other one after this; then a stop has still to be made. */
const lateness = 60_000;
/** A process is frozen for longer than its lock on a turn lasts. */
const frozenFor = 18_000;

/** Two bots as real processes on one real Redis, while processes, Redis and the way to it break. */
export const processes: Proof = {
  title: 'Real processes',
  promise:
    'Two replicas on one Redis, killed, frozen and restarted at random, with Redis killed, frozen and cut off too: no recorder is left behind, no stop is missed or early, and every recording says how it ended.',
  async run({ scale, seed = 1 }) {
    const play = scale === 'long' ? long : bounded;
    const rig = await createRig(2);
    try {
      return await torment(rig, play, seed);
    } finally {
      await rig.close();
    }
  },
};

async function torment(rig: Rig, play: Play, seed: number) {
  const random = createRandom(seed);
  const violations: string[] = [];
  const happened = new Map<string, number>();
  await Promise.all([rig.start(0), rig.start(1)]);
  if (!(await waitFor(() => rig.slack.connections === 4, 60_000))) violations.push('the bots did not start');

  let over = false;
  const people = (async () => {
    const wanted: { name: string; asked: number }[] = [];
    for (let n = 0; n < play.recordings; n++) {
      const name = `room-${n}`;
      wanted.push({ name, asked: await startRecording(rig, name, play.length) });
      await delay((play.events * play.pause * 0.5) / play.recordings);
    }
    return wanted;
  })();
  const trouble = (async () => {
    for (let n = 0; n < play.events; n++) {
      await delay(play.pause * (0.5 + random()));
      const what = pick(random, Object.keys(events));
      happened.set(what, (happened.get(what) ?? 0) + 1);
      await events[what]?.(rig, random() < 0.5 ? 0 : 1);
    }
    over = true;
  })();
  const wanted = await people;
  await trouble;
  const lastEnd = Math.max(...wanted.map((w) => w.asked)) + play.length;

  const card = (name: string) =>
    rig.slack.messages('C0CLASSES', 'U0ANA').find((m) => m.text.startsWith(`Recording of ${name},`) && !m.thread_ts);
  const ended = (name: string) =>
    /: (Ready|Done|Failed|Nothing|No )|recorded nothing|not start|lost/i.test(card(name)?.text ?? '');
  await waitFor(() => over && Date.now() > lastEnd, lastEnd - Date.now() + 60_000);
  await waitFor(() => rig.agora.ledger().every((t) => t.endedAt !== undefined), lateness);
  await waitFor(() => wanted.every((w) => ended(w.name)), 3 * 60_000);

  let latest = 0;
  for (const { name, asked } of wanted) {
    const tasks = rig.agora.ledger().filter((t) => t.cname === name);
    if (tasks.length === 0) violations.push(`${name} was accepted, and nothing was recorded`);
    for (const t of tasks) {
      if (t.endedAt === undefined) violations.push(`${name}: ${t.sid} still runs and bills`);
      const late = (t.endedAt ?? Date.now()) - (asked + play.length);
      latest = Math.max(latest, late);
      if (late > lateness) violations.push(`${name} was stopped ${Math.round(late / 1000)} s late`);
    }
    const last = Math.max(...tasks.map((t) => t.endedAt ?? 0));
    if (tasks.length > 0 && last < asked + play.length - 5_000) {
      violations.push(
        `${name} was stopped ${Math.round((asked + play.length - last) / 1000)} s early: ${card(name)?.text}`,
      );
    }
    if (!ended(name)) violations.push(`${name} never said how it ended: ${card(name)?.text ?? 'no card'}`);
  }
  // What a recording needs: one each of acquire, start and stop for each task; queries go by the clock and are no repetition.
  const count = (endpoint: string) => rig.agora.requests.filter((r) => r.endpoint === endpoint).length;
  const tasks = rig.agora.ledger().length;
  const made = count('acquire') + count('start') + count('stop');
  const queries = count('query');
  const seconds = rig.agora.ledger().reduce((sum, t) => sum + t.billedSeconds, 0);
  // One query to prove it, and one each interval of 15 s or, with many, more.
  const needed = 3 * wanted.length + wanted.length + seconds / 15;
  const figures: [string, number | string][] = [
    ['recordings', wanted.length],
    ['events', [...happened].map(([what, n]) => `${n} x ${what}`).join(', ')],
    ['recorders left behind', rig.agora.ledger().filter((t) => t.endedAt === undefined).length],
    ['latest stop, s', latest / 1000],
    ['tasks for a recording', tasks / wanted.length],
    ['acquire, start and stop for a recording (3 are needed)', made / wanted.length],
    ['calls to Agora against those needed', (made + queries) / needed],
  ];
  if (violations.length > 0) process.stderr.write(`${rig.output().slice(-20_000)}\n`);
  return { figures, violations: violations.map((v) => `${v} (seed ${seed})`) };
}

/** Somebody types until the bot has it: a refusal is told, and a bot that is gone leaves Slack's own error. When it was accepted. */
async function startRecording(rig: Rig, name: string, length: number): Promise<number> {
  const command = `/record start ${name} --for ${Math.round(length / 1000)}s`;
  for (let tries = 0; tries < 60; tries++) {
    const asked = Date.now();
    const outcome = await rig.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: command });
    const there = () =>
      rig.slack
        .messages('C0CLASSES', 'U0ANA')
        .some((m) => !m.thread_ts && m.text.startsWith(`Recording of ${name},`)) ||
      rig.agora.ledger().some((t) => t.cname === name);
    if (outcome.ok && (await waitFor(there, 10_000))) return asked;
    if (there()) return asked;
    await delay(1_000);
  }
  throw new Error(`${name} could not be started`);
}

const events: Record<string, (rig: Rig, place: number) => Promise<void>> = {
  async 'kill -9'(rig, place) {
    await rig.end(place, 'SIGKILL');
    await delay(1_000);
    await rig.start(place);
  },
  async 'SIGTERM and a new process'(rig, place) {
    await rig.end(place, 'SIGTERM');
    await rig.start(place);
  },
  async 'a frozen process'(rig, place) {
    rig.signal(place, 'SIGSTOP');
    await delay(frozenFor);
    rig.signal(place, 'SIGCONT');
  },
  async 'both killed'(rig) {
    await Promise.all([rig.end(0, 'SIGKILL'), rig.end(1, 'SIGKILL')]);
    await delay(2_000);
    await Promise.all([rig.start(0), rig.start(1)]);
  },
  async 'Redis frozen'(rig) {
    rig.redis.freeze();
    await delay(4_000);
    rig.redis.thaw();
  },
  async 'Redis killed'(rig) {
    await rig.redis.kill();
    await delay(1_000);
    await rig.redis.start();
  },
  async 'the way to Redis cut'(rig) {
    rig.proxy.set('down');
    await delay(3_000);
    rig.proxy.set('open');
  },
  async 'the way to Redis silent'(rig) {
    rig.proxy.set('silent');
    await delay(3_000);
    rig.proxy.set('open');
    // What was swallowed makes the streams senseless; a real network would have ended them too.
    rig.proxy.reset();
  },
};

function pick(random: () => number, names: string[]): string {
  return names[Math.floor(random() * names.length)] ?? 'kill -9';
}
