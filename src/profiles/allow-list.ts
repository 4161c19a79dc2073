import { z } from 'zod';

/** `allow` of a profile, and of webPages. */
export const allowField = 'allow';

/**
 * A list of those that are allowed something; left out, others decide. One with nothing in it would read as "nobody" and let in whom those others let
 * in, so it is refused. `rule`: what the list must be. `empty`: what to do about one with nothing in it.
 */
export function allowList<T extends z.ZodType>(item: T, rule: string, empty: string) {
  const error = ({ input }: { input?: unknown }) => (input === null ? empty : rule);
  return z.array(item, { error }).min(1, { error: empty }).optional();
}
