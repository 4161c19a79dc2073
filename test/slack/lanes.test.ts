import { describe, expect, test } from 'vitest';
import { createLanes } from '../../src/slack/lanes.ts';

/** Asks again when told to, as the outbox does; what went out when. */
function play(keys: string[], channel = 'C1') {
  let time = 1_000_000;
  const lanes = createLanes(() => time);
  const sent: [string, number][] = [];
  const waiting = keys.map((key) => ({ key, at: time }));
  while (waiting.length > 0) {
    waiting.sort((a, b) => a.at - b.at);
    const next = waiting[0];
    if (!next) break;
    time = Math.max(time, next.at);
    const wait = lanes.enter(channel, next.key);
    if (wait > 0) next.at = time + wait;
    else {
      sent.push([next.key, time - 1_000_000]);
      waiting.shift();
    }
  }
  return sent;
}

describe('the queue of a channel', () => {
  test('one a second, first come, first served', () => {
    expect(play(['a', 'b', 'c', 'd'])).toEqual([
      ['a', 0],
      ['b', 1_000],
      ['c', 2_000],
      ['d', 3_000],
    ]);
  });

  test('channels do not wait for each other', () => {
    const lanes = createLanes(() => 5_000);
    expect(lanes.enter('C1', 'a')).toBe(0);
    expect(lanes.enter('C2', 'b')).toBe(0);
    expect(lanes.enter('C1', 'c')).toBe(1_000);
  });

  test('a channel that Slack holds is held, and no other', () => {
    let time = 5_000;
    const lanes = createLanes(() => time);
    lanes.hold('C1', 7_000);
    expect(lanes.enter('C1', 'a')).toBe(7_000);
    expect(lanes.enter('C2', 'b')).toBe(0);
    time += 7_000;
    expect(lanes.enter('C1', 'a')).toBe(0);
  });

  test('who was told to come back and does not is not waited for long', () => {
    let time = 5_000;
    const lanes = createLanes(() => time);
    lanes.enter('C1', 'first');
    lanes.enter('C1', 'gone');
    lanes.enter('C1', 'last');
    time += 2_500;
    expect(lanes.enter('C1', 'last')).toBeGreaterThan(0);
    time += 4_000;
    expect(lanes.enter('C1', 'last')).toBe(0);
  });

  test('a clock that was set back holds nobody', () => {
    let time = 10_000_000;
    const lanes = createLanes(() => time);
    lanes.enter('C1', 'a');
    time -= 3_600_000;
    expect(lanes.enter('C1', 'b')).toBe(0);
    // Nor the one after it.
    time += 1_500;
    expect(lanes.enter('C1', 'c')).toBe(0);
    // And one a second it stays.
    expect(lanes.enter('C1', 'd')).toBeGreaterThan(0);
  });

  test('nor what Slack asked for by the clock that was wrong', () => {
    let time = 10_000_000;
    const lanes = createLanes(() => time);
    lanes.enter('C1', 'a');
    lanes.hold('C1', 60_000);
    time -= 3_600_000;
    expect(lanes.enter('C1', 'b')).toBe(0);
  });
});
