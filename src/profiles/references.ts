import { isGiven } from '../recording/recipe/fields.ts';
import type { Env } from '../recording/recipe/fill-secrets.ts';
import type { Problem } from '../recording/recipe/problem.ts';
import { referenceRule, referredName } from '../recording/recipe/secret-reference.ts';

export interface Resolved {
  /** The same with the variables' values; what could not be read is as it was. */
  value: unknown;
  problems: Problem[];
  /** Values of secrets. They go nowhere but to the log, which hides them. */
  secrets: string[];
}

/** Reads the variables that a part of the file refers to. `secret` names the fields that take nothing but references. */
export function resolveReferences(value: unknown, at: Problem['at'], env: Env, secret: ReadonlySet<string>): Resolved {
  const problems: Problem[] = [];
  const secrets: string[] = [];
  const resolve = (v: unknown, here: Problem['at']): unknown => {
    if (Array.isArray(v)) return v.map((item, i) => resolve(item, [...here, i]));
    if (isGiven(v)) return Object.fromEntries(Object.entries(v).map(([k, item]) => [k, resolve(item, [...here, k])]));
    const name = referredName(v);
    const isSecret = secret.has(String(here.at(-1)));
    if (name === undefined) {
      if (isSecret && v !== undefined) problems.push({ at: here, message: referenceRule });
      return v;
    }
    const found = env(name)?.trim();
    if (!found) {
      problems.push({ at: here, message: `refers to \${${name}}, which is not set in the environment` });
      return v;
    }
    if (isSecret) secrets.push(found);
    return found;
  };
  return { value: resolve(value, at), problems, secrets };
}
