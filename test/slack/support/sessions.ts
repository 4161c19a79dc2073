import { defaultRecipe } from '../../../src/recording/create-session.ts';
import type { Failure } from '../../../src/recording/messages.ts';
import type { RecordedFile } from '../../../src/recording/recorded-files.ts';
import { SESSION_VERSION, type Session, type SessionState, session } from '../../../src/recording/session.ts';

/** Noon, the time at which every built session was asked for. */
export const noon = Date.UTC(2026, 10, 23, 12);
export const minutes = (n: number) => n * 60_000;

export const states: SessionState[] = [
  'requested',
  'acquired',
  'starting',
  'recording',
  'suspect',
  'stopping',
  'uploading',
  'backuped',
  'completed',
  'failed',
  'empty',
];

export const someFailure: Failure = {
  kind: 'lost',
  what: 'The recording is lost.',
  cause: 'The recorder died.',
  next: 'Start it again.',
  code: '404/404',
  at: noon,
};

export const someFiles = (n: number): RecordedFile[] =>
  Array.from({ length: n }, (_, i) => ({ name: `classes/0123456789abcdef0123456789abcdef_math-101_${i}.m3u8` }));

const common = {
  version: SESSION_VERSION,
  id: 'session-1',
  revision: 3,
  channelName: 'math-101',
  recipe: defaultRecipe,
  lead: null,
  part: 1,
  role: 'first',
  after: null,
  others: [],
  replaceLeft: 0,
  rollAt: null,
  wanted: {},
  applied: {},
  team: 'T0SANDBOX',
  channel: 'C0CLASSES',
  startedBy: 'U0ANA',
  requestedAt: noon,
  stopAt: noon + minutes(45),
  maxStopAt: noon + minutes(120),
  warnAt: noon + minutes(40),
  desired: 'recording',
  attempt: 1,
  uid: '1000001',
  files: [],
  evidence: { ended: false, failoverUids: [] },
  strays: [],
  tries: 0,
  nextAt: noon,
  outbox: [],
};
const resource = { resourceId: 'r', acquiredAt: noon };
const task = { ...resource, sid: 's', startedAt: noon };
const since = { recordingSince: noon + minutes(1) };
const missing = { missingCount: 0, missingSince: null };
const asked = {
  desired: 'stopped',
  warnAt: null,
  stopAsked: { by: 'U0BEN', at: noon + minutes(20), safety: false },
};
const stopped = { ...asked, stoppedAt: noon + minutes(21) };
const ended = { ...asked, resourceId: 'r', sid: 's', endedAt: noon + minutes(22) };

const inState: Record<SessionState, object> = {
  requested: {},
  acquired: { ...resource, startSends: 0, takenAt: null },
  starting: task,
  recording: { ...task, ...since },
  suspect: { ...task, ...since, ...missing },
  stopping: { ...task, ...since, ...missing, ...asked },
  uploading: { ...task, ...since, ...stopped, slowTold: false },
  backuped: { ...task, ...since, ...stopped },
  completed: { ...ended, ...since, stoppedAt: noon + minutes(21), proof: 'agora', files: someFiles(2) },
  failed: { ...ended, ...since, failure: someFailure },
  empty: { ...ended, ...since },
};

/** A session as the store would take it, with the given fields changed. */
export function sessionIn(state: SessionState, more: Record<string, unknown> = {}): Session {
  return session.parse({ ...common, ...inState[state], state, ...more });
}
