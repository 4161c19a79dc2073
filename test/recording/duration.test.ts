import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration, typedDuration } from '../../src/recording/duration.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

describe('parseDuration', () => {
  test.each<[string, number]>([
    ['90s', 90 * second],
    ['45m', 45 * minute],
    ['1h30m', 90 * minute],
    ['2h', 2 * hour],
    ['1h0m5s', hour + 5 * second],
    ['23h50m', 23 * hour + 50 * minute],
    ['30d', 30 * 24 * hour],
    [' 45M ', 45 * minute],
    ['007m', 7 * minute],
  ])('%j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    '',
    ' ',
    '0',
    '0m',
    '0h0m',
    '45',
    '45 m',
    '1.5h',
    '-5m',
    '+5m',
    '1m1h',
    '1h1h',
    '1h30',
    'h',
    'm',
    '45min',
    '1:30',
    '1e3s',
    '９m',
    '45m;',
    'Infinitys',
    `${'9'.repeat(400)}s`,
    '45m\n--for',
  ])('%j is none', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test('what is typed for a length gives that length back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 * 3_600 }), (seconds) => {
        expect(parseDuration(typedDuration(seconds * second))).toBe(seconds * second);
      }),
    );
  });
});

test.each<[number, string, string]>([
  [0, '0 s', '0s'],
  [499, '0 s', '0s'],
  [20 * second, '20 s', '20s'],
  [59_600, '1 min', '1m'],
  [90 * second, '1 min 30 s', '1m30s'],
  [45 * minute, '45 min', '45m'],
  [90 * minute, '1 h 30 min', '1h30m'],
  [2 * hour, '2 h', '2h'],
  [2 * hour + 5 * second, '2 h', '2h5s'],
  [24 * hour, '24 h', '24h'],
  [-5 * minute, '0 s', '0s'],
])('%i ms reads %j and is typed %j', (ms, words, typed) => {
  expect(formatDuration(ms)).toBe(words);
  expect(typedDuration(ms)).toBe(typed);
});
