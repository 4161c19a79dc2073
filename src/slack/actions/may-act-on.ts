import type { Actor, Verdict } from '../permissions.ts';
import type { SlackServices } from '../services.ts';

/** May this person act on this recording? Its profile may have a list of its own. */
export async function mayActOn(
  { recordings, permissions, presets }: SlackServices,
  actor: Actor,
  sessionId: string,
  /** What is known of the profile when the recording itself is not. */
  otherwise?: string,
): Promise<Verdict> {
  const s = await recordings.get(sessionId);
  const profile = s?.recipe.profile ?? otherwise;
  return permissions.mayAct(actor, profile === undefined ? [] : presets.allowOf(profile));
}
