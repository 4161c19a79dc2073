import { describe, expect, test } from 'vitest';
import { recorderUid } from '../../src/recording/recorder-uid.ts';

const many = Array.from({ length: 2_000 }, (_, i) => [`session-${i >> 2}`, 1 + (i & 3)] as const);

describe('the recorder’s uid', () => {
  test('is the same for the same session and attempt', () => {
    for (const [id, attempt] of many) expect(recorderUid(id, attempt)).toBe(recorderUid(id, attempt));
    // A later release has to meet the tasks of an earlier one.
    expect(recorderUid('session-0', 1)).toBe('3102423122');
  });

  test('is another one for each session and attempt', () => {
    expect(new Set(many.map(([id, attempt]) => recorderUid(id, attempt))).size).toBe(many.length);
  });

  test('is one that Agora takes, and none that people’s clients mostly use', () => {
    for (const [id, attempt] of many) {
      const uid = Number(recorderUid(id, attempt));
      expect(uid).toBeGreaterThan(2 ** 31);
      expect(uid).toBeLessThan(2 ** 32);
    }
  });
});
