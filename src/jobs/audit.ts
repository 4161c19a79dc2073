import type { Announcer } from '../recording/announcer.ts';
import type { Log, SessionStore } from '../recording/ports.ts';
import type { Recordings } from '../recording/recordings.ts';
import type { Survey } from '../recording/survey.ts';
import { tellOnce } from '../recording/tell-once.ts';

export interface Audit {
  /** Looks at everything once. True: every recording is looked after, and no stop is late. Throws StoreError, also if the store takes no writes. */
  run(): Promise<boolean>;
  /** How things stand, at most some seconds ago. */
  survey(): Promise<Survey>;
  /** Takes over a survey that somebody else made just now. */
  surveyed(survey: Survey): void;
  /** A record that cannot be read; operators are told once, as soon as that is possible. */
  unreadable(id: string, why: string): void;
  /** It can be read again, or is gone. */
  released(id: string): void;
  /** How many records cannot be read. */
  unreadableCount(): number;
}

/** A stop that is later than this is told. Milliseconds. */
export const lateStop = 60_000;
/** A survey reads every recording, so one serves for so long. Milliseconds. */
const surveyAge = 10_000;
/** Operators are told of one record once in this time. Milliseconds. */
const toldFor = 30 * 24 * 3_600_000;

/** The auditor: what the sweeps should have done is looked for anew, in the store and not in what they believe. */
export function createAudit(parts: {
  recordings: Pick<Recordings, 'audit' | 'survey'>;
  store: Pick<SessionStore, 'firstTime' | 'prolong' | 'forget' | 'ping' | 'getMany'>;
  announcer: Announcer;
  now: () => number;
  log: Log;
}): Audit {
  const { recordings, store, announcer, now, log } = parts;
  const broken = new Map<string, { why: string; told: boolean }>();
  let last: Survey | undefined;
  let looking: Promise<Survey> | undefined;

  function survey(): Promise<Survey> {
    if (last && now() - last.at >= 0 && now() - last.at < surveyAge) return Promise.resolve(last);
    looking ??= recordings
      .survey()
      .then((s) => {
        last = s;
        return s;
      })
      .finally(() => {
        looking = undefined;
      });
    return looking;
  }

  async function tellOfBroken(): Promise<void> {
    // Nobody else may read them any more, and the store says which were looked after.
    await store.getMany([...broken.keys()]);
    for (const [id, record] of broken) {
      if (record.told) continue;
      // Where another process has told it, or is about to, it is looked at again each time: that one may die over it.
      record.told = await tellOnce(store, `unreadable:${id}`, toldFor, () =>
        announcer.warn({ kind: 'unreadable', id, why: record.why }),
      );
    }
  }

  return {
    survey,
    surveyed(survey) {
      last = survey;
    },
    unreadable(id, why) {
      broken.set(id, { why, told: broken.get(id)?.told ?? false });
    },
    released(id) {
      broken.delete(id);
    },
    unreadableCount: () => broken.size,
    async run() {
      const { missing } = await recordings.audit();
      const { overdue } = await survey();
      await tellOfBroken();
      if (overdue > lateStop) {
        log.error(
          { seconds: Math.round(overdue / 1000) },
          'A stop is late; is Agora reachable, and the machine fast enough?',
        );
      }
      // All of that can be read from a store that takes no writes, and without them no turn does anything.
      await store.ping();
      return missing === 0 && overdue <= lateStop;
    },
  };
}
