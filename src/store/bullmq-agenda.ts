import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError, type Job, Queue } from 'bullmq';
import type { Agenda, Log } from '../recording/ports.ts';
import { inTime } from './in-time.ts';
import { PatientWorker } from './patient-worker.ts';
import type { QueueClients } from './queue-clients.ts';

/** Turns of one process at once; most of the time they wait for Agora. */
const concurrency = 100;
/** A turn that failed is taken again after this. Milliseconds. */
const afterTrouble = 5_000;
/** A process that says nothing for so long has lost its turns to the others. Milliseconds. */
const lockDuration = 15_000;
const stalledInterval = 5_000;
/** A job that is under way elsewhere is looked at again after this. Milliseconds. */
const patience = 100;
/** So often, and then the next beat tries on. */
const tries = 50;
/** What BullMQ is told when it is to give nothing up. */
const always = 1_000_000;
/**
 * A process that ends waits so long for its turns; those that take longer, as a stop may, are given to the others then. With what comes after it,
 * less than the ten seconds that the process has. Milliseconds.
 */
const lastTurns = 6_000;
/** So long Redis may take to hear what is given back and what is still wished for. Milliseconds. */
const farewell = 1_500;
/** And so long to let go of the connections. Milliseconds. */
const lettingGo = 500;
/** A clock that moved by more than this against the machine's has jumped. Milliseconds. */
const jump = 500;

/** A turn at this time, ms since the epoch. */
interface Wish {
  at: number;
}

/**
 * Turns over all processes on one Redis: a BullMQ job for each session under its id, delayed until its next turn. BullMQ's lock keeps turns of a
 * session apart, and its check for stalled jobs brings those of a dead process to another one. A turn may run twice all the same; the session's
 * revision decides then.
 */
export function createBullmqAgenda(parts: {
  clients: QueueClients;
  now: () => number;
  log: Log;
  grace?: number;
}): Agenda {
  const { clients, now, log, grace = lastTurns } = parts;
  const trouble = (error: Error) => log.warn({ err: error }, 'The queue of turns has trouble');
  // One hash slot for all keys, as a cluster wants it.
  const prefix = '{rec}';
  const queue = new Queue('turns', {
    connection: clients.connect('queue', trouble),
    prefix,
    defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: always },
    streams: { events: { maxLen: 100 } },
  });
  queue.on('error', trouble);
  let worker: PatientWorker | undefined;
  /**
   * What could not be put yet, by id: the earliest. An object of its own for each wish: one that comes while an earlier one for the same time is
   * being put is not met by it, for the turn may have begun before.
   */
  const owed = new Map<string, Wish>();
  const sending = new Map<string, Promise<void>>();
  /** When it began to rest, by the clock of this process: no turn begins, and what is wished for is still put. */
  let restedAt: number | undefined;
  let closing: Promise<void> | undefined;
  /** Nothing is put any more either. */
  let stopped = false;
  /** Turns under way. */
  const active = new Set<{ job: Job; token: string | undefined; givenBack: boolean }>();
  let offset = now() - Date.now();

  /** The machine's time at which it is `at` by our clock. */
  const real = (at: number) => Date.now() + (at - now());

  function put(id: string, at: number): void {
    owed.set(id, { at: Math.min(at, owed.get(id)?.at ?? Infinity) });
    settle(id);
  }

  function settle(id: string): void {
    if (sending.has(id)) return;
    sending.set(
      id,
      send(id).finally(() => sending.delete(id)),
    );
  }

  async function send(id: string): Promise<void> {
    try {
      while (owed.has(id) && !stopped) {
        const met = await place(id);
        if (!met) return;
        if (owed.get(id) === met) owed.delete(id);
      }
    } catch (error) {
      // It stays owed, and the next beat tries again.
      log.debug({ session: id, err: error }, 'A turn could not be put on the agenda yet');
    }
  }

  /** Answers the wish for which a turn is ahead now that is not later. Wishes that come while it looks are met too, later ones are not. */
  async function place(id: string): Promise<Wish | undefined> {
    for (let i = 0; i < tries && !stopped; i++) {
      const wish = owed.get(id);
      if (!wish || (await isPut(id, wish.at))) return wish;
    }
    return undefined;
  }

  /** False: it has to be looked at again. */
  async function isPut(id: string, at: number): Promise<boolean> {
    const job: Job | undefined = await queue.getJob(id);
    if (!job) {
      const wait = Math.max(0, Math.ceil(real(at) - Date.now()));
      await queue.add('turn', null, { jobId: id, delay: wait });
      // Another process may have been faster with a later one, which BullMQ keeps.
      const kept = await queue.getJob(id);
      return !kept || kept.delay <= wait;
    }
    const state = await job.getState();
    if (state === 'waiting' || state === 'prioritized') return true;
    if (state === 'delayed') {
      // Not by the job's own times: `timestamp` is when it was made, and `delay` counts from when it was moved last.
      const redis = await queue.getBackend().client;
      const score = await redis.zscore(queue.toKey('delayed'), id);
      if (score !== null && Math.floor(Number(score) / 4096) <= real(at)) return true;
      const left = Math.ceil(real(at) - Date.now());
      // It may have moved meanwhile; then it is looked at again.
      const moved = left > 0 ? job.changeDelay(left) : job.promote();
      return await moved.then(
        () => true,
        () => false,
      );
    }
    if (state === 'active') await delay(patience);
    else await job.remove().catch(() => undefined);
    return false;
  }

  /** With Redis away it is tried again while the lock may last, for nobody else has the job before that. */
  async function delayUntil(job: Job, at: number, token: string | undefined): Promise<void> {
    const end = performance.now() + lockDuration;
    for (;;) {
      try {
        return await job.moveToDelayed(Math.ceil(real(at)), token);
      } catch (error) {
        if (stopped || performance.now() > end) throw error;
        await delay(patience);
      }
    }
  }

  /** The others have it at once, and not only when its lock has run out. */
  async function giveBack(turn: { job: Job; token: string | undefined; givenBack: boolean }): Promise<void> {
    turn.givenBack = true;
    await turn.job.moveToDelayed(Date.now(), turn.token);
    log.info({ session: turn.job.id }, 'A turn that takes long is given to another process');
  }

  /** What is owed is put too: the turns that ended last may have wished for it, and nobody else knows of it. */
  async function putAll(): Promise<void> {
    while (owed.size > 0 && !stopped) {
      for (const id of owed.keys()) settle(id);
      await Promise.all(sending.values());
      if (owed.size > 0) await delay(patience);
    }
  }

  function rest(): number {
    if (restedAt === undefined) {
      restedAt = performance.now();
      // From here on it fetches no more.
      closing = worker?.close();
      closing?.catch(() => undefined);
    }
    return restedAt;
  }

  function later(session: string | undefined, error: unknown): number {
    log.error({ session, err: error }, 'A session could not be looked after; it is tried again soon');
    return now() + afterTrouble;
  }

  return {
    wake: (id) => put(id, now()),
    put,
    start(take) {
      worker = new PatientWorker(
        'turns',
        async (job, token) => {
          const turn = { job, token, givenBack: false };
          active.add(turn);
          try {
            const next =
              restedAt !== undefined ? now() : await take(job.id ?? '').catch((error: unknown) => later(job.id, error));
            if (turn.givenBack) throw new DelayedError();
            if (next === undefined) return;
            await delayUntil(job, next, token);
            throw new DelayedError();
          } finally {
            active.delete(turn);
          }
        },
        {
          connection: clients.connect('worker', trouble),
          prefix,
          concurrency,
          lockDuration,
          stalledInterval,
          maxStalledCount: always,
        },
      );
      worker.on('error', trouble);
    },
    async beat() {
      for (const id of owed.keys()) settle(id);
      const ahead = now() - Date.now();
      if (Math.abs(ahead - offset) <= jump) return;
      // Delays are counted by the machine's clock, which has not jumped with ours: all look anew when they are due. With Redis away, the next beat
      // does it.
      await queue.promoteJobs().then(() => {
        offset = ahead;
      }, trouble);
    },
    async missing(ids) {
      const there = await Promise.all(ids.map(async (id) => (await queue.getJob(id)) !== undefined));
      return ids.filter((_, i) => !there[i]);
    },
    next: () => undefined,
    async settled() {
      while (sending.size > 0) await Promise.all(sending.values());
      while (active.size > 0) await delay(20);
    },
    rest() {
      rest();
    },
    async stop() {
      const patient = rest() + grace;
      while (active.size > 0 && performance.now() < patient) await delay(20);
      const given = Promise.all([...active].map(giveBack)).catch(trouble);
      await inTime(given.then(putAll), farewell).catch(trouble);
      stopped = true;
      // A Redis that is away must not hold up the end of the process.
      const closed = Promise.all([...sending.values(), closing, queue.close()]);
      await inTime(closed, lettingGo).catch(trouble);
      clients.destroy();
    },
  };
}
