import { isGiven } from '../recording/recipe/fields.ts';
import type { Env } from '../recording/recipe/fill-secrets.ts';
import { secretFields } from '../recording/recipe/hide-secrets.ts';
import type { Problem } from '../recording/recipe/problem.ts';
import type { Recipe } from '../recording/recipe/recipe.ts';
import { saltProblem } from '../recording/recipe/recording-config.ts';
import { referredName } from '../recording/recipe/secret-reference.ts';
import { rtmpProblem } from './web-page-url.ts';

/** The variables that a recipe refers to: they are set, and what is in them is of the right kind. Answers their values. */
export function checkSecrets(
  recipe: Recipe,
  env: Env,
  complain: (path: Problem['at'], message: string) => void,
): string[] {
  const secrets: string[] = [];
  const rules: Readonly<Record<string, (v: string) => string | undefined>> = {
    salt: saltProblem,
    rtmpUrl: rtmpProblem,
  };
  const look = (v: unknown, at: (string | number)[], field: string): void => {
    if (Array.isArray(v)) for (const [i, item] of v.entries()) look(item, [...at, i], '');
    else if (isGiven(v)) for (const [key, item] of Object.entries(v)) look(item, [...at, key], key);
    const variable = secretFields.has(field) ? referredName(v) : undefined;
    if (variable === undefined) return;
    const found = env(variable)?.trim();
    if (!found) {
      complain(at, `refers to \${${variable}}, which is not set in the environment`);
      return;
    }
    secrets.push(found);
    const problem = rules[field]?.(found);
    if (problem) complain(at, `refers to \${${variable}}, which is refused: ${problem.replace(/\.$/, '')}`);
  };
  look(recipe, [], '');
  return secrets;
}
