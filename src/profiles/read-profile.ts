import { z } from 'zod';
import { parseDuration, typedDuration } from '../recording/duration.ts';
import { limits } from '../recording/limits.ts';
import { findRecipeProblems, namePattern, nameRule } from '../recording/recipe/check-recipe.ts';
import { recorderService, servicesOf } from '../recording/recipe/extension-service-config.ts';
import {
  bool,
  fields,
  type Given,
  given,
  integer,
  isGiven,
  matching,
  mustBe,
  oneOf,
} from '../recording/recipe/fields.ts';
import type { Env } from '../recording/recipe/fill-secrets.ts';
import type { LayoutConfig } from '../recording/recipe/layout-config.ts';
import { nearestName } from '../recording/recipe/nearest-name.ts';
import { type Problem, problemsOf } from '../recording/recipe/problem.ts';
import { type Recipe, recordingMode } from '../recording/recipe/recipe.ts';
import { withDefaults } from '../recording/recipe/recipe-defaults.ts';
import { allowList } from './allow-list.ts';
import { checkSecrets } from './check-secrets.ts';
import { isSoundAlone, layoutWords, pictureOf, withLayout, wordOf } from './layout.ts';
import type { Profile } from './profiles.ts';
import type { Section } from './read-section.ts';
import { webPageProblem } from './web-page-url.ts';

type ComplainAt = (path: Problem['at'], message: string) => void;

/** What the rest of the file and the environment say. */
export interface ProfileContext {
  env: Env;
  /** All names under layouts; those whose windows are wrong are not in `layouts`. */
  layoutNames: readonly string[];
  layouts: ReadonlyMap<string, LayoutConfig>;
  storageNames: readonly string[];
  projectNames: readonly string[];
  allow: readonly string[];
  /** What a profile does not say. Milliseconds. */
  defaultDuration: number;
  maxDuration: number;
  maxIdleTime: number;
}

/** Shortest recording, and the longest: Agora takes orders for a task for 720 h, and a day is kept for a late stop. */
const shortest = 30_000;
const longest = 29 * 86_400_000;

const durationRule = 'must be a duration such as 90s, 45m or 1h30m, from 30s to 29d';
const duration = z
  .string({ error: mustBe(durationRule) })
  .refine((v) => (parseDuration(v) ?? 0) >= shortest && (parseDuration(v) ?? 0) <= longest, { error: durationRule })
  .optional();
const allowRule = 'must be the id of a user (U…), a user group (S…) or a channel (C…)';
/** Checked as parts of the recipe, with the mode's own rules. */
const agora = z.unknown().optional();
const name = matching(namePattern, nameRule).optional();

const profile = fields({
  mode: oneOf(...recordingMode.options),
  recordingConfig: agora,
  recordingFileConfig: agora,
  snapshotConfig: agora,
  extensionServiceConfig: agora,
  layout: name,
  storage: name,
  project: name,
  defaultDuration: duration,
  maxDuration: duration,
  alertChannel: matching(/^[CGDU][A-Z0-9]{2,}$/, 'must be the id of a channel (C…)').optional(),
  allow: allowList(
    matching(/^[UWSCG][A-Z0-9]{2,}$/, allowRule),
    'must be a list of ids, such as [U0123, S0456]',
    'names nobody; write who may use this profile, such as [U0123, S0456], or leave it out for RECORD_ALLOWED',
  ),
  replace: integer(0, 10).optional(),
  redundant: bool().optional(),
});

/** One profile of the file, with all that it does not say filled in. */
export function readProfile(profileName: string, value: unknown, context: ProfileContext): Section<Profile> {
  const at = ['profiles', profileName];
  const problems: Problem[] = [];
  const complain = (path: Problem['at'], message: string) => problems.push({ at: [...at, ...path], message });
  const parsed = profile.safeParse(value);
  if (!parsed.success) for (const p of problemsOf(parsed.error)) complain(p.at, p.message);

  const v = given(value);
  for (const [field, names] of [
    ['storage', context.storageNames],
    ['project', context.projectNames],
  ] as const) {
    const chosen = v[field];
    if (typeof chosen === 'string' && namePattern.test(chosen) && chosen !== 'default' && !names.includes(chosen)) {
      complain([field], notThere(field, names, chosen));
    }
  }
  const lengths = readLengths(v, context, complain);
  const mode = recordingMode.safeParse(v.mode);
  if (!mode.success) return { problems, secrets: [] };

  const names = { profile: nameOr(profileName), project: nameOr(v.project), storage: nameOr(v.storage) };
  const { recordingConfig, recordingFileConfig, snapshotConfig, extensionServiceConfig } = v;
  // Types are as wrong as the file; the check that follows says so.
  const written = {
    ...names,
    mode: mode.data,
    ...defined({ recordingConfig, recordingFileConfig, snapshotConfig, extensionServiceConfig }),
  } as Recipe;
  const recipe = withDefaults(withOwnLayout(written, v, context, complain), {
    maxIdleTime: context.maxIdleTime,
    maxDuration: lengths.maxDuration,
  });
  const withPage = withUrl(recipe);
  for (const p of findRecipeProblems(withPage.recipe).problems) complain(p.at, p.message);
  if (withPage.own && typeof withPage.url === 'string') {
    const problem = webPageProblem(withPage.url, context.allow);
    if (problem) complain(withPage.at, `is refused: ${problem.replace(/\.$/, '')}`);
  }
  const secrets = checkSecrets(recipe, context.env, complain);
  const { data } = parsed;
  if (problems.length > 0 || !data) return { problems, secrets };
  return {
    problems,
    secrets,
    value: {
      recipe,
      ...lengths,
      ...(data.alertChannel === undefined ? {} : { alertChannel: data.alertChannel }),
      allow: data.allow ?? [],
      replace: data.replace ?? 0,
      redundant: data.redundant ?? false,
    },
  };
}

const nameOr = (v: unknown) => (typeof v === 'string' && namePattern.test(v) ? v : 'default');
const defined = (o: object) => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined));

function notThere(kind: string, names: readonly string[], typed: string): string {
  const near = nearestName(typed, names);
  if (near) return `is not a ${kind} of this file; did you mean ${near}?`;
  return `is not a ${kind} of this file; there ${names.length > 0 ? `is ${names.join(', ')}` : 'is none'}`;
}

/** A web page's recorder ends by itself, so a recording of one lasts no longer than that. */
function readLengths(v: Given, context: ProfileContext, complain: ComplainAt) {
  const read = (field: string) => (typeof v[field] === 'string' ? parseDuration(v[field]) : undefined);
  const services = servicesOf(v.extensionServiceConfig);
  const i = services.findIndex((s) => s.serviceName === recorderService);
  const hours = v.mode === 'web' ? given(services[i]?.serviceParam).maxRecordingHour : undefined;
  const most = typeof hours === 'number' && hours >= 1 ? hours * 3_600_000 : Number.POSITIVE_INFINITY;
  const own = read('maxDuration');
  if (own !== undefined && own > most) {
    complain(['maxDuration'], `must not be longer than the page's maxRecordingHour, which is ${typedDuration(most)}`);
  }
  const maxDuration = own ?? Math.min(context.maxDuration, most);
  const controlled = Math.max(1, Math.ceil(maxDuration / 3_600_000)) + limits.controlMarginHours;
  if (typeof hours === 'number' && hours > controlled) {
    complain(
      ['extensionServiceConfig', 'extensionServices', i, 'serviceParam', 'maxRecordingHour'],
      `must be at most ${controlled}, a day past the profile's maxDuration, which is ${typedDuration(maxDuration)}: after that Agora takes no stop, so a page that was not stopped in time would go on costing money`,
    );
  }
  const defaultDuration = read('defaultDuration') ?? Math.min(context.defaultDuration, maxDuration);
  if (defaultDuration > maxDuration) {
    complain(['defaultDuration'], `must not be longer than maxDuration, which is ${typedDuration(maxDuration)}`);
  }
  return { defaultDuration, maxDuration };
}

/** A recipe whose `layout` is a word or a name of the file. */
function withOwnLayout(recipe: Recipe, v: Given, context: ProfileContext, complain: ComplainAt): Recipe {
  const { layout } = v;
  if (typeof layout !== 'string' || !namePattern.test(layout)) return recipe;
  // Refused by the recipe's own check.
  if (recipe.mode !== 'mix') return { ...recipe, layout };
  if (isSoundAlone(recipe)) {
    complain(['layout'], 'is of no use with recordingConfig.streamTypes 0, which records no picture; leave it out');
    return recipe;
  }
  const transcoding = given(recipe.recordingConfig?.transcodingConfig);
  const both = ['mixedVideoLayout', 'layoutConfig'].find((field) => transcoding[field] !== undefined);
  if (both) {
    complain(['layout'], `excludes recordingConfig.transcodingConfig.${both}; give one of the two`);
    return recipe;
  }
  const named = context.layoutNames.includes(layout);
  // Its windows are wrong, which has been said.
  if (named && !context.layouts.has(layout)) return recipe;
  const { maxResolutionUid: uid } = transcoding;
  const vertical = wordOf(layout) === 'vertical' && typeof uid === 'string' ? uid : undefined;
  const chosen = pictureOf(layout, vertical, context.layouts);
  if (!chosen.ok) {
    complain(
      ['layout'],
      wordOf(layout) === 'vertical'
        ? 'vertical needs recordingConfig.transcodingConfig.maxResolutionUid, the uid of the large picture'
        : notThere('layout', [...context.layoutNames, ...Object.keys(layoutWords)], layout),
    );
    return recipe;
  }
  if (recipe.recordingConfig !== undefined && !isGiven(recipe.recordingConfig)) return recipe;
  const wrong = recipe.recordingConfig?.transcodingConfig;
  if (wrong !== undefined && !isGiven(wrong)) return recipe;
  return withLayout(recipe, chosen.picture, named ? layout : undefined);
}

/** A web page recipe may leave the address to the person who starts it; for the check it has one. */
function withUrl(recipe: Recipe): { recipe: Recipe; own: boolean; url?: unknown; at: (string | number)[] } {
  const services = servicesOf(recipe.extensionServiceConfig);
  const i = services.findIndex((s) => s.serviceName === recorderService);
  const service = services[i];
  const at = ['extensionServiceConfig', 'extensionServices', i, 'serviceParam', 'url'];
  if (recipe.mode !== 'web' || !service || !isGiven(service.serviceParam)) return { recipe, own: false, at };
  const { url } = service.serviceParam;
  if (url !== undefined) return { recipe, own: true, url, at };
  const stub = { ...service, serviceParam: { ...service.serviceParam, url: 'https://example.com' } };
  return {
    recipe: {
      ...recipe,
      extensionServiceConfig: { ...recipe.extensionServiceConfig, extensionServices: services.with(i, stub) },
    },
    own: false,
    at,
  };
}
