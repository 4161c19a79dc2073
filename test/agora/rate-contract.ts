import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRateBucket, type RateBucket } from '../../src/agora/rate-bucket.ts';
import type { Priority, SharedRate } from '../../src/recording/ports.ts';
import { createRandom } from '../../torture/random.ts';

/** Time that passes only while all sleep and nothing is on its way. */
export interface VirtualTime {
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Time stands while this goes on. */
  during<T>(work: Promise<T>): Promise<T>;
  close(): void;
}

export function createVirtualTime(): VirtualTime {
  let time = 1_800_000_000_000;
  let busy = 0;
  let running = true;
  let sleeping: { at: number; wake: () => void }[] = [];
  const pass = async () => {
    while (running) {
      await turn();
      // Those who were let go look at the clock before it moves.
      await turn();
      if (busy > 0 || sleeping.length === 0) continue;
      time = Math.max(time, Math.min(...sleeping.map((s) => s.at)));
      const due = sleeping.filter((s) => s.at <= time);
      sleeping = sleeping.filter((s) => s.at > time);
      for (const s of due) s.wake();
    }
  };
  void pass();
  return {
    now: () => time,
    sleep: (ms) => new Promise((wake) => sleeping.push({ at: time + ms, wake })),
    async during(work) {
      busy += 1;
      try {
        return await work;
      } finally {
        busy -= 1;
      }
    },
    close() {
      running = false;
    },
  };
}

export interface RateRig {
  /** The rate as one process sees it; those of one rig share what there is to share. */
  shared(): SharedRate | undefined;
  close(): Promise<void>;
}

/** What the rate promises, for one process and for several that share it. */
export function rateContract(name: string, processes: number, createRig: () => Promise<RateRig>): void {
  describe(`the rate of ${name}`, () => {
    let rig: RateRig;
    let time: VirtualTime;
    /** Each process's clock may be wrong by this. Milliseconds. */
    let wrong: number[];
    let told: number;
    /** How much later than it was told a timer wakes up. Milliseconds. */
    let late: () => number;
    let calls: { at: number; process: number; rank: Priority }[];
    beforeEach(async () => {
      rig = await createRig();
      time = createVirtualTime();
      wrong = Array.from({ length: processes }, (_, n) => n * 45_678);
      late = () => 0;
      calls = [];
    });
    afterEach(async () => {
      time.close();
      await rig.close();
    });

    function open(qps: number): RateBucket[] {
      return Array.from({ length: processes }, (_, n) => {
        const shared = rig.shared();
        const now = () => time.now() + (wrong[n] ?? 0);
        const sleep = (ms: number) => time.sleep(ms + late());
        return createRateBucket({ qps, now, sleep, shared: shared && inVirtualTime(shared) });
      });
    }
    /** Its answers take no time, and its clock is the virtual one. */
    function inVirtualTime(shared: SharedRate): SharedRate {
      return {
        ...shared,
        claim: (slot, wanted, places) => time.during(shared.claim(slot, wanted, places)),
        async look() {
          const { slowed } = await time.during(shared.look());
          const ago = time.now() - told;
          return { time: time.now(), ...(slowed && ago < 60_000 ? { slowed: { rate: slowed.rate, ago } } : {}) };
        },
        tell(rate) {
          told = time.now();
          return time.during(shared.tell(rate));
        },
      };
    }
    const take = async (buckets: RateBucket[], process: number, rank: Priority) => {
      await buckets[process]?.take(rank);
      calls.push({ at: time.now(), process, rank });
    };
    /** As Agora counts. */
    const most = () => Math.max(...calls.map((c) => calls.filter((x) => x.at >= c.at && x.at < c.at + 1_000).length));
    const called = (n: number) => async () => {
      while (calls.length < n) await turn();
    };

    test.each([10, 7, 1, 64])('%i a second: a backlog gets nearly all of it, and no second has more', async (qps) => {
      const buckets = open(qps);
      const started = time.now();
      const count = qps * 20;
      await Promise.all(Array.from({ length: count }, (_, n) => take(buckets, n % processes, 'health')));
      expect(most()).toBeLessThanOrEqual(qps);
      expect((count - qps) / ((time.now() - started) / 1000 - 1.04) / qps).toBeGreaterThan(0.95);
    });

    describe('in a process that is too busy to wake up in time', () => {
      const used = async (count: number) => {
        const buckets = open(10);
        const started = time.now();
        await Promise.all(Array.from({ length: count }, (_, n) => take(buckets, n % processes, 'health')));
        return (count - 10) / ((time.now() - started) / 1000 - 1.04) / 10;
      };

      test('always 50 ms late: a backlog gets as much all the same, and no second has more', async () => {
        late = () => 50;
        expect(await used(600)).toBeGreaterThan(processes === 1 ? 0.95 : 0.94);
        expect(most()).toBeLessThanOrEqual(10);
      });

      test.each([
        [30, 0.95],
        [60, 0.65],
      ])('up to %i ms late, now more, now less: little is lost, and no second has more', async (by, least) => {
        const random = createRandom(7);
        late = () => random() * by;
        expect(await used(300)).toBeGreaterThan(least);
        expect(most()).toBeLessThanOrEqual(10);
      });

      test('once for a long while: what comes after it is no burst that leaves no room for a person', async () => {
        const buckets = open(10);
        const backlog = Array.from({ length: 60 }, (_, n) => take(buckets, n % processes, 'health'));
        await called(20)();
        late = () => 5_000;
        await time.sleep(200);
        late = () => 0;
        await called(30)();
        const before = calls.length;
        await take(buckets, 0, 'person');
        expect(calls.length - 1 - before).toBeLessThanOrEqual(1);
        await Promise.all(backlog);
        expect(most()).toBeLessThanOrEqual(10);
        const after = calls.filter((c) => c.at - (calls[0]?.at ?? 0) > 5_000).map((c) => c.at);
        const together = after.map((at) => after.filter((x) => x >= at && x <= at + 50).length);
        expect(Math.max(...together)).toBeLessThanOrEqual(4);
      });
    });

    test('calls that come now and then, and all at once: no second has more', async () => {
      const buckets = open(10);
      const work: Promise<void>[] = [];
      for (let n = 0; n < 60; n++) {
        const ranks: Priority[] = ['person', 'start', 'overdue', 'health'];
        for (let k = 0; k < (n % 9 === 0 ? 12 : 1); k++) {
          work.push(take(buckets, (n + k) % processes, ranks[(n + k) % 4] ?? 'health'));
        }
        await time.sleep((n * 97) % 260);
      }
      await Promise.all(work);
      expect(most()).toBeLessThanOrEqual(10);
    });

    test('a call after a quiet while, and then many: no second has more, at whatever moment it comes', async () => {
      const buckets = open(10);
      for (let offset = 0; offset < 104; offset += 9) {
        await time.sleep(3_000 + offset);
        await take(buckets, 0, 'person');
        await Promise.all(Array.from({ length: 22 }, (_, n) => take(buckets, n % processes, 'health')));
      }
      expect(most()).toBeLessThanOrEqual(10);
    });

    test('a start and an overdue stop wait for one health check at most, whoever makes it', async () => {
      const buckets = open(10);
      const backlog = Array.from({ length: 200 }, (_, n) => take(buckets, n % processes, 'health'));
      let most = 0;
      for (let n = 0; n < 30; n++) {
        const before = calls.length;
        await take(buckets, n % processes, n % 2 === 0 ? 'start' : 'overdue');
        most = Math.max(most, calls.length - 1 - before);
        await time.sleep((n * 31) % 208);
      }
      expect(most).toBeLessThanOrEqual(1);
      await Promise.all(backlog);
    });

    test('while all is quiet a call goes at once', async () => {
      const buckets = open(10);
      for (let n = 0; n < 20; n++) {
        const asked = time.now();
        await take(buckets, n % processes, n % 3 === 0 ? 'person' : 'health');
        expect(time.now() - asked).toBe(0);
        await time.sleep(321);
      }
    });

    test('under a backlog a person waits for one call at most, whenever and wherever the click comes', async () => {
      const buckets = open(10);
      const backlog = Array.from({ length: 300 }, (_, n) => take(buckets, n % processes, 'health'));
      const waits: { calls: number; ms: number }[] = [];
      while (calls.length < 290) {
        const before = { calls: calls.length, at: time.now() };
        await take(buckets, waits.length % processes, 'person');
        waits.push({ calls: calls.length - 1 - before.calls, ms: time.now() - before.at });
        // Some calls later the next one clicks, at any moment between two calls.
        const next = Math.min(290, calls.length + 7);
        await called(next)();
        await time.sleep((waits.length * 13) % 104);
      }
      await Promise.all(backlog);
      expect(waits.length).toBeGreaterThan(30);
      expect(Math.max(...waits.map((w) => w.calls))).toBeLessThanOrEqual(1);
      expect(Math.max(...waits.map((w) => w.ms))).toBeLessThanOrEqual(2 * 104);
      expect(most()).toBeLessThanOrEqual(10);
    });

    test('who matters more goes first, over all processes: a person, starts, overdue stops, health', async () => {
      const buckets = open(2);
      const last = processes - 1;
      const all = [take(buckets, 0, 'health'), take(buckets, 0, 'health')];
      await called(1)();
      all.push(
        ...Array.from({ length: 4 }, () => take(buckets, 0, 'health')),
        take(buckets, last, 'overdue'),
        take(buckets, 0, 'start'),
        take(buckets, last, 'person'),
      );
      await Promise.all(all);
      const order = calls.map((c) => c.rank);
      expect(order.filter((rank) => rank !== 'health')).toEqual(['person', 'start', 'overdue']);
      // The first two may have had their turn before the others came.
      expect(order.slice(5)).toEqual(Array.from({ length: 4 }, () => 'health'));
    });

    test('after a 429 it halves for all, once for calls that were under way together, and grows back in a minute', async () => {
      const buckets = open(10);
      const [one, other] = [buckets[0], buckets[processes - 1]];
      for (let n = 0; n < processes; n++) await take(buckets, n, 'health');
      one?.slowDown();
      one?.slowDown();
      expect(one?.rate()).toBe(5);
      await time.sleep(5_000);
      // What was told is heard with the next call.
      await other?.take('health');
      expect(other?.rate()).toBeGreaterThan(5.3);
      expect(other?.rate()).toBeLessThan(5.6);
      const started = time.now();
      await Promise.all(Array.from({ length: 40 }, (_, n) => take(buckets, n % processes, 'health')));
      expect(40 / ((time.now() - started) / 1000)).toBeLessThan(7.5);
      await time.sleep(60_000);
      expect(buckets.map((b) => b.rate())).toEqual(buckets.map(() => 10));
    });

    test('a clock that is set back, or forth, stops nobody', async () => {
      const buckets = open(10);
      await take(buckets, 0, 'health');
      for (const by of [-3_600_000, 7_200_000]) {
        wrong[0] = (wrong[0] ?? 0) + by;
        const asked = time.now();
        await take(buckets, 0, 'health');
        await take(buckets, 0, 'person');
        expect(time.now() - asked).toBeLessThanOrEqual(3 * 104);
      }
    });

    test('nobody is left out: those who wait equally are served about equally', async () => {
      const buckets = open(10);
      const work = Array.from({ length: processes }, (_, p) =>
        Array.from({ length: 200 }, () => take(buckets, p, 'health')),
      );
      await called(150)();
      const share = buckets.map((_, p) => calls.filter((c) => c.process === p).length / calls.length);
      for (const part of share) expect(part).toBeGreaterThan(0.5 / processes);
      await Promise.all(work.flat());
    });
  });
}
