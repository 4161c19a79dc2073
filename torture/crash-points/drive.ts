import type { Recordings, StartRequest } from '../../src/recording/recordings.ts';
import type { Session } from '../../src/recording/session.ts';
import type { SimulatedBot } from '../simulation/create-simulated-bot.ts';
import { brokenAtTheEnd } from '../simulation/invariants.ts';
import { aStart, createSimulation, type Simulation, type SimulationOptions } from '../simulation/simulation.ts';

/** People at work on a bot that may die under their hands and is started again by its supervisor. */
export interface Drive {
  sim: Simulation;
  /** `/record start`. When the bot dies before it answers, the person looks whether it began, and types it again if not. */
  start(channelName: string, more?: Partial<StartRequest>): Promise<string>;
  /** The Stop button or `/record stop`; repeated until somebody says that it was heard. */
  stop(id: string): Promise<void>;
  /** Any other request, repeated until it is answered. */
  ask<T>(request: (r: Recordings) => Promise<T>): Promise<T>;
  pass(ms: number): Promise<void>;
  /** The bot is down for so long, so that a day costs no day's calls. */
  downFor(ms: number): Promise<void>;
  /** Until the session of a channel, as the store has it, is so. */
  until(channelName: string, is: (s: Session) => boolean): Promise<void>;
  task(channelName: string): { sid: string; uid: string };
  /** What came before is another flow's to prove: crashes are tried from here on. */
  mark(): void;
}

/** What happens; all times virtual. */
export interface Flow {
  name: string;
  options?: SimulationOptions;
  run(d: Drive): Promise<void>;
  /** How late a stop may be for reasons of the flow's own, ms. */
  lateness?: number;
  /** It takes long or repeats itself: only one call in so many is tried. */
  sparse?: number;
}

export type Position = 'before' | 'after the effect' | 'after the reply';

/** Where the bot dies: at the nth call that a bot makes to the outside, counted over all bots. */
export interface CrashPoint {
  call: number;
  position: Position;
}

/** A supervisor starts the bot again after this. Milliseconds. */
const restartAfter = 3_000;
/** Longer than anything is waited for: files are looked for for 72 hours. */
const patience = 80 * 3_600_000;
/** How late a crash may make a stop: the restart, and what was under way. Milliseconds. */
const crashLateness = 60_000;

export interface Drove {
  broken: string[];
  /** Every call that was made, e.g. `agora start`. */
  calls: string[];
  /** The first call at which a crash is worth trying, from 1. */
  from: number;
}

/** Plays a flow, with the bot dying at some points, and says what was broken and how many calls there were. */
export async function drive(flow: Flow, crashes: readonly CrashPoint[]): Promise<Drove> {
  const sim = await createSimulation(flow.options);
  const started = new Map<string, { channelName: string; at: number }>();
  const stopped = new Map<string, number>();
  const calls: string[] = [];
  let from = 1;
  let bot: SimulatedBot | undefined;
  let restart: Promise<unknown> | undefined;

  const die = () => {
    // It may die while it starts.
    const alive = sim.bots.findLast((b) => b.alive);
    if (!alive) return;
    sim.kill(alive);
    bot = undefined;
    restart = sim.time.sleep(restartAfter).then(async () => {
      const fresh = await sim.startBot();
      if (fresh.alive) bot = fresh;
    });
  };
  sim.setAround(async (call, run) => {
    calls.push(`${call.port} ${call.name}`);
    const n = calls.length;
    const crash = crashes.find((c) => c.call === n);
    if (crash?.position === 'before') {
      die();
      return new Promise<never>(() => undefined);
    }
    const value = await run();
    if (crash?.position === 'after the effect') {
      die();
      return new Promise<never>(() => undefined);
    }
    // The reply arrives, and nothing that follows from it leaves the process.
    if (crash) queueMicrotask(die);
    return value;
  });

  /** What a live bot answers; undefined when it died over it. */
  async function tryOnce<T>(request: (r: Recordings) => Promise<T>): Promise<{ value: T } | undefined> {
    if (!(await sim.passUntil(() => bot !== undefined, 60_000)) || !bot) throw new Error('no bot came back');
    const asked = bot;
    let answer: { value: T } | undefined;
    const waiting = request(asked.recordings).then((value) => {
      if (asked.alive) answer = { value };
    });
    waiting.catch(() => undefined);
    await sim.passUntil(() => answer !== undefined || !asked.alive, 60_000);
    return answer;
  }
  async function ask<T>(request: (r: Recordings) => Promise<T>): Promise<T> {
    for (let tries = 0; tries < 5; tries++) {
      const answer = await tryOnce(request);
      if (answer) return answer.value;
    }
    throw new Error('five bots died over one request');
  }
  const d: Drive = {
    sim,
    ask,
    async start(channelName, more) {
      const begun = (s: Session) => {
        started.set(s.id, { channelName, at: sim.time.now() });
        return s.id;
      };
      for (;;) {
        const answer = await tryOnce((r) => r.start(aStart(channelName, more)));
        if (answer) return begun(answer.value.session);
        const there = await ask((r) => r.byChannelName(channelName));
        if (there) return begun(there);
      }
    },
    async stop(id) {
      stopped.set(id, sim.time.now());
      await ask((r) => r.stop(id, 'U0ANA'));
    },
    mark() {
      from = calls.length + 1;
    },
    pass: (ms) => sim.pass(ms),
    async downFor(ms) {
      if (bot) sim.kill(bot);
      bot = undefined;
      await sim.pass(ms, true);
      bot = await sim.startBot();
    },
    async until(channelName, is) {
      const so = await sim.passUntil(
        async () => [...(await sim.sessions()).values()].some((s) => s.channelName === channelName && is(s)),
        patience,
      );
      if (!so) throw new Error(`${channelName} did not come so far`);
    },
    task(channelName) {
      const tasks = sim.agora.ledger().filter((t) => t.cname === channelName);
      return tasks.find((t) => t.endedAt === undefined) ?? tasks.at(-1) ?? { sid: '', uid: '' };
    },
  };

  try {
    const first = await sim.startBot();
    if (first.alive) bot = first;
    await flow.run(d);
    await sim.passUntil(
      async () =>
        bot !== undefined && [...(await sim.sessions()).values()].every((s) => 'endedAt' in s && s.outbox.length === 0),
      patience,
    );
    await restart;
    await sim.pass(10 * 60_000);
    const broken = await brokenAtTheEnd(sim, { started, stopped }, crashLateness + (flow.lateness ?? 0));
    return { broken, calls, from };
  } catch (error) {
    return { broken: [error instanceof Error ? error.message : String(error)], calls, from };
  } finally {
    await sim.close();
  }
}
