import { allowOf } from '../allow-of.ts';
import { asStarter } from '../as-starter.ts';
import type { Actor, Verdict } from '../permissions.ts';
import type { SlackServices } from '../services.ts';

/** May this person act on this recording? Its profile may have a list of its own. */
export async function mayActOn(
  { recordings, permissions, presets }: SlackServices,
  actor: Actor,
  sessionId: string,
  /** What the button knows when the store does not know the recording. */
  otherwise?: { profile: string; by: string; channel: string },
): Promise<Verdict> {
  const s = await recordings.get(sessionId);
  const known = s ? { ...s, profile: s.recipe.profile } : otherwise && { ...otherwise, startedBy: otherwise.by };
  return known ? permissions.mayAct(asStarter(actor, known), allowOf(presets, known)) : permissions.mayAct(actor, []);
}
