import type { SessionStore } from './ports.ts';
import type { Session } from './session.ts';

/** So many are read in one go. Between two goes others have their turn: a stop must not wait until thousands are read. */
const batch = 50;

/** Shows each of these sessions, read once; `undefined`: it is not there, or cannot be read. */
export async function eachSession(
  store: Pick<SessionStore, 'getMany'>,
  ids: readonly string[],
  visit: (id: string, s: Session | undefined) => void,
): Promise<void> {
  for (let from = 0; from < ids.length; from += batch) {
    if (from > 0) await new Promise((resolve) => setImmediate(resolve));
    const some = ids.slice(from, from + batch);
    const found = await store.getMany(some);
    for (const [n, id] of some.entries()) visit(id, found[n]);
  }
}
