import { owe } from './owe.ts';
import { recorderUid } from './recorder-uid.ts';
import type { StartRequest } from './recordings.ts';
import { SESSION_VERSION, type Session } from './session.ts';
import type { Settings } from './settings.ts';
import { warnTime } from './transitions/extend.ts';

/** A new wish to record, with its card owed. */
export function createSession(r: StartRequest, id: string, now: number, settings: Settings): Session {
  const stopAt = now + r.duration;
  const s: Session = {
    version: SESSION_VERSION,
    state: 'requested',
    id,
    revision: 0,
    channelName: r.channelName,
    mode: 'mix',
    team: r.team,
    channel: r.channel,
    startedBy: r.by,
    requestedAt: now,
    stopAt,
    maxStopAt: now + Math.max(settings.maxDuration, r.duration),
    warnAt: warnTime(now, stopAt),
    desired: 'recording',
    attempt: 1,
    uid: recorderUid(id, 1),
    files: [],
    evidence: { ended: false, failoverUids: [] },
    strays: [],
    tries: 0,
    nextAt: now,
    outbox: [],
  };
  return owe(s, now, { kind: 'card' });
}
