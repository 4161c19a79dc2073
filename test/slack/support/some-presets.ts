import { defaultRecipe } from '../../../src/recording/create-session.ts';
import type { Presets } from '../../../src/recording/presets.ts';
import { minutes } from './sessions.ts';

/** The built-in profile, and what is left of one that is for Ben alone, with durations as in the tests. */
export const somePresets: Presets = {
  default: 'default',
  names: ['default'],
  allowOf: (profile) => ({ default: [], board: ['U0BEN'] })[profile],
  choose(choice) {
    if (choice.profile && choice.profile !== 'default')
      return { ok: false, problem: `There is no profile "${choice.profile}".` };
    const service = { serviceName: 'web_recorder_service', serviceParam: { url: choice.web } };
    const page = { mode: 'web' as const, extensionServiceConfig: { extensionServices: [service] } };
    const recipe = { ...defaultRecipe, ...(choice.web ? page : {}) };
    const preset = {
      recipe,
      defaultDuration: minutes(120),
      maxDuration: minutes(480),
      allow: [],
      replace: 0,
      redundant: choice.redundant ?? false,
    };
    return { ok: true, preset };
  },
  layout: (name) =>
    name === 'bestfit'
      ? { ok: true, layout: { mixedVideoLayout: 1 } }
      : { ok: false, problem: `There is no layout "${name}"; type floating, bestfit or vertical.` },
  rtmpProblem: (url) => (url.startsWith('rtmp://') ? undefined : 'Type an rtmp:// or rtmps:// address.'),
};
