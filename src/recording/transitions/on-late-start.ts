import type { Reply } from '../ports.ts';
import { isEnded, type Session } from '../session.ts';

/** What start was sent for. */
export interface SentStart {
  uid: string;
  resourceId: string;
}

/**
 * Agora's answer to a start that is not the one which is waited for: this process was frozen, and another one has gone on meanwhile, with another
 * attempt or none. What may have begun all the same is nobody's recording, so it is remembered until it is out.
 */
export function onLateStart(s: Session, reply: Reply<{ sid: string }>, now: number, sent: SentStart): Session {
  const { uid, resourceId } = sent;
  if (reply.class === 'done') {
    const { sid } = reply.value;
    // The one that is recorded with: a notification has said its sid first, or the same answer was saved before.
    if (('sid' in s && s.sid === sid) || s.strays.some((t) => t.sid === sid)) return s;
    const others = s.strays.filter((t) => t.resourceId !== resourceId || t.sid !== undefined);
    return { ...s, mayHaveBegun: true, strays: [...others, { uid, resourceId, sid, tries: 0, nextAt: now }] };
  }
  const mayRun = reply.class === 'already' || reply.class === 'unknown';
  // Whoever has the uid would be put out, and that is the present recorder while it has the same one.
  const isOld = s.uid !== uid || isEnded(s);
  if (!mayRun || !isOld || s.strays.some((t) => t.resourceId === resourceId)) return s;
  if ('resourceId' in s && s.resourceId === resourceId && 'sid' in s && s.sid !== undefined) return s;
  return { ...s, mayHaveBegun: true, strays: [...s.strays, { uid, resourceId, tries: 0, nextAt: now }] };
}
