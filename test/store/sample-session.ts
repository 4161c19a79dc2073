import { createSession } from '../../src/recording/create-session.ts';
import type { Session } from '../../src/recording/session.ts';

const settings = {
  defaultDuration: 7_200_000,
  maxDuration: 28_800_000,
  maxIdleTime: 300_000,
  limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
};

/** A session as it is saved first. Ids are the test's own, so that tests on one store do not meet. */
export function sampleSession(id: string, channelName = `channel-${id}`, requestedAt = 1_700_000_000_000): Session {
  const request = { channelName, duration: 3_600_000, team: 'T1', channel: 'C1', by: 'U1' };
  return createSession(request, id, requestedAt, settings);
}

/** The same, taken by Agora: its task has a sid. */
export function started(s: Session, sid: string): Session {
  return {
    ...s,
    state: 'starting',
    resourceId: 'r'.repeat(200),
    acquiredAt: s.requestedAt,
    sid,
    startedAt: s.requestedAt,
  };
}

/** The same, stopped at Agora; its files are on their way. */
export function uploading(s: Session): Session {
  const { requestedAt: at } = s;
  return {
    ...s,
    state: 'uploading',
    resourceId: 'r',
    acquiredAt: at,
    sid: 's',
    startedAt: at,
    stoppedAt: at,
    slowTold: false,
  };
}

/** The same, ended; it still owes what stands in its outbox. */
export function ended(s: Session): Session {
  const failure = { kind: 'cancelled', what: 'w', cause: 'c', next: 'n', code: '0', at: s.requestedAt } as const;
  return { ...s, state: 'failed', endedAt: s.requestedAt, failure };
}

/** The same with nothing left to say. */
export function silent(s: Session): Session {
  return { ...s, outbox: [] };
}
