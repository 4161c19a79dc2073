import { describe, expect, test } from 'vitest';
import { quoted } from '../../commands/record/no-recording.ts';
import { nearest, parse } from '../../commands/record/parse.ts';

const o = (options: Record<string, string> = {}) => new Map(Object.entries(options));

describe('parse', () => {
  test.each<[string, string, string[], Record<string, string>]>([
    ['', '', [], {}],
    ['   ', '', [], {}],
    ['list', 'list', [], {}],
    ['  STOP   math-101 ', 'stop', ['math-101'], {}],
    ['start math-101 --for 45m', 'start', ['math-101'], { for: '45m' }],
    ['start math-101 --for=45m', 'start', ['math-101'], { for: '45m' }],
    ['start --for 45m math-101', 'start', ['math-101'], { for: '45m' }],
    ['--for 45m start math-101', 'start', ['math-101'], { for: '45m' }],
    ['start math-101 --FOR 45m', 'start', ['math-101'], { for: '45m' }],
    ['start math-101 --for', 'start', ['math-101'], { for: '' }],
    ['start --for --loud math-101', 'start', [], { for: '', loud: 'math-101' }],
    ['start "my room" --for 1h', 'start', ['my room'], { for: '1h' }],
    ['start “my room” —for 1h', 'start', ['my room'], { for: '1h' }],
    ['start „my room“ –for 1h', 'start', ['my room'], { for: '1h' }],
    ["start 'my room' --title 'Week 3'", 'start', ['my room'], { title: 'Week 3' }],
    ['start ‘my room’', 'start', ['my room'], {}],
    ["start x --title Ana's", 'start', ['x'], { title: "Ana's" }],
    ["start x --title 'it's on'", 'start', ['x', "on'"], { title: "'it's" }],
    ['start "--for"', 'start', ['--for'], {}],
    ['start a—b', 'start', ['a—b'], {}],
    ['start &lt;!channel&gt;', 'start', ['<!channel>'], {}],
    ['start a&amp;b', 'start', ['a&b'], {}],
    ['start a&amp;lt;b', 'start', ['a&lt;b'], {}],
    ['start "open', 'start', ['"open'], {}],
    ['start ""', 'start', [''], {}],
    ['start two\twords', 'start', ['two', 'words'], {}],
  ])('%j', (text, subcommand, plain, options) => {
    expect(parse(text)).toEqual({ subcommand, words: { plain, options: o(options) } });
  });
});

describe('nearest', () => {
  const names = ['start', 'stop', 'extend', 'status', 'list', 'help'];
  test.each([
    ['strat', 'start'],
    ['stpo', 'stop'],
    ['stopp', 'stop'],
    ['lst', 'list'],
    ['extnd', 'extend'],
    ['statsu', 'status'],
    ['record', undefined],
    ['x', undefined],
  ])('%s -> %s', (typed, wanted) => {
    expect(nearest(typed, names)).toBe(wanted);
  });
});

test.each(['math-101', 'my room', '--for', 'a  b'])('%j, quoted as it has to be typed, is read as itself', (name) => {
  expect(parse(`stop ${quoted(name)}`).words).toEqual({ plain: [name], options: o() });
});
