import type { Session, SessionState } from '../../recording/session.ts';

/** What matters most comes first: what records, what is about to, what is on its way, and then how it ended. */
const order: readonly SessionState[] = [
  'recording',
  'suspect',
  'starting',
  'acquired',
  'requested',
  'stopping',
  'uploading',
  'backuped',
  'completed',
  'failed',
  'empty',
];

/** Of all recordings of one wish the one that the card's heading speaks of. */
export function headline(parts: readonly [Session, ...Session[]] | readonly Session[], lead: Session): Session {
  return [...parts].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0] ?? lead;
}
