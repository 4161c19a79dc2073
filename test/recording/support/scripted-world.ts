import { createRecordings } from '../../../src/recording/create-recordings.ts';
import type { FileCheck } from '../../../src/recording/file-check.ts';
import type { OutboxItem } from '../../../src/recording/messages.ts';
import type { Recorder, Refusal, SessionStore } from '../../../src/recording/ports.ts';
import type { Recordings } from '../../../src/recording/recordings.ts';
import type { Session } from '../../../src/recording/session.ts';
import type { AtomicKeyv } from '../../../src/store/atomic-keyv.ts';
import { createAgenda } from '../../../src/store/create-agenda.ts';
import { createSessionStore } from '../../../src/store/create-session-store.ts';
import { openSqlite } from '../../../src/store/sqlite-adapter.ts';
import { type CapturedLog, captureLog } from '../../support/quiet-log.ts';

export const hour = 3_600_000;
export const start = 1_800_000_000_000;
export const scriptedSettings = {
  defaultDuration: hour,
  maxDuration: 60 * hour,
  maxIdleTime: 300_000,
  limitsOf: () => ({ qps: 10, maxConcurrent: 50 }),
};
/** An answer of Agora's that is none of what was hoped for. */
export const refusal = (kind: Refusal['class'], code = '504/62'): Refusal => ({
  class: kind,
  code,
  cause: 'C.',
  next: 'N.',
  reason: '',
});
export const done = <T>(value: T) => ({ class: 'done' as const, value });
export const status = (n: number) => done({ status: n, files: [], uploading: 'unknown' as const });

export interface ScriptedWorld {
  /** The real rules on a real store. */
  recordings: Recordings;
  store: SessionStore;
  /** What the store writes to. */
  db: AtomicKeyv;
  /** Whom the store has told of as unreadable. */
  quarantined: string[];
  log: CapturedLog;
  /** Each message once, in the order in which they were sent. */
  told: { session: string; message: OutboxItem['message'] }[];
  clock: { now: number };
  /** Lets time pass in steps of so many seconds, one turn of everything in each. */
  pass(seconds: number, step?: number): Promise<void>;
  close(): Promise<void>;
}

/** One process whose Agora answers as a test has it; what a test does not say is answered with 504. Slack takes everything. */
export function createScriptedWorld(
  agora: Partial<Recorder>,
  {
    around = (s: SessionStore) => s,
    fileCheck,
    beforeTold,
    sleep,
  }: {
    around?: (s: SessionStore) => SessionStore;
    fileCheck?: FileCheck;
    /** What Slack takes its time with. */
    beforeTold?: () => Promise<void>;
    sleep?: (ms: number) => Promise<void>;
  } = {},
): ScriptedWorld {
  const clock = { now: start };
  const now = () => clock.now;
  const log = captureLog();
  const db = openSqlite(':memory:', now);
  const quarantined: string[] = [];
  const store = around(createSessionStore(db, { now, log: log.log, onQuarantine: (id) => quarantined.push(id) }));
  const refuse = async () => refusal('unknown');
  const recorder: Recorder = {
    query: refuse,
    stop: refuse,
    acquire: refuse,
    preview: refuse,
    refreshCredentials: refuse,
    start: refuse,
    update: refuse,
    updateLayout: refuse,
    remove: refuse,
    ...agora,
  };
  const agenda = createAgenda({ now, log: log.log });
  const told: ScriptedWorld['told'] = [];
  let ids = 0;
  const recordings = createRecordings({
    store,
    agenda,
    recorder,
    announcer: {
      async deliver(_wish, s: Session, { message }) {
        await beforeTold?.();
        told.push({ session: s.id, message });
        return message.kind === 'card' ? { ok: true, card: { channel: s.channel, ts: '1' } } : { ok: true };
      },
      warn: async () => 'told' as const,
    },
    fileCheck: fileCheck ?? {
      inspect: async () => ({ at: now(), verdict: 'unknown', ended: false, files: [], missing: [], missingCount: 0 }),
      search: async () => ({ found: [], expected: [] }),
    },
    expectFiles: () => ({ names: [], patterns: [] }),
    settings: scriptedSettings,
    now,
    ...(sleep && { sleep }),
    newId: () => `id${++ids}`,
    log: log.log,
  });
  return {
    recordings,
    store,
    db,
    quarantined,
    log,
    told,
    clock,
    async pass(seconds, step = 1) {
      for (let i = 0; i < seconds; i += step) {
        clock.now += step * 1000;
        await recordings.tick();
        await recordings.settled();
      }
    },
    async close() {
      await agenda.stop();
      await store.close();
    },
  };
}
