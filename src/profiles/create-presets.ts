import type { Presets } from '../recording/presets.ts';
import { hideSecrets } from '../recording/recipe/hide-secrets.ts';
import type { Recipe } from '../recording/recipe/recipe.ts';
import { chooseRecipe } from './choose-recipe.ts';
import { layoutChange } from './layout.ts';
import type { Profiles } from './profiles.ts';
import { rtmpProblem } from './web-page-url.ts';

/** The profiles as the core and the commands need them: no secret comes out of here. */
export function createPresets(profiles: Profiles): Presets {
  return {
    default: profiles.default,
    names: profiles.names,
    allowOf: (name) => profiles.get(name)?.allow ?? [],
    choose(choice) {
      const chosen = chooseRecipe(profiles, choice);
      return chosen.ok ? { ok: true, preset: chosen.profile } : chosen;
    },
    layout(name, uid, recipe) {
      return layoutChange(profiles.layouts, name, uid, recipe);
    },
    rtmpProblem,
    preview: ({ recipe, channelName }) => hideSecrets(preview(profiles, recipe, channelName)),
  };
}

/** What acquire and start would be sent. uid and token are made when it is sent. */
function preview(profiles: Profiles, recipe: Recipe, channelName: string): object {
  const storage = profiles.storages.get(recipe.storage);
  const { recordingConfig, recordingFileConfig, snapshotConfig, extensionServiceConfig } = recipe;
  return {
    mode: recipe.mode,
    acquire: { cname: channelName, clientRequest: { scene: recipe.mode === 'web' ? 1 : 0 } },
    start: {
      cname: channelName,
      clientRequest: {
        recordingConfig,
        recordingFileConfig,
        snapshotConfig,
        extensionServiceConfig,
        storageConfig: storage && {
          vendor: storage.vendor,
          region: storage.region,
          bucket: storage.bucket,
          accessKey: storage.accessKey,
          secretKey: storage.secretKey,
          // Read when it is sent.
          ...(storage.credentials || storage.stsToken ? { stsToken: storage.stsToken ?? '' } : {}),
          fileNamePrefix: storage.prefix,
        },
      },
    },
  };
}
