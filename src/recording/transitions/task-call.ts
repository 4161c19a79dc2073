import { limits } from '../limits.ts';
import type { SessionStore } from '../ports.ts';
import type { Session } from '../session.ts';

/**
 * Calls that change a task follow each other (Agora docs, rest-api/update), also those of several processes: a turn of one and a push of another, or
 * the turn of one that froze and of the one that took over. So a call is written down before it is made. Stops never wait for it.
 */
export interface TaskCall {
  /** The session's revision with which it was written down; it tells one call from another. */
  revision: number;
  /** Past this the next one may be made, even if nobody has said that this one is over. */
  until: number;
}

/** When the next call that changes the task may be made, ms since the epoch; 0: at any time. */
export function taskFreeAt(s: Session): number {
  return s.call?.until ?? 0;
}

/** Writes down that a call is made; undefined: another one is under way, or the session is gone. */
export async function beginCall(
  store: Pick<SessionStore, 'update'>,
  id: string,
  now: number,
): Promise<(Session & { call: TaskCall }) | undefined> {
  let mine = false;
  const s = await store.update(id, (before) => {
    mine = taskFreeAt(before) <= now;
    return mine ? { ...before, call: { revision: before.revision + 1, until: now + limits.taskCall } } : before;
  });
  return mine && s?.call ? { ...s, call: s.call } : undefined;
}

/** The call is over, if it is still the one that was written down. */
export function endCall(s: Session, call: TaskCall): Session {
  if (s.call?.revision !== call.revision) return s;
  const { call: _, ...rest } = s;
  return rest as Session;
}
