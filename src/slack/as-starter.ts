import type { Session } from '../recording/session.ts';
import type { Actor } from './permissions.ts';

/**
 * Whoever started a recording acts on it from anywhere as from its own channel: that may be archived by now, with the card in a direct message,
 * and where RECORD_ALLOWED names the channel nobody could stop it any more.
 */
export function asStarter(actor: Actor, s: Pick<Session, 'startedBy' | 'channel'>): Actor {
  return actor.user === s.startedBy ? { ...actor, channel: s.channel } : actor;
}
