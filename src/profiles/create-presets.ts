import type { Presets } from '../recording/presets.ts';
import { chooseRecipe } from './choose-recipe.ts';
import { layoutChange } from './layout.ts';
import type { Profiles } from './profiles.ts';
import { rtmpProblem } from './web-page-url.ts';

/** The profiles as the core and the commands need them: no secret comes out of here. */
export function createPresets(profiles: Profiles): Presets {
  return {
    default: profiles.default,
    names: profiles.names,
    allowOf: (name) => profiles.get(name)?.allow,
    choose(choice) {
      const chosen = chooseRecipe(profiles, choice);
      return chosen.ok ? { ok: true, preset: chosen.profile } : chosen;
    },
    layout(name, uid, recipe) {
      return layoutChange(profiles.layouts, name, uid, recipe);
    },
    rtmpProblem,
  };
}
