import { defaultRecipe } from './create-session.ts';
import { SESSION_VERSION, type Session, session } from './session.ts';

/**
 * Reads a stored session of this version or of the one before, so that a new release takes up what the last one left, and the last one's
 * replicas may go on until they are replaced.
 *
 * @throws ZodError or TypeError when it is neither.
 */
export function readSession(value: unknown): Session {
  return onlyItsOwn(session.parse(upgrade(value)));
}

const fieldsOf = new Map(session.options.map((o) => [[...o.shape.state.values][0], o.shape]));
const someState = new Set([...fieldsOf.values()].flatMap((shape) => Object.keys(shape)));

/**
 * Without what only other states have: a change leaves it behind, and a recorder that was given up must not lend its sid to the next one. What no
 * state of this release has is another release's, and is kept.
 */
function onlyItsOwn(s: Session): Session {
  const own = fieldsOf.get(s.state) ?? {};
  const fields = Object.entries(s).filter(([name]) => name in own || !someState.has(name));
  return Object.fromEntries(fields) as Session;
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
