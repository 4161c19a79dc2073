import { StoreError } from '../recording/ports.ts';
import type { Survey } from '../recording/survey.ts';
import { lateStop } from './audit.ts';

/** A sweep that is older than this means that deadlines may be missed. Milliseconds. */
const deadHeartbeat = 15_000;
/** Messages that wait for longer mean that Slack does not take them. Milliseconds. */
const longOwed = 5 * 60_000;
/** A clock that is further off than this stops recordings at the wrong time. Milliseconds. */
const badClock = 2_000;

/**
 * How the bot stands, for GET /readyz: what keeps it from its work, what is to be looked after, and the figures behind it. A store that is away,
 * or takes no writes, is a problem; messages that Slack does not take are a warning, since recordings are looked after all the same.
 */
export function createLook(parts: {
  ping: () => Promise<void>;
  survey: () => Promise<Survey>;
  unreadable: () => number;
  lastSweep: () => number;
  slack: () => string;
  /** User groups that are allowed something, and that Slack does not know. */
  missingGroups: () => readonly string[];
  clockSkew: () => number | undefined;
  /** What was found wrong with the settings when the bot started: sentences. */
  settings: readonly string[];
  now: () => number;
}) {
  const { now } = parts;
  return async (): Promise<{
    problems: string[];
    warnings: string[];
    details: Record<string, string | number | null>;
  }> => {
    const problems: string[] = [];
    const warnings = [...parts.settings];
    const store = await parts.ping().then(
      () => 'works',
      (error: unknown) =>
        error instanceof StoreError && error.code === 'STORE_READ_ONLY' ? 'takes no writes' : 'does not work',
    );
    if (store !== 'works') problems.push(`the store ${store}`);
    const sweepAge = now() - parts.lastSweep();
    if (sweepAge > deadHeartbeat) problems.push('the heartbeat has stopped');
    const slack = parts.slack();
    if (slack !== 'connected')
      problems.push(slack === 'not reached yet' ? 'Slack has not been reached yet' : `Slack ${slack}`);
    const survey = store === 'does not work' ? undefined : await parts.survey().catch(() => undefined);
    if (survey && survey.overdue > lateStop) warnings.push('a stop is late');
    if (survey && survey.oldestOwed > longOwed) warnings.push('messages wait for Slack');
    const unreadable = parts.unreadable();
    if (unreadable > 0) warnings.push('stored recordings cannot be read');
    for (const group of parts.missingGroups()) {
      warnings.push(`the user group ${group} is not in Slack; correct it in RECORD_ALLOWED or in the profiles`);
    }
    const skew = parts.clockSkew();
    if (skew !== undefined && Math.abs(skew) > badClock) warnings.push("the machine's clock is wrong");
    const seconds = (ms: number | undefined) => (ms === undefined ? null : Math.round(ms / 1000));
    return {
      problems,
      warnings,
      details: {
        store,
        slack,
        sweep_age_seconds: seconds(sweepAge),
        overdue_seconds: seconds(survey?.overdue),
        outbox_age_seconds: seconds(survey?.oldestOwed),
        outbox_messages: survey?.owed ?? null,
        unreadable_records: unreadable,
        clock_skew_seconds: seconds(skew),
      },
    };
  };
}
