import { expect, test } from 'vitest';
import { createMetrics } from '../src/metrics/create-metrics.ts';
import { emptySurvey } from '../src/recording/survey.ts';

test('while the store is away nothing is said of recordings, and how its calls fail is', async () => {
  const metrics = createMetrics();
  const now = { clockSkew: undefined, lastSweep: undefined };
  const survey = { ...emptySurvey(0), states: { recording: 3 }, overdue: 5_000, owed: 2 };
  expect((await metrics.scrape(survey, now)).text).toMatch(/recorder_overdue_seconds 5\n/);
  metrics.observe('http_client_request_duration_seconds', { server_address: 'x' }, 1);
  const { text } = await metrics.scrape(undefined, now);
  expect(text).not.toMatch(/^recorder_(sessions|overdue_seconds|outbox_messages)[ {]/m);
  expect(text).toContain('http_client_request_duration_seconds_count');
  expect((await metrics.scrape(survey, now)).text).toMatch(/recorder_sessions\{state="recording"\} 3\n/);
});
