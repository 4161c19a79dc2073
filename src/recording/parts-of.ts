import type { SessionStore } from './ports.ts';
import type { Session } from './session.ts';

/** All recordings of a wish, its lead first. A part that cannot be read is left out. */
export async function partsOf(store: Pick<SessionStore, 'get'>, lead: Session): Promise<Session[]> {
  const others = await Promise.all(lead.others.map((o) => store.get(o.id)));
  return [lead, ...others.filter((s) => s !== undefined)];
}
