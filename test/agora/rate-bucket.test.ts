import { describe, expect, test } from 'vitest';
import { createRateBucket } from '../../src/agora/rate-bucket.ts';
import type { Priority } from '../../src/recording/ports.ts';

/** Time that passes only while somebody sleeps. */
function virtualTime() {
  let time = 1_000_000;
  return {
    now: () => time,
    sleep: async (ms: number) => {
      // Those who were let go look at the clock before it moves.
      await new Promise((resolve) => setImmediate(resolve));
      time += ms;
    },
  };
}

describe('the rate bucket', () => {
  test('under a backlog it uses 95 % of the quota and never goes over it in any second', async () => {
    const clock = virtualTime();
    const started = clock.now();
    const bucket = createRateBucket({ qps: 10, ...clock });
    const times: number[] = [];
    await Promise.all(
      Array.from({ length: 500 }, async () => {
        await bucket.take('health');
        times.push(clock.now());
      }),
    );
    const seconds = (clock.now() - started) / 1000;
    expect(500 / seconds / 10).toBeGreaterThan(0.95);
    for (const t of times) expect(times.filter((x) => x >= t && x < t + 1000).length).toBeLessThanOrEqual(10);
  });

  test('under a backlog a person waits for one call at most, whenever the click comes', async () => {
    const clock = virtualTime();
    const bucket = createRateBucket({ qps: 10, ...clock });
    let served = 0;
    const backlog = Array.from({ length: 300 }, () => bucket.take('health').then(() => served++));
    const waits: { calls: number; ms: number }[] = [];
    while (served < 290) {
      const before = { served, at: clock.now() };
      await bucket.take('person');
      waits.push({ calls: served - before.served, ms: clock.now() - before.at });
      // Some calls later the next one clicks.
      const next = served + 7;
      while (served < next && served < 300) await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(backlog);
    expect(waits.length).toBeGreaterThan(30);
    expect(Math.max(...waits.map((w) => w.calls))).toBeLessThanOrEqual(1);
    expect(Math.max(...waits.map((w) => w.ms))).toBeLessThanOrEqual(2 * 104);
  });

  test('who matters more goes first: a person, starts, overdue stops, health', async () => {
    const clock = virtualTime();
    const bucket = createRateBucket({ qps: 2, ...clock });
    const served: string[] = [];
    const ask = (priority: Priority, name: string) => bucket.take(priority).then(() => served.push(name));
    const first = [ask('health', 'health 1'), ask('health', 'health 2')];
    const rest = [
      ask('health', 'health 3'),
      ask('overdue', 'overdue'),
      ask('start', 'start'),
      ask('person', 'person'),
      ask('health', 'health 4'),
    ];
    await Promise.all([...first, ...rest]);
    expect(served.indexOf('person')).toBeLessThan(served.indexOf('start'));
    expect(served.indexOf('start')).toBeLessThan(served.indexOf('overdue'));
    expect(served.indexOf('overdue')).toBeLessThan(served.indexOf('health 3'));
    expect(served.indexOf('health 3')).toBeLessThan(served.indexOf('health 4'));
  });

  test('after a 429 it halves, once for calls that were under way together, and grows back in a minute', async () => {
    const clock = virtualTime();
    const bucket = createRateBucket({ qps: 10, ...clock });
    bucket.slowDown();
    bucket.slowDown();
    expect(bucket.rate()).toBe(5);
    await clock.sleep(30_000);
    expect(bucket.rate()).toBeCloseTo(7.5);
    bucket.slowDown();
    expect(bucket.rate()).toBeCloseTo(3.75);
    for (let i = 0; i < 10; i++) {
      await clock.sleep(2_000);
      bucket.slowDown();
    }
    expect(bucket.rate()).toBe(1);
    await clock.sleep(60_000);
    expect(bucket.rate()).toBe(10);
  });

  test('a clock that is set back stops nobody', async () => {
    let time = 10_000_000;
    const slept: number[] = [];
    const bucket = createRateBucket({
      qps: 10,
      now: () => time,
      sleep: async (ms) => {
        slept.push(ms);
        time += ms;
      },
    });
    await bucket.take('health');
    time -= 3_600_000;
    await bucket.take('health');
    expect(Math.max(0, ...slept)).toBeLessThanOrEqual(104);
  });
});
