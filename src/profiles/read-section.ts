import type { z } from 'zod';
import type { Env } from '../recording/recipe/fill-secrets.ts';
import { type Problem, problemsOf } from '../recording/recipe/problem.ts';
import { resolveReferences } from './references.ts';

/** What was read of a part of the file; without `value` it is not usable. */
export interface Section<T> {
  value?: T;
  problems: Problem[];
  /** Values of secrets, for the log to hide. */
  secrets: string[];
}

/** One storage or project: references are read, then the schema checks what they stand for. */
export function readSection<S extends z.ZodType>(
  value: unknown,
  r: { at: Problem['at']; env: Env; secret: ReadonlySet<string>; schema: S },
): Section<z.output<S>> {
  const { value: resolved, problems, secrets } = resolveReferences(value, r.at, r.env, r.secret);
  const parsed = r.schema.safeParse(resolved);
  if (!parsed.success) {
    const known = new Set(problems.map((p) => JSON.stringify(p.at)));
    const found = problemsOf(parsed.error).map((p) => ({ ...p, at: [...r.at, ...p.at] }));
    // What cannot be read is not also said to be wrong.
    problems.push(...found.filter((p) => !known.has(JSON.stringify(p.at))));
  }
  return parsed.success && problems.length === 0 ? { value: parsed.data, problems, secrets } : { problems, secrets };
}
