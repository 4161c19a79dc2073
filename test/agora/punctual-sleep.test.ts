import { expect, test } from 'vitest';
import { createPunctualSleep } from '../../src/agora/punctual-sleep.ts';

function rig() {
  let time = 1_000;
  const timers = { late: 0, asked: [] as number[], jump: 0 };
  const sleep = createPunctualSleep({
    now: () => time,
    async sleep(ms) {
      timers.asked.push(ms);
      time += ms + timers.late + timers.jump;
    },
  });
  return { timers, sleep, now: () => time };
}

test('in a process whose timers are in time nothing is asked for but what was wanted', async () => {
  const { timers, sleep } = rig();
  timers.late = 3;
  for (const ms of [100, 20, 0, 500]) await sleep(ms);
  expect(timers.asked).toEqual([100, 20, 0, 500]);
});

test('after late ones it wakes in time, and again as usual when they are in time', async () => {
  const { timers, sleep, now } = rig();
  timers.late = 50;
  await sleep(100);
  const began = now();
  await sleep(100);
  expect(now() - began).toBe(100);
  await sleep(20);
  expect(timers.asked).toEqual([100, 50, 0]);
  timers.late = 1;
  for (let n = 0; n < 9; n++) await sleep(100);
  timers.asked.length = 0;
  await sleep(100);
  expect(timers.asked).toEqual([100]);
});

test('a long standstill, and a clock that jumps, say nothing about the next', async () => {
  const { timers, sleep } = rig();
  for (const jump of [30_000, -3_600_000, 3_600_000]) {
    timers.jump = jump;
    await sleep(100);
  }
  expect(timers.asked).toEqual([100, 100, 100]);
});
