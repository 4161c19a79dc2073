import { secretFields } from './hide-secrets.ts';
import { referredName } from './secret-reference.ts';

/** Looks a variable of the environment up. An empty one is one that is not set; space around a value is not part of it. */
export type Env = (name: string) => string | undefined;

/**
 * Puts the secrets in for the `${NAME}` references of a recipe or a request, just before it is sent; the value that was given stays as it is.
 * Only fields that Agora takes secrets in are looked at, so that nothing that a person typed elsewhere can read the environment. `missing`: the
 * names of variables that are not set.
 */
export function fillSecrets<T>(value: T, env: Env): { ok: true; value: T } | { ok: false; missing: string[] } {
  const missing = new Set<string>();
  const fill = (v: unknown, secret: boolean): unknown => {
    if (Array.isArray(v)) return v.map((item) => fill(item, false));
    if (typeof v === 'object' && v !== null) {
      return Object.fromEntries(Object.entries(v).map(([name, item]) => [name, fill(item, secretFields.has(name))]));
    }
    const name = secret ? referredName(v) : undefined;
    if (name === undefined) return v;
    const found = env(name)?.trim();
    if (!found) missing.add(name);
    return found;
  };
  const filled = fill(value, false) as T;
  return missing.size > 0 ? { ok: false, missing: [...missing] } : { ok: true, value: filled };
}
