import { describe, expect, test } from 'vitest';
import { createSession } from '../../src/recording/create-session.ts';
import type { Session } from '../../src/recording/session.ts';
import { controlHours } from '../../src/recording/transitions/control-window.ts';
import { tokenSeconds } from '../../src/recording/transitions/on-start.ts';

/** What bounds the bill of a recorder that nobody comes back for. */
const now = 1_000_000;
const hour = 3_600_000;
const settings = {
  defaultDuration: hour,
  maxDuration: 8 * hour,
  maxIdleTime: 300_000,
  limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
};
const lasting = (maxDuration: number, more: Partial<Session> = {}) =>
  ({
    ...createSession(
      { channelName: 'c', duration: hour, maxDuration, team: 'T', channel: 'C', by: 'U' },
      'id',
      now,
      settings,
    ),
    ...more,
  }) as Session;

describe('a recorder that nobody stops', () => {
  test('a token lives until five minutes after the latest end, or for a day', () => {
    expect(tokenSeconds(lasting(8 * hour), now)).toBe(8 * 3_600 + 300);
    expect(tokenSeconds(lasting(hour), now + hour / 2)).toBe(1_800 + 300);
    expect(tokenSeconds(lasting(hour), now + 0.5)).toBe(3_600 + 300);
    expect(tokenSeconds(lasting(100 * hour), now)).toBe(24 * 3_600);
  });

  test('Agora takes orders until a day after the latest end', () => {
    expect(controlHours(lasting(8 * hour), now)).toBe(8 + 24);
    expect(controlHours(lasting(90 * 60_000), now)).toBe(2 + 24);
    // A project without a certificate has no tokens, so none bounds it.
    expect(controlHours(lasting(100 * hour), now)).toBe(100 + 24);
    const web = { recipe: { ...lasting(hour).recipe, mode: 'web' as const } };
    expect(controlHours(lasting(100 * hour, web), now)).toBe(100 + 24);
    expect(controlHours(lasting(719 * hour, web), now)).toBe(720);
  });
});
