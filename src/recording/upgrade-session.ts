import { defaultRecipe } from './create-session.ts';
import { SESSION_VERSION, type Session, session } from './session.ts';

/**
 * Reads a stored session of this version or of the one before, so that a new release takes up what the last one left, and the last one's
 * replicas may go on until they are replaced.
 *
 * @throws ZodError or TypeError when it is neither.
 */
export function readSession(value: unknown): Session {
  return session.parse(upgrade(value));
}

function upgrade(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('version' in value)) return value;
  if (value.version !== 1) return value;
  // Version 1 knew one composite recording a session.
  const { mode: _mode, ...rest } = value as Record<string, unknown>;
  return {
    ...rest,
    version: SESSION_VERSION,
    recipe: defaultRecipe,
    lead: null,
    part: 1,
    role: 'first',
    after: null,
    others: [],
    replaceLeft: 0,
    rollAt: null,
    wanted: {},
    applied: {},
  };
}
