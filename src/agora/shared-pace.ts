import type { Priority, SharedRate } from '../recording/ports.ts';
import { createOwnPace, type Pace, tolerance, window } from './pace.ts';
import type { Slowdown } from './slowdown.ts';

/** The others' clock and number are looked at anew after this. Milliseconds. */
const lookEvery = 1_000;
/** Older than this they are not gone by. A clock that jumped looks so, too. Milliseconds. */
const stale = 5_000;
/** What took longer than this to look at says little about the clock. Milliseconds. */
const slowLook = 50;
/** The others cannot be reached: they are looked for again after this. Milliseconds. */
const rest = 1_000;
/**
 * When each rank asks for a slot, in widths of a slot before it begins: so whoever matters more is served first over all processes. At random
 * within that, or the process whose clock is a little ahead would have every slot.
 */
const lead: Record<Exclude<Priority, 'person'>, number> = { start: 0.75, overdue: 0.5, health: 0.25 };

/**
 * One rate over all processes: time by the others' clock is cut into slots, and a slot belongs to who claims it first. A person may claim one
 * ahead of time, so a stop waits for one call at most.
 *
 * While the others cannot be reached, this process goes by itself with its fair share: the rate divided by how many processes were there when
 * they were last seen, so that all of them together keep to the whole if all are cut off. Then they are looked for once a second.
 */
export function createSharedPace(parts: {
  qps: number;
  shared: SharedRate;
  slowdown: Slowdown;
  now: () => number;
  random?: () => number;
}): Pace {
  const { qps, shared, slowdown, now, random = Math.random } = parts;
  const perWindow = Math.min(qps, 10);
  const width = window / perWindow;
  let view: { offset: number; at: number } | undefined;
  let looking: Promise<void> | undefined;
  /** When the others are looked for again; undefined: they are there. */
  let awayUntil: number | undefined;
  /** Until then calls go by both rules: what went by one is not known to the other. */
  let bothUntil = -Infinity;
  let held: { slot: number; left: number } | undefined;
  /** The last slot that is known to be taken. */
  let full = -1;
  const own = createOwnPace({ qps, rate: () => slowdown.rate() / shared.processes(), now });

  async function look(): Promise<void> {
    const asked = now();
    const seen = await shared.look();
    const heard = now();
    const sure = heard - asked <= slowLook || !view || heard < view.at;
    const offset = sure ? seen.time - (asked + heard) / 2 : (view?.offset ?? 0);
    view = { offset, at: heard };
    // The clock of all was set back, as after a failover: what was claimed by it lies ahead, and nobody is to wait for it.
    const here = Math.floor(time() / width);
    if (full > here + perWindow + 1) full = -1;
    if (held && held.slot > here + perWindow + 1) held = undefined;
    if (seen.slowed) slowdown.heard(seen.slowed.rate, seen.slowed.ago);
  }

  function lookOnce(): Promise<void> {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  function leave(): void {
    awayUntil = now() + rest;
    held = undefined;
  }

  /** By the clock of all. */
  const time = () => now() + (view?.offset ?? 0);
  const inTime = (slot: number) => time() <= slot * width + tolerance;
  /**
   * Slots of a window have `qps` places together. After a 429 they have fewer, in tenths: that is coarse enough for all processes to mean the
   * same slots.
   */
  function room(slot: number): number {
    const tenths = Math.max(1, Math.floor((10 * slowdown.rate()) / qps));
    const each = (qps * tenths) / (10 * perWindow);
    const n = slot % (10 * perWindow);
    return Math.floor((n + 1) * each) - Math.floor(n * each);
  }

  async function claim(slot: number, wanted: number): Promise<number> {
    const places = room(slot);
    const got = places === 0 ? 0 : await shared.claim(slot, Math.min(wanted, places), places);
    if (got === 0) full = Math.max(full, slot);
    return got;
  }

  /** 0: goes now; else how long to wait. */
  async function bySlots(rank: Priority, waiting: number): Promise<number> {
    /** It was woken too late for a slot that it had. */
    let missed: number | undefined;
    for (;;) {
      if (held) {
        const early = held.slot * width - time();
        // No timer is finer.
        if (early >= 1) return early;
        if (held.left > 0 && inTime(held.slot)) {
          held.left -= 1;
          return 0;
        }
        if (held.left > 0) missed = held.slot;
        held = undefined;
      }
      const slot = Math.floor(time() / width);
      if (slot > full && inTime(slot)) {
        const left = await claim(slot, waiting);
        if (left > 0) held = { slot, left };
        // Looked at again, because asking took time.
        continue;
      }
      const next = slot + 1;
      if (rank === 'person' || waiting === 1 || missed === slot) {
        // A slot that nobody wanted, or that was missed, can be used late, at the price of the next one: so nobody waits while all is quiet.
        const late = missed === slot || (slot > full && (await claim(slot, 1)) > 0);
        missed = undefined;
        const ahead = (late || rank === 'person') && (await claim(next, 1)) > 0;
        if (late && ahead && inTime(next)) {
          if (room(next) === 1) full = Math.max(full, next);
          return 0;
        }
        if (ahead) {
          held = { slot: next, left: 1 };
          continue;
        }
      }
      if (rank === 'person') {
        for (let s = next + 1; s <= next + perWindow; s++) {
          if ((await claim(s, 1)) === 0) continue;
          held = { slot: s, left: 1 };
          break;
        }
        if (held) continue;
        return width;
      }
      const begin = next * width;
      const from = begin - width * (lead[rank] + random() / 4);
      const wait = (next > full ? from : begin) - time();
      if (wait > 0) return wait;
      const left = await claim(next, waiting);
      if (left > 0) held = { slot: next, left };
    }
  }

  return {
    async ask(rank, waiting) {
      if (awayUntil !== undefined) {
        if (now() >= awayUntil || awayUntil - now() > rest) {
          awayUntil = now() + rest;
          // Not waited for: a stop must not wait for who is away.
          lookOnce().then(() => {
            awayUntil = undefined;
            bothUntil = now() + window;
          }, leave);
        }
        return own.ask(rank, waiting);
      }
      const age = view ? now() - view.at : -1;
      try {
        if (age < 0 || age >= stale) await lookOnce();
        else if (age >= lookEvery) lookOnce().catch(leave);
        const both = now() < bothUntil && bothUntil - now() <= window ? own.pause(rank) : 0;
        if (both > 0) return both;
        const ms = await bySlots(rank, waiting);
        if (ms === 0) own.note();
        return ms;
      } catch {
        leave();
        return own.ask(rank, waiting);
      }
    },
  };
}
