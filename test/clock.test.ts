import { beforeEach, describe, expect, test } from 'vitest';
import { type Clock, createClock } from '../src/clock.ts';
import { type CapturedLog, captureLog } from './support/quiet-log.ts';

const hour = 3_600_000;
let wall: number;
let monotonic: number;
let log: CapturedLog;
let clock: Clock;
let jumps: number;
let setBack: number;
const pass = (ms: number) => {
  wall += ms;
  monotonic += ms;
};
const cut = (ms: number) => Math.floor(ms / 1000) * 1000;

beforeEach(() => {
  wall = 1_800_000_000_500;
  monotonic = 12_345;
  log = captureLog();
  jumps = 0;
  setBack = 0;
  clock = createClock({
    log: log.log,
    wall: () => wall,
    monotonic: () => monotonic,
    onJump: () => {
      jumps += 1;
    },
    onSetBack: () => {
      setBack += 1;
    },
  });
});

describe('the clock that deadlines go by', () => {
  test('runs with the machine, and through its small corrections', () => {
    pass(90_000);
    expect(clock.now()).toBe(wall);
    wall += 800;
    expect(clock.now()).toBe(wall);
    wall -= 900;
    expect(clock.now()).toBe(wall);
    expect(log.text()).toBe('');
  });

  test('goes by the clock that all replicas share where the machine disagrees, until Agora says that the machine is right', () => {
    clock.share(wall - 700);
    expect(clock.now()).toBe(wall);
    expect(log.text()).toBe('');
    const shared = wall - 30_000;
    clock.share(shared);
    expect(clock.now()).toBe(shared);
    pass(60_000);
    expect(clock.now()).toBe(shared + 60_000);
    expect(log.entries.map((e) => e.msg)).toEqual(["The machine's clock is not Redis's; deadlines go by Redis's"]);
    clock.heard(cut(shared + 60_000));
    expect(clock.now()).toBe(shared + 60_000);
    clock.heard(cut(wall));
    expect(clock.now()).toBe(wall);
  });

  test.each([
    ['ahead', hour],
    ['back', -hour],
  ])('does not jump %s with it, and says so once', (_, jump) => {
    const before = clock.now();
    wall += jump;
    pass(10_000);
    expect(clock.now()).toBe(before + 10_000);
    pass(10_000);
    expect(clock.now()).toBe(before + 20_000);
    expect(log.text().match(/clock jumped/g)).toHaveLength(1);
    expect(jumps).toBe(1);
    wall -= jump;
    expect(clock.now()).toBe(wall);
  });

  test('one jump may follow another: each is said, and somebody is asked', () => {
    clock.now();
    wall -= hour;
    pass(1_000);
    clock.now();
    clock.heard(cut(wall + hour));
    // The machine sleeps, and its clock is set right meanwhile.
    wall += hour + 130_000;
    clock.now();
    clock.now();
    expect(jumps).toBe(2);
    expect(log.entries.filter((e) => e.msg.includes('jumped')).map((e) => e.seconds)).toEqual([-3600, 130]);
    clock.heard(cut(wall));
    expect(clock.now()).toBe(wall);
  });

  test('follows a jump when others say the same: the machine had slept, or had been wrong', () => {
    clock.now();
    wall += 8 * hour;
    clock.heard(cut(wall - 700));
    expect(clock.now()).toBe(wall);
    expect(log.text()).toContain('is followed');
    pass(5_000);
    expect(clock.now()).toBe(wall);
  });

  test('a machine that jumped away from what others say is not followed, and called wrong once', () => {
    const before = clock.now();
    wall += hour;
    pass(2_000);
    clock.heard(cut(before + 2_000));
    clock.heard(cut(before + 2_000));
    expect(clock.now()).toBe(before + 2_000);
    expect(clock.skew()).toBeCloseTo(hour, -4);
    expect(log.text().match(/clock is wrong/g)).toHaveLength(1);
  });

  test('a machine that was wrong from the start is told to operators', () => {
    expect(clock.skew()).toBeUndefined();
    clock.heard(cut(wall - 60_000));
    expect(clock.skew()).toBeGreaterThan(59_000);
    expect(log.text()).toContain('clock is wrong');
  });

  test('says when it was set back, and not when it went on', () => {
    wall += hour;
    clock.now();
    clock.heard(cut(wall));
    expect(clock.now()).toBe(wall);
    expect(setBack).toBe(0);
    wall -= hour;
    clock.now();
    expect(setBack).toBe(0);
    clock.heard(cut(wall));
    expect(clock.now()).toBe(wall);
    expect(setBack).toBe(1);
  });

  test('goes by the shared clock again and again where the machine drifts', () => {
    const start = wall;
    clock.share(start);
    for (let minute = 1; minute <= 30; minute++) {
      for (let second = 0; second < 60; second++) {
        monotonic += 1_000;
        wall += 1_020;
        clock.now();
      }
      clock.share(start + minute * 60_000);
      expect(Math.abs(clock.now() - start - minute * 60_000)).toBeLessThanOrEqual(1_000);
    }
    expect(setBack).toBeGreaterThan(0);
  });

  test('does not follow a machine that Agora agrees with less than with the shared clock', () => {
    const shared = wall - 2_000;
    clock.share(shared);
    clock.heard(cut(shared));
    expect(clock.now()).toBe(shared);
  });

  test('does not follow a shared clock that jumps, nor one that Agora says is wrong', () => {
    clock.share(wall);
    clock.share(wall + hour);
    expect(clock.now()).toBe(wall);
    clock.share(wall - 10_000);
    expect(clock.now()).toBe(wall - 10_000);
    clock.heard(cut(wall));
    expect(clock.now()).toBe(wall);
    clock.share(wall - 10_000);
    expect(clock.now()).toBe(wall);
  });
});
