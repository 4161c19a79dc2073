import { expect, test } from 'vitest';
import { slackOutage } from '../../torture/outbox/outage.ts';
import { runBounded } from './run-bounded.ts';

test('half an hour without Slack: every alert once, in order, when it is back', { timeout: 600_000 }, async () => {
  const { figures, violations } = await runBounded(slackOutage);
  expect(violations).toEqual([]);
  const figure = Object.fromEntries(figures);
  expect(figure['alerts delivered']).toBe(200);
  // Told in storms: many recordings to a message.
  expect(Number(figure['messages that told of them'])).toBeLessThan(50);
});
