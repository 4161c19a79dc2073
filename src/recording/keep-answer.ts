import { type SessionStore, StoreError } from './ports.ts';
import type { Session } from './session.ts';

/** A store that is away is tried for so long: a turn stays this process's for longer. Milliseconds. */
const patience = 6_000;
/** Milliseconds. */
const pause = 250;

/**
 * Saves what Agora answered, and goes on trying while the store is away for some seconds. An answer that is lost costs more than the wait: the call
 * has to be made again, and of a stop that has worked, Agora only says that it knows no such recording.
 *
 * `change` may be made twice, when a save that seemed to fail was made all the same. `sleep`: without it nothing is tried again.
 */
export async function keepAnswer(
  id: string,
  change: (s: Session) => Session,
  parts: { store: SessionStore; now(): number; sleep?: ((ms: number) => Promise<void>) | undefined },
): Promise<Session | undefined> {
  const { store, now, sleep } = parts;
  const began = now();
  for (;;) {
    try {
      return await store.update(id, change);
    } catch (error) {
      const waited = now() - began;
      if (!(error instanceof StoreError) || !sleep || waited < 0 || waited >= patience) throw error;
      await sleep(pause);
    }
  }
}
