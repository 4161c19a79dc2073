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

const another = (shared: number) => {
  const made = createClock({ log: log.log, wall: () => wall, monotonic: () => monotonic });
  made.share(shared);
  return made;
};

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
    const shared = wall - 30_000;
    clock.share(shared);
    expect(clock.now()).toBe(shared);
    expect(clock.doubted()).toBe(true);
    pass(60_000);
    expect(clock.now()).toBe(shared + 60_000);
    expect(log.entries.map((e) => e.msg)).toEqual(["The machine's clock is not Redis's; deadlines go by Redis's"]);
    clock.heard(cut(shared + 60_000));
    expect(clock.doubted()).toBe(false);
    expect(clock.now()).toBe(shared + 60_000);
    clock.heard(cut(wall));
    expect(clock.now()).toBe(wall);
  });

  test.each([
    ['Redis', -30_000],
    ['the machine', 0],
  ])(
    'what was gone by in doubt since the start is asked of once a minute, until Agora says that %s is right',
    (_, by) => {
      clock.share(wall - 30_000);
      for (let minute = 1; minute <= 3; minute++) {
        pass(60_000);
        clock.share(wall - 30_000);
        expect(jumps).toBe(minute);
      }
      clock.heard(cut(wall + by));
      expect(clock.doubted()).toBe(false);
      pass(60_000);
      clock.share(wall - 30_000);
      expect([jumps, clock.now()]).toEqual([3, wall + by]);
    },
  );

  test('the machine was set right meanwhile: nobody is asked any more', () => {
    clock.share(wall - 30_000);
    wall -= 30_000;
    pass(60_000);
    clock.share(wall);
    expect([jumps, clock.doubted(), clock.now()]).toEqual([0, false, wall]);
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
    for (let i = 0; i < 5; i++) clock.heard(cut(shared));
    expect(clock.now()).toBe(shared);
  });

  test('does not go by the shared clock where the machine agrees with it', () => {
    clock.share(wall - 700);
    clock.share(wall + 700);
    expect(clock.now()).toBe(wall);
    expect(log.text()).toBe('');
    expect(jumps).toBe(0);
  });

  test('does not follow a shared clock that jumps, nor one that Agora says is wrong', () => {
    clock.share(wall);
    clock.share(wall + hour);
    expect(clock.now()).toBe(wall);
    const shared = wall - 10_000;
    const other = another(shared);
    expect(other.now()).toBe(shared);
    other.heard(cut(wall));
    expect(other.now()).toBe(wall);
    other.share(shared);
    expect(other.now()).toBe(wall);
  });

  test.each([
    ['ahead', 55_000],
    ['back', -55_000],
    ['a little ahead', 4_000],
  ])('a shared clock that jumps %s is not followed: Agora is asked, each minute until it decides', (_, jump) => {
    clock.share(wall);
    clock.heard(cut(wall));
    for (let minute = 1; minute <= 3; minute++) {
      pass(60_000);
      clock.share(wall + jump);
      expect(clock.now()).toBe(wall);
      expect(jumps).toBe(minute);
    }
    expect(log.text().match(/Redis's clock jumped/g)).toHaveLength(1);
    clock.heard(cut(wall));
    clock.share(wall + jump);
    expect(clock.now()).toBe(wall);
    expect([jumps, setBack]).toEqual([3, 0]);
  });

  test('a shared clock that jumped is followed when Agora confirms it: the process stood still', () => {
    clock.share(wall);
    pass(60_000);
    const shared = wall + 20_000;
    clock.share(shared);
    expect(clock.now()).toBe(wall);
    clock.heard(cut(shared));
    expect(clock.now()).toBe(shared);
    pass(60_000);
    clock.share(shared + 60_000);
    expect(clock.now()).toBe(shared + 60_000);
  });

  test('the second step of a shared clock that jumps on is not followed either', () => {
    clock.share(wall);
    clock.share(wall + 55_000);
    clock.share(wall + 110_000);
    expect(clock.now()).toBe(wall);
  });

  test.each([500, 700, 900, 980, 1_000, 1_100, 1_300])(
    'does not go to and fro between the machine and a shared clock that is %i ms behind',
    (behind) => {
      let seed = 7;
      const random = (most: number) => {
        seed = (seed * 16_807) % 2_147_483_647;
        return (seed / 2_147_483_647) * most;
      };
      clock.share(wall - behind);
      for (let second = 1; second <= 6 * 3_600; second++) {
        pass(1_000);
        // Each machine's clock is corrected a little all the time.
        wall += random(10) - 5;
        clock.now();
        if (second % 60 === 0) clock.share(wall - behind - random(250));
        if (second % 10 === 7) clock.heard(cut(wall - random(200)));
      }
      expect(log.entries.length).toBeLessThanOrEqual(2);
      expect(setBack).toBeLessThanOrEqual(1);
    },
  );

  test('a single answer of Agora that was long on its way does not overrule a shared clock that is right', () => {
    const truth = () => wall + 2_000;
    clock.share(truth());
    for (let minute = 0; minute < 5; minute++) {
      pass(60_000);
      const date = cut(truth());
      pass(1_500);
      clock.heard(date);
      expect(clock.now()).toBe(truth());
      clock.heard(cut(truth()));
    }
  });

  test('a shared clock that was overruled is followed again when Agora says so several times', () => {
    const truth = () => wall + 2_000;
    clock.share(truth());
    for (let i = 0; i < 3; i++) clock.heard(cut(wall));
    expect(clock.now()).toBe(wall);
    clock.share(truth());
    expect(clock.now()).toBe(wall);
    for (let i = 0; i < 3; i++) clock.heard(cut(truth()));
    expect(clock.now()).toBe(truth());
  });
});
