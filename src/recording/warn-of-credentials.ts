import type { Announcer } from './announcer.ts';
import type { SessionStore } from './ports.ts';
import type { Session } from './session.ts';
import { tellOnce } from './tell-once.ts';

/** Operators are told of the same storage again after this. Milliseconds. */
const warnedFor = 3_600_000;

/** Tells operators once, and not for each recording, that a storage's temporary credentials run out. */
export async function warnOfCredentials(
  s: Session,
  {
    store,
    announcer,
  }: { store: Pick<SessionStore, 'firstTime' | 'prolong' | 'forget'>; announcer: Pick<Announcer, 'warn'> },
): Promise<void> {
  const { credentials: c } = s;
  if (!c?.told || !(s.state === 'recording' || s.state === 'suspect')) return;
  const { storage } = s.recipe;
  const { cause = 'nobody has said why.', next = 'See to what renews them.' } = c.problem ?? {};
  await tellOnce(store, `credentials:${storage}`, warnedFor, () =>
    announcer.warn({ kind: 'credentials', storage, until: c.until, cause, next }),
  );
}
