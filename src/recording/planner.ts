import { inTurn } from './in-turn.ts';
import { limits } from './limits.ts';
import type { Session, StrayTask } from './session.ts';
import { isEnded } from './session.ts';
import { nextChange } from './transitions/change.ts';
import { credentialsDue } from './transitions/credentials.ts';
import { nextMoment } from './transitions/pass-time.ts';
import { taskFreeAt } from './transitions/task-call.ts';

/** The next thing to do for a session. */
export type Step =
  | { kind: 'acquire' | 'start' | 'query' | 'stop' | 'check_files' | 'make_parts' | 'credentials' }
  | { kind: 'change'; what: NonNullable<ReturnType<typeof nextChange>> }
  | { kind: 'release'; stray: StrayTask }
  | { kind: 'wait' };

/**
 * Compares what is wanted with what is known and names the next call. Pure: the same session at the same time always gives the same step,
 * whether a command, a click, a notification, the clock or a restart asked.
 */
export function plan(s: Session, now: number): Step {
  // Strays first: they bill, and they hold the channel.
  const stray = s.strays.find((t) => t.nextAt <= now);
  if (stray) return { kind: 'release', stray };
  if (s.others.some((o) => !o.made)) return { kind: 'make_parts' };
  if (taskFreeAt(s) <= now) {
    const what = nextChange(s);
    if (what !== undefined && (s.change?.nextAt ?? now) <= now) return { kind: 'change', what };
    if ((credentialsDue(s) ?? Infinity) <= now) return { kind: 'credentials' };
  }
  if (s.salvage && s.salvage.nextAt <= now) return { kind: 'check_files' };
  if (isEnded(s) || s.nextAt > now) return { kind: 'wait' };
  switch (s.state) {
    case 'requested':
      return { kind: 'acquire' };
    case 'acquired':
      if (s.takenAt !== null) return { kind: 'wait' };
      // Never sent, and too old to be sent: a fresh one costs nothing.
      if (s.startSends === 0 && now - s.acquiredAt > limits.acquireToStart) return { kind: 'acquire' };
      return { kind: 'start' };
    case 'starting':
    case 'recording':
    case 'suspect':
      return { kind: 'query' };
    case 'stopping':
      return { kind: 'stop' };
    case 'uploading':
    case 'backuped':
      return { kind: 'check_files' };
  }
}

/** When a session has to be looked at next, ms since the epoch; undefined when it is settled for good. */
export function dueAt(s: Session): number | undefined {
  const pressing = pressingAt(s);
  return canWait(s) ? Math.min(s.nextAt, pressing ?? Infinity) : pressing;
}

/**
 * When a session has something to do that comes before looking how others stand: a recorder bills or is about to begin, or people wait. Ms since
 * the epoch; undefined: never.
 */
export function pressingAt(s: Session): number | undefined {
  const moments = s.strays.map((t) => t.nextAt);
  if (s.salvage) moments.push(s.salvage.nextAt);
  for (const o of inTurn(s.outbox)) moments.push(o.nextAt);
  if (!isEnded(s) && !canWait(s) && !(s.state === 'acquired' && s.takenAt !== null)) moments.push(s.nextAt);
  const free = taskFreeAt(s);
  if (s.change && nextChange(s) !== undefined) moments.push(Math.max(s.change.nextAt, free));
  const credentials = credentialsDue(s);
  if (credentials !== undefined) moments.push(Math.max(credentials, free));
  const moment = nextMoment(s);
  if (moment !== undefined) moments.push(moment);
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/** Its next step only asks how it stands: Agora is asked for that with what is left of its rate. */
function canWait({ state }: Session): boolean {
  return state === 'recording' || state === 'suspect' || state === 'uploading' || state === 'backuped';
}
