import { setTimeout as delay } from 'node:timers/promises';
import { judgeRecording, type Wanted } from './judge-recording.ts';
import { type Rig, waitFor } from './rig.ts';

export interface People {
  /** Starts so many recordings, one after the other, with so long between them, ms. Ends with the first that cannot be started. */
  start(count: number, pause: number): Promise<Wanted[]>;
  /** Recordings that could not be started, whatever she did. */
  failed: readonly string[];
  /** Nobody begins a recording from when this resolves until the function that it gives is called. */
  rest(): Promise<() => void>;
}

/** Ana, who types `/record start`. `length`: of each recording, ms. */
export function createPeople(rig: Rig, length: number): People {
  let resting = 0;
  let typing = false;
  const failed: string[] = [];
  return {
    failed,
    async start(count, pause) {
      const wanted: Wanted[] = [];
      for (let n = 0; n < count; n++) {
        while (resting > 0) await delay(50);
        typing = true;
        const name = `room-${n}`;
        const asks = await startRecording(rig, name, length);
        typing = false;
        if (asks === undefined) {
          failed.push(name);
          return wanted;
        }
        wanted.push({ name, asks });
        await delay(pause);
      }
      return wanted;
    },
    async rest() {
      resting += 1;
      while (typing) await delay(50);
      // What she began last is on its way.
      await delay(3_000);
      return () => {
        resting -= 1;
      };
    },
  };
}

/**
 * She types until the bot has it: a refusal is told, and a bot that is gone leaves Slack's own error. When she asked; undefined when it never had it.
 * Its answer may be lost, or come after she has asked again, so all asks that a bot can have heard are given.
 */
async function startRecording(rig: Rig, name: string, length: number): Promise<number[] | undefined> {
  const command = `/record start ${name} --for ${Math.round(length / 1000)}s`;
  const there = () => cardOf(rig, name) !== undefined || rig.agora.ledger().some((t) => t.cname === name);
  const asks: number[] = [];
  for (let tries = 0; tries < 90; tries++) {
    const asked = Date.now();
    const outcome = await rig.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: command });
    // Slack had nobody to give it to.
    if (outcome.error !== 'dispatch_failed') asks.push(asked);
    if (outcome.ok && (await waitFor(there, 10_000))) return asks;
    if (there()) return asks;
    await delay(1_000);
  }
  return undefined;
}

export function cardOf(rig: Rig, name: string) {
  return rig.slack
    .messages('C0CLASSES', 'U0ANA')
    .find((m) => m.text.startsWith(`Recording of ${name},`) && !m.thread_ts);
}

const ending = /: (Ready|Done|Failed|Nothing|No )|recorded nothing|not start|lost/i;

/** Which of these have a card that does not say yet how it ended. */
export function unended(rig: Rig, wanted: readonly Wanted[]): Wanted[] {
  const cards = rig.slack.messages('C0CLASSES', 'U0ANA').filter((m) => !m.thread_ts && ending.test(m.text));
  const ended = new Set(cards.map((m) => /^Recording of ([^,]+),/.exec(m.text)?.[1]));
  return wanted.filter((w) => !ended.has(w.name));
}

/**
 * Where the answer to a stop was lost with Redis's last seconds, Agora does not know the task any more: that is believed after two minutes, and the
 * bucket is asked ten minutes later. Milliseconds.
 */
const longestEnd = 15 * 60_000;

/** Waits until every card says how it ended. The bot says one thing a second in a channel, as Slack asks, and has several to say of each. */
export async function waitForEnds(rig: Rig, wanted: readonly Wanted[]): Promise<void> {
  await waitFor(() => unended(rig, wanted).length === 0, longestEnd + wanted.length * 6_000, 1_000);
}

/** What the ledger says against what was wanted: one sentence for each wrong, and how late the latest stop was, ms. */
export function judge(rig: Rig, wanted: readonly Wanted[], how: { length: number; lateness: number }) {
  const violations: string[] = [];
  let latest = 0;
  const silent = new Set(unended(rig, wanted).map((w) => w.name));
  for (const w of wanted) {
    const { name } = w;
    const tasks = rig.agora.ledger().filter((t) => t.cname === name);
    const judged = judgeRecording(w, tasks, { ...how, now: Date.now() });
    latest = Math.max(latest, judged.latest);
    const card = cardOf(rig, name)?.text ?? 'no card';
    violations.push(...judged.violations.map((v) => `${v} (${card})`));
    if (silent.has(name)) violations.push(`${name} never said how it ended: ${card}`);
  }
  const left = rig.agora.ledger().filter((t) => t.endedAt === undefined).length;
  return { violations, latest, left };
}
