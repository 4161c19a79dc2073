import { z } from 'zod';
import { extensionServiceConfig } from './extension-service-config.ts';
import { fields, given, matching, oneOf } from './fields.ts';
import { type Problem, problemsOf, sentence, showPath } from './problem.ts';
import { type Recipe, recordingMode } from './recipe.ts';
import { individualRecordingConfig, mixRecordingConfig } from './recording-config.ts';
import { individualFileConfig, recordingFileConfig } from './recording-file-config.ts';
import { snapshotConfig, snapshotRules } from './snapshot-config.ts';

/** Names of profiles, layouts, storages and projects: what can be typed as one word. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
export const nameRule =
  'must be 1 to 64 letters, digits, dots, hyphens or underscores, and begin with a letter or digit';
const name = matching(namePattern, nameRule);
const names = { profile: name, project: name, storage: name };

const only = (mode: string) => `is only for mode ${mode}; leave it out`;

/** Composite: everybody in one picture. */
export const mixRecipe = fields(
  {
    ...names,
    mode: oneOf('mix'),
    recordingConfig: mixRecordingConfig.optional(),
    recordingFileConfig: recordingFileConfig.optional(),
    layout: name.optional(),
  },
  { elsewhere: { snapshotConfig: only('individual'), extensionServiceConfig: only('web') } },
);

/** Each uid in files of its own. Snapshots without a recordingFileConfig: nothing else is recorded. */
export const individualRecipe = fields(
  {
    ...names,
    mode: oneOf('individual'),
    recordingConfig: individualRecordingConfig,
    recordingFileConfig: individualFileConfig.optional(),
    snapshotConfig: snapshotConfig.optional(),
  },
  { rules: snapshotRules, elsewhere: { layout: only('mix'), extensionServiceConfig: only('web') } },
);

/** A web page. */
export const webRecipe = fields(
  {
    ...names,
    mode: oneOf('web'),
    recordingFileConfig: recordingFileConfig.optional(),
    extensionServiceConfig,
  },
  {
    elsewhere: {
      layout: only('mix'),
      recordingConfig: only('mix and individual'),
      snapshotConfig: only('individual'),
    },
  },
);

const recipes = { mix: mixRecipe, individual: individualRecipe, web: webRecipe };
/** Of a recipe without a mode all that can be said is what is wrong with its names. */
const anyRecipe = z.looseObject({ ...names, mode: oneOf(...recordingMode.options) });

/** A recipe as Agora would take it: fields, ranges and the rules between them. Every problem at once. */
export function findRecipeProblems(value: unknown): { recipe?: Recipe; problems: Problem[] } {
  const { mode } = given(value);
  const known = recordingMode.safeParse(mode);
  const parsed = (known.success ? recipes[known.data] : anyRecipe).safeParse(value);
  return parsed.success ? { recipe: parsed.data as Recipe, problems: [] } : { problems: problemsOf(parsed.error) };
}

/**
 * Whether Agora would take this recipe. Every problem at once; each message is a sentence with the path, what is wrong and the allowed range, and
 * never a secret. Sessions in the store are read with the tolerant schema of recipe.ts instead: a running recording is not to be lost to a rule.
 */
export function checkRecipe(
  value: unknown,
): { ok: true; recipe: Recipe } | { ok: false; problems: { path: string; message: string }[] } {
  const { recipe, problems } = findRecipeProblems(value);
  if (recipe) return { ok: true, recipe };
  return { ok: false, problems: problems.map((p) => ({ path: showPath(p.at), message: sentence(p, 'The recipe') })) };
}
