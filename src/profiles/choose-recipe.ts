import type { Choice } from '../recording/presets.ts';
import { findRecipeProblems } from '../recording/recipe/check-recipe.ts';
import { recorderService, servicesOf } from '../recording/recipe/extension-service-config.ts';
import { given } from '../recording/recipe/fields.ts';
import { sentence } from '../recording/recipe/problem.ts';
import { type Recipe, type RecordingMode, recordingMode } from '../recording/recipe/recipe.ts';
import { type RecipeLimits, withDefaults } from '../recording/recipe/recipe-defaults.ts';
import { channelFields } from '../recording/recipe/recording-config.ts';
import { isSoundAlone, pictureOf, withLayout, wordOf } from './layout.ts';
import type { Profile, Profiles } from './profiles.ts';
import { unknownName } from './unknown-name.ts';
import { webPageProblem } from './web-page-url.ts';

type Chosen = { ok: true; profile: Profile } | { ok: false; problem: string };

/** What a person typed, over a profile: the profile with the recipe that comes of it, which Agora would take, or one sentence on what to type. */
export function chooseRecipe(profiles: Profiles, choice: Choice): Chosen {
  const refuse = (problem: string): Chosen => ({ ok: false, problem });
  const name = choice.profile ?? profiles.default;
  const profile = profiles.get(name);
  if (!profile) return refuse(unknownName('profile', name, profiles.names));
  const mode = chooseMode(profile.recipe.mode, choice);
  if (!mode.ok) return refuse(mode.problem);

  let recipe = inMode(profile.recipe, mode.mode, {
    maxIdleTime: profiles.maxIdleTime,
    maxDuration: profile.maxDuration,
  });
  if (choice.layout !== undefined) {
    if (isSoundAlone(recipe)) {
      return refuse(`The profile "${name}" records sound alone, which has no picture; leave --layout out.`);
    }
    const [typed = '', uid] = choice.layout.split(':', 2);
    const own = given(recipe.recordingConfig?.transcodingConfig).maxResolutionUid;
    const isVertical = wordOf(typed) === 'vertical';
    const chosen = pictureOf(typed, uid ?? (isVertical && typeof own === 'string' ? own : undefined), profiles.layouts);
    if (!chosen.ok) {
      return refuse(isVertical ? `${chosen.problem} Type it like --layout vertical:123.` : chosen.problem);
    }
    recipe = withLayout(recipe, chosen.picture, profiles.layouts.has(typed) ? typed : undefined);
  }
  if (choice.every !== undefined || choice.snapshotOnly) recipe = withSnapshots(recipe, choice);
  if (mode.mode === 'web') {
    const page = withPage(recipe, choice.web, profiles.webPages.allow);
    if (!page.ok) return page;
    recipe = page.recipe;
  }
  const wrong = findRecipeProblems(recipe).problems[0];
  if (wrong) return refuse(`The profile "${name}" cannot be used so: ${sentence(wrong, 'the recipe')}`);
  return { ok: true, profile: { ...profile, recipe, redundant: choice.redundant ?? profile.redundant } };
}

/** The mode that was typed, or that what was typed needs, or the profile's. */
function chooseMode(
  own: RecordingMode,
  choice: Choice,
): { ok: true; mode: RecordingMode } | { ok: false; problem: string } {
  const refuse = (problem: string) => ({ ok: false, problem }) as const;
  const typed = choice.mode === undefined ? undefined : recordingMode.safeParse(choice.mode.toLowerCase());
  if (typed && !typed.success) return refuse(unknownName('mode', choice.mode ?? '', recordingMode.options));
  const snapshots = choice.every !== undefined || choice.snapshotOnly === true;
  if (choice.web !== undefined && snapshots) return refuse('There are no snapshots of web pages; leave --web out.');
  const needed = choice.web !== undefined ? 'web' : snapshots ? 'individual' : undefined;
  const mode = typed?.data ?? needed ?? own;
  if (needed === 'web' && mode !== 'web') return refuse('--web records in mode web; leave --mode out.');
  if (needed === 'individual' && mode !== 'individual') {
    return refuse('Snapshots are taken in mode individual; leave --mode out.');
  }
  if (choice.layout !== undefined && mode !== 'mix') {
    return refuse(`Only recordings in mode mix have a layout, and this one is in mode ${mode}; leave --layout out.`);
  }
  return { ok: true, mode };
}

/** The recipe in another mode: what that mode does not take is dropped, and what it needs is added. */
function inMode(recipe: Recipe, mode: RecordingMode, limits: RecipeLimits): Recipe {
  if (recipe.mode === mode) return recipe;
  const { profile, project, storage, recordingConfig, recordingFileConfig } = recipe;
  const kept = Object.fromEntries(Object.entries(recordingConfig ?? {}).filter(([field]) => channelFields.has(field)));
  return withDefaults(
    {
      profile,
      project,
      storage,
      mode,
      ...(mode === 'web' ? {} : { recordingConfig: kept }),
      // Individual recordings are never MP4.
      ...(mode === 'individual' || !recordingFileConfig ? {} : { recordingFileConfig }),
    },
    limits,
  );
}

function withSnapshots(recipe: Recipe, choice: Choice): Recipe {
  const { recordingFileConfig, ...rest } = recipe;
  return {
    ...rest,
    ...(choice.snapshotOnly || !recordingFileConfig ? {} : { recordingFileConfig }),
    snapshotConfig: {
      captureInterval: 10,
      ...recipe.snapshotConfig,
      ...(choice.every === undefined ? {} : { captureInterval: choice.every }),
      fileType: ['jpg'],
    },
  };
}

/** `url`: the page that was typed; without it the profile's own, which has been judged. */
function withPage(
  recipe: Recipe,
  url: string | undefined,
  allow: readonly string[],
): { ok: true; recipe: Recipe } | { ok: false; problem: string } {
  const services = servicesOf(recipe.extensionServiceConfig);
  const i = services.findIndex((s) => s.serviceName === recorderService);
  const param = given(services[i]?.serviceParam);
  if (url === undefined) {
    if (param.url !== undefined) return { ok: true, recipe };
    return {
      ok: false,
      problem: 'A web page is recorded, but which one? Type its address: --web https://example.com/page.',
    };
  }
  const problem = webPageProblem(url, allow);
  if (problem) return { ok: false, problem: `This page cannot be recorded. ${problem}` };
  const service = { ...services[i], serviceParam: { ...param, url } };
  return {
    ok: true,
    recipe: {
      ...recipe,
      extensionServiceConfig: { ...recipe.extensionServiceConfig, extensionServices: services.with(i, service) },
    },
  };
}
