import { z } from 'zod';
import { namePattern, nameRule } from '../recording/recipe/check-recipe.ts';
import { fields, type Given, given, isGiven, matching, mustBe } from '../recording/recipe/fields.ts';
import type { Env } from '../recording/recipe/fill-secrets.ts';
import { type LayoutConfig, layoutConfig } from '../recording/recipe/layout-config.ts';
import { nearestName } from '../recording/recipe/nearest-name.ts';
import { type Problem, problemsOf, sentence } from '../recording/recipe/problem.ts';
import { allowField, allowList } from './allow-list.ts';
import { wordOf } from './layout.ts';
import { parseYaml } from './parse-yaml.ts';
import type { Profile, Profiles, ProjectSettings, StorageSettings } from './profiles.ts';
import { readProfile } from './read-profile.ts';
import { readProject } from './read-project.ts';
import type { Section } from './read-section.ts';
import { readStorage } from './read-storage.ts';
import { hostPattern } from './web-page-url.ts';

const hour = 3_600_000;
/** What the environment says when it says nothing; see config.ts. */
const unsaid = { defaultDuration: 2 * hour, maxDuration: 8 * hour, maxIdleTime: hour / 12 };
const agoraUrls = ['https://api.agora.io', 'https://api.sd-rtn.com'];

/** Each entry is read on its own. */
const entries = (what: string) =>
  z.record(z.string(), z.unknown(), { error: mustBe(`must be a set of ${what}, each under its name`) });
const hostRule = 'must be a host such as example.com, or *.example.com for everything below it';

const file = fields({
  default: matching(namePattern, nameRule).optional(),
  profiles: entries('profiles'),
  layouts: entries('layouts').optional(),
  storages: entries('storages').optional(),
  projects: entries('projects').optional(),
  webPages: fields({
    allow: allowList(
      matching(hostPattern, hostRule),
      'must be a list of hosts',
      'names no host; write those whose pages may be recorded, such as ["*.example.com"], or leave it out for any public host',
    ),
  }).optional(),
});

/**
 * Reads profiles.yml. `file`: its name, for messages. `builtIn`: what the environment says, for what the file leaves out (see builtInProfiles);
 * without it config.ts's defaults hold, and there are no storage and project named `default`. Every problem at once, each a sentence that begins
 * with the file and, where it can be said, the line. `secrets`: the values of variables that hold secrets, for the log to hide.
 */
export function readProfiles(r: {
  text: string;
  file: string;
  env: Env;
  builtIn?: Profiles;
}): { ok: true; profiles: Profiles; secrets: string[] } | { ok: false; problems: string[] } {
  const parsed = parseYaml(r.text);
  if (!parsed.ok)
    return { ok: false, problems: parsed.problems.map((p) => `${r.file}, line ${p.line}: ${p.message}.`) };
  const { value, lineOf } = parsed.yaml;
  const read = readFile(withoutNulls(value), r.env, r.builtIn);
  if (read.value) return { ok: true, profiles: read.value, secrets: [...new Set(read.secrets)] };
  const problems = read.problems
    .map((p) => ({ ...p, line: lineOf(p.at) }))
    .toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
    .map((p) => `${r.file}${p.line === undefined ? '' : `, line ${p.line}`}: ${sentence(p, 'the file')}`);
  return { ok: false, problems: [...new Set(problems)] };
}

function readFile(value: unknown, env: Env, builtIn: Profiles | undefined): Section<Profiles> {
  const problems: Problem[] = [];
  const secrets: string[] = [];
  if (value === undefined) {
    return { problems: [{ at: [], message: 'is empty; it must have profiles' }], secrets };
  }
  const parsed = file.safeParse(value);
  if (!parsed.success) problems.push(...problemsOf(parsed.error));
  const v = given(value);

  /** Reads each entry of a part of the file; what is wrong with one does not hide the others. */
  const each = <T>(part: string, readOne: (name: string, value: unknown) => Section<T>): Map<string, T> => {
    const found = new Map<string, T>();
    for (const [name, entry] of Object.entries(given(v[part]))) {
      if (!namePattern.test(name)) problems.push({ at: [part, name], message: `is not a name: it ${nameRule}` });
      const section = readOne(name, entry);
      problems.push(...section.problems);
      secrets.push(...section.secrets);
      if (section.value !== undefined) found.set(name, section.value);
    }
    return found;
  };
  const reserved = (part: string) => {
    if (Object.hasOwn(given(v[part]), 'default')) {
      problems.push({ at: [part, 'default'], message: "is the environment's; give it another name" });
    }
  };

  const layouts = each('layouts', readLayout);
  reserved('storages');
  const storages = each<StorageSettings>('storages', (name, entry) => readStorage(name, entry, env));
  reserved('projects');
  const apiUrls = builtIn?.projects.get('default')?.apiUrls ?? agoraUrls;
  const projects = each<ProjectSettings>('projects', (name, entry) => readProject(name, entry, env, apiUrls));
  const allow = textsOf(given(v.webPages).allow);
  const { defaultDuration, maxDuration } = builtIn?.get(builtIn.default) ?? unsaid;
  const maxIdleTime = builtIn?.maxIdleTime ?? unsaid.maxIdleTime;
  const profiles = each<Profile>('profiles', (name, entry) =>
    readProfile(name, entry, {
      env,
      layouts,
      layoutNames: Object.keys(given(v.layouts)),
      storageNames: Object.keys(given(v.storages)),
      projectNames: Object.keys(given(v.projects)),
      allow,
      defaultDuration,
      maxDuration,
      maxIdleTime,
    }),
  );
  const names = Object.keys(given(v.profiles));
  const chosen = chooseDefault(v, names, problems);
  if (problems.length > 0 || chosen === undefined) return { problems, secrets };
  return {
    problems,
    secrets,
    value: {
      default: chosen,
      names,
      get: (name) => profiles.get(name),
      layouts,
      storages: new Map([...defaultOf(builtIn?.storages), ...storages]),
      projects: new Map([...defaultOf(builtIn?.projects), ...projects]),
      webPages: { allow },
      maxIdleTime,
    },
  };
}

/** The profile that is taken when nobody says. Where there is one alone, it need not be named. */
function chooseDefault(v: Given, names: readonly string[], problems: Problem[]): string | undefined {
  if (isGiven(v.profiles) && names.length === 0) {
    problems.push({ at: ['profiles'], message: 'must have one profile at least' });
    return undefined;
  }
  const { default: typed = names.length === 1 ? names[0] : undefined } = v;
  if (typed === undefined && names.length > 1) {
    problems.push({ at: ['default'], message: `is missing; it must be the profile to take: ${names.join(', ')}` });
  }
  if (typeof typed !== 'string' || names.includes(typed)) return typeof typed === 'string' ? typed : undefined;
  if (namePattern.test(typed) && names.length > 0) {
    const near = nearestName(typed, names);
    const instead = near ? `; did you mean ${near}?` : `; there is ${names.join(', ')}`;
    problems.push({ at: ['default'], message: `is not a profile of this file${instead}` });
  }
  return undefined;
}

function readLayout(name: string, value: unknown): Section<LayoutConfig> {
  const at = ['layouts', name];
  if (wordOf(name)) {
    return { problems: [{ at, message: "is one of Agora's own layouts; give it another name" }], secrets: [] };
  }
  const parsed = layoutConfig.safeParse(value);
  if (parsed.success) return { value: parsed.data, problems: [], secrets: [] };
  return { problems: problemsOf(parsed.error).map((p) => ({ ...p, at: [...at, ...p.at] })), secrets: [] };
}

const textsOf = (v: unknown): string[] => (Array.isArray(v) ? v.filter((item) => typeof item === 'string') : []);
const defaultOf = <T>(all: ReadonlyMap<string, T> | undefined) =>
  [...(all ?? [])].filter(([name]) => name === 'default');

/** A key with nothing after it says nothing; but of who is allowed something that cannot be told from a mistake. */
function withoutNulls(v: unknown): unknown {
  if (Array.isArray(v)) return v.map(withoutNulls);
  if (!isGiven(v)) return v ?? undefined;
  return Object.fromEntries(
    Object.entries(v)
      .filter(([name, item]) => item !== null || name === allowField)
      .map(([name, item]) => [name, item === null ? null : withoutNulls(item)]),
  );
}
