import type { Recipe } from './recipe/recipe.ts';
import type { MixedLayout } from './task-settings.ts';

/** What a profile gives a recording. Durations in milliseconds. */
export interface Preset {
  recipe: Recipe;
  defaultDuration: number;
  maxDuration: number;
  alertChannel?: string;
  /** Users, user groups and Slack channels that may act; empty: RECORD_ALLOWED decides. */
  allow: readonly string[];
  /** New recordings after a confirmed loss. */
  replace: number;
  redundant: boolean;
}

/** What a person chose over a profile. */
export interface Choice {
  profile?: string;
  mode?: string;
  layout?: string;
  /** Address of a web page. */
  web?: string;
  /** Seconds between snapshots. */
  every?: number;
  /** Snapshots without a recording. */
  snapshotOnly?: boolean;
  redundant?: boolean;
}

/** The profiles that the operator has set up, as the core and the commands need them. Problems are one sentence each. */
export interface Presets {
  /** Name of the profile that is taken when nobody says. */
  default: string;
  names: readonly string[];
  /** Who may act on recordings of this profile; empty: RECORD_ALLOWED decides. Undefined: there is no such profile, or no longer. */
  allowOf(profile: string): readonly string[] | undefined;
  choose(choice: Choice): { ok: true; preset: Preset } | { ok: false; problem: string };
  /** The whole layout that a word or a name of the file means for this recording, for updateLayout. */
  layout(
    name: string,
    uid: string | undefined,
    recipe: Recipe,
  ): { ok: true; layout: MixedLayout } | { ok: false; problem: string };
  /** Why this RTMP address is not pushed to; undefined when it may be. */
  rtmpProblem(url: string): string | undefined;
}
