import type { Actor, Verdict } from '../permissions.ts';
import type { SlackServices } from '../services.ts';

/** May this person act on this recording? Its profile may have a list of its own. */
export async function mayActOn(
  { recordings, permissions, presets }: SlackServices,
  actor: Actor,
  sessionId: string,
): Promise<Verdict> {
  const s = await recordings.get(sessionId);
  return permissions.mayAct(actor, s ? presets.allowOf(s.recipe.profile) : []);
}
