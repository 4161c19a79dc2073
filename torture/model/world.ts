import type { Recordings } from '../../src/recording/recordings.ts';
import { holdsChannel, type Session } from '../../src/recording/session.ts';
import type { SimulatedBot } from '../simulation/create-simulated-bot.ts';
import { createMemoryDatabase } from '../simulation/memory-database.ts';
import type { PortCall } from '../simulation/port-call.ts';
import { createSimulation, type Simulation } from '../simulation/simulation.ts';
import { createDatabaseFaults, type DatabaseFaults } from './faulty-database.ts';
import { createTroubles, type Troubles } from './troubles.ts';

/** Somebody typed `/record start`. Times in ms since the epoch. */
export interface Wish {
  room: string;
  asked: number;
  /** The session's id; null: another one was there already; undefined: nobody answered, so it may have begun or not. */
  id?: string | null;
  /** When it was answered, or the person gave up. */
  over: number;
}

/** Somebody asked for a stop. */
export interface Stop {
  id: string;
  asked: number;
  /** When the bot said that it had heard; undefined: it may have or not. */
  heard?: number;
}

/** What people did, and what was done to the bots. */
export interface World {
  sim: Simulation;
  store: DatabaseFaults;
  wishes: Wish[];
  stops: Stop[];
  troubles: Troubles;
  /** Calls to Agora that change something, as the bots decided on them. */
  orders: PortCall[];
  /** A live bot, counted round; undefined: nobody is awake. */
  bot(n: number): SimulatedBot | undefined;
  /** The recording that people see in a channel. */
  live(room: string): Promise<Session | undefined>;
  /** What a bot answers, or undefined when it does not within a person's patience. */
  ask<T>(bot: SimulatedBot, request: (r: Recordings) => Promise<T>): Promise<T | undefined>;
  /** Another one beside those there are. */
  startBot(): Promise<void>;
  /** It dies now, and is started again after so long, ms. */
  kill(bot: SimulatedBot, downFor: number): void;
  /** It dies at the nth of its calls from now. */
  crashAt(bot: SimulatedBot, calls: number, position: CrashPosition): void;
  /** Ends in so long, ms, and is trouble until then. Answers when it ends. */
  until(ms: number, end: () => void): void;
  /** All is well from now on. */
  heal(): Promise<void>;
}

export type CrashPosition = 'before' | 'after the effect' | 'after the reply';

/** How long a person waits before she believes that nobody answers. Slack gives three seconds for the first word. Milliseconds. */
const patience = 5_000;
/** What one call that fails may delay: the longest wait between two tries (src/recording/limits.ts). Milliseconds. */
const perFailure = 60_000;
/** A supervisor starts a bot again after this. Milliseconds. */
export const restartAfter = 3_000;
const never = () => new Promise<never>(() => undefined);

export async function createModelWorld(): Promise<World> {
  const store = createDatabaseFaults();
  const sim = await createSimulation({
    createDatabase: createMemoryDatabase,
    database: store.around,
    audit: true,
  });
  const troubles = createTroubles(() =>
    [...sim.agora.met, ...store.met].map((from) => ({ from, to: from + perFailure })),
  );
  const orders: PortCall[] = [];
  const crashes: { bot: SimulatedBot; calls: number; position: CrashPosition }[] = [];
  const ends = new Set<() => void>();
  let starting = 0;

  const startBot = async () => {
    starting += 1;
    const bot = await sim.startBot();
    starting -= 1;
    bot.resumed.catch(() => world.kill(bot, restartAfter));
  };
  const world: World = {
    sim,
    store,
    startBot,
    wishes: [],
    stops: [],
    troubles,
    orders,
    bot(n) {
      const awake = sim.bots.filter((b) => b.alive && !b.frozen());
      return awake[n % awake.length];
    },
    async live(room) {
      return [...(await sim.sessions()).values()].find((s) => s.channelName === room && holdsChannel(s));
    },
    async ask(bot, request) {
      let answer: unknown;
      let failed = false;
      let done = false;
      request(bot.recordings).then(
        (value) => {
          answer = value;
          done = true;
        },
        () => {
          failed = true;
        },
      );
      await sim.passUntil(() => done || failed || !bot.alive, patience);
      return done && bot.alive ? (answer as Awaited<ReturnType<typeof request>>) : undefined;
    },
    kill(bot, downFor) {
      if (!bot.alive) return;
      sim.kill(bot);
      troubles.add(sim.time.now(), sim.time.now() + downFor);
      starting += 1;
      void sim.time.sleep(downFor).then(async () => {
        starting -= 1;
        await startBot();
      });
    },
    crashAt(bot, calls, position) {
      crashes.push({ bot, calls, position });
    },
    until(ms, end) {
      troubles.add(sim.time.now(), sim.time.now() + ms);
      ends.add(end);
      void sim.time.sleep(ms).then(() => {
        if (ends.delete(end)) end();
      });
    },
    async heal() {
      for (const end of ends) end();
      ends.clear();
      crashes.length = 0;
      store.heal();
      sim.slack.setDown(false);
      sim.slack.clearFailures();
      sim.holdNotices(false);
      await sim.passUntil(() => starting === 0, 600_000);
    },
  };

  sim.setAround(async (call, run) => {
    if (call.port === 'agora' && call.name !== 'query') orders.push(call);
    const bot = sim.bots[call.bot];
    const i = crashes.findIndex((c) => c.bot === bot);
    const crash = crashes[i];
    if (!crash || !bot || --crash.calls > 0) return await run();
    crashes.splice(i, 1);
    const die = () => world.kill(bot, restartAfter);
    if (crash.position === 'before') {
      die();
      return never();
    }
    const value = await run();
    if (crash.position === 'after the effect') {
      die();
      return never();
    }
    // The reply arrives, and nothing that follows from it leaves the process.
    queueMicrotask(die);
    return value;
  });
  await startBot();
  return world;
}
