import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDueIndex, type DueIndex } from '../../src/store/due-index.ts';

describe('the index of what is due', () => {
  test('gives what is due, earliest first, so many at most, again and again', () => {
    const index = createDueIndex();
    index.put('later', 300);
    index.put('first', 100);
    index.put('second', 200);
    expect(index.due(99, 10)).toEqual([]);
    expect(index.due(100, 10)).toEqual(['first']);
    expect(index.due(250, 10)).toEqual(['first', 'second']);
    expect(index.due(1_000, 2)).toEqual(['first', 'second']);
    expect(index.due(1_000, 10)).toEqual(['first', 'second', 'later']);
    expect(index.size()).toBe(3);
  });

  test.each<[string, (a: DueIndex) => unknown, string[]]>([
    ['moved later', (a) => a.put('a', 900), ['b']],
    ['moved earlier', (a) => a.put('b', 50), ['b', 'a']],
    ['removed', (a) => a.remove('a'), ['b']],
    ['put anew after it was removed', (a) => [a.remove('a'), a.put('a', 100)], ['a', 'b']],
    ['moved away and back', (a) => [a.put('a', 900), a.put('a', 100)], ['a', 'b']],
    ['unknown and removed', (a) => a.remove('nobody'), ['a', 'b']],
  ])('an entry that is %s', (_what, change, due) => {
    const index = createDueIndex();
    index.put('a', 100);
    index.put('b', 200);
    change(index);
    expect(index.due(500, 10)).toEqual(due);
  });

  test('an entry counts once against the limit, however often it came and went', () => {
    const index = createDueIndex();
    for (let i = 0; i < 10; i++) {
      index.put('a', 100);
      index.remove('a');
    }
    index.put('a', 100);
    index.put('b', 200);
    expect(index.due(500, 2)).toEqual(['a', 'b']);
  });

  test('agrees with a sorted list, whatever is done to it', () => {
    const id = fc.integer({ min: 0, max: 4 }).map(String);
    const at = fc.integer({ min: 0, max: 5 });
    const step = fc.oneof(
      fc.record({ what: fc.constant('put' as const), id, at }),
      fc.record({ what: fc.constant('remove' as const), id }),
      fc.record({ what: fc.constant('due' as const), at, limit: fc.integer({ min: 1, max: 6 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 40, maxLength: 80 }), (steps) => {
        const index = createDueIndex();
        const model = new Map<string, number>();
        for (const s of steps) {
          if (s.what === 'put') {
            index.put(s.id, s.at);
            model.set(s.id, s.at);
          } else if (s.what === 'remove') {
            index.remove(s.id);
            model.delete(s.id);
          } else {
            const times = [...model.values()].filter((t) => t <= s.at).sort((a, b) => a - b);
            const due = index.due(s.at, s.limit);
            expect(due.map((d) => model.get(d))).toEqual(times.slice(0, s.limit));
            expect(new Set(due).size).toBe(due.length);
          }
        }
        expect(index.size()).toBe(model.size);
      }),
      { numRuns: 500 },
    );
  });

  test.each([100, 10_000])('of %i entries a look at five due ones touches these and who lies next to them', (count) => {
    const index = createDueIndex();
    let touched = new Set<string>();
    // A time that says when it is looked at.
    const put = (id: string, at: number) => {
      const watched = {
        valueOf: () => {
          touched.add(id);
          return at;
        },
      };
      index.put(id, watched as unknown as number);
    };
    for (let i = 0; i < count; i++) put(`s${i}`, 1_000_000 + ((i * 7_919) % count));
    for (let i = 0; i < 5; i++) put(`due${i}`, i);
    touched = new Set();
    expect(index.due(10, 100)).toEqual(['due0', 'due1', 'due2', 'due3', 'due4']);
    expect(touched.size).toBeLessThanOrEqual(11);
    for (let i = 0; i < 5; i++) index.remove(`due${i}`);
    touched = new Set();
    expect(index.due(10, 100)).toEqual([]);
    expect(touched.size).toBe(1);
    expect(index.due(2_000_000, 20_000)).toHaveLength(count);
  });

  test('an entry that is moved a thousand times is there once', () => {
    const index = createDueIndex();
    for (let i = 0; i < 1_000; i++) index.put('a', 1_000 - i);
    expect(index.size()).toBe(1);
    expect(index.due(2_000, 10)).toEqual(['a']);
    index.remove('a');
    expect(index.next()).toBeUndefined();
  });
});
