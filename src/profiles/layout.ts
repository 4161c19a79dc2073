import { given } from '../recording/recipe/fields.ts';
import type { LayoutConfig } from '../recording/recipe/layout-config.ts';
import type { Recipe } from '../recording/recipe/recipe.ts';
import type { MixedLayout } from '../recording/task-settings.ts';
import { unknownName } from './unknown-name.ts';

/** Agora's own layouts, as people type them (Agora docs, set video layout). */
export const layoutWords = { floating: 0, bestfit: 1, vertical: 2 } as const;

interface Picture {
  mixedVideoLayout: number;
  maxResolutionUid?: string;
  layoutConfig?: LayoutConfig;
}

/** The layout that a word or a name of the file means. `uid`: whose picture is the large one, for vertical. */
export function pictureOf(
  name: string,
  uid: string | undefined,
  layouts: ReadonlyMap<string, LayoutConfig>,
): { ok: true; picture: Picture } | { ok: false; problem: string } {
  const refuse = (problem: string) => ({ ok: false, problem }) as const;
  const word = wordOf(name);
  const windows = layouts.get(name);
  if (word !== 'vertical') {
    const picture = word
      ? { mixedVideoLayout: layoutWords[word] }
      : windows && { mixedVideoLayout: 3, layoutConfig: windows };
    if (!picture) return refuse(unknownName('layout', name, [...Object.keys(layoutWords), ...layouts.keys()]));
    if (uid !== undefined) return refuse(`Only the layout vertical takes a uid; leave it out with ${name}.`);
    return { ok: true, picture };
  }
  if (uid === undefined) return refuse('The layout vertical needs the uid of whoever gets the large picture.');
  if (!/^[1-9]\d{0,9}$/.test(uid) || Number(uid) > 4_294_967_295) {
    return refuse('The large picture of the layout vertical is that of a uid from 1 to 4294967295.');
  }
  return { ok: true, picture: { mixedVideoLayout: layoutWords.vertical, maxResolutionUid: uid } };
}

/** The word that a text is, in upper or lower case. */
export function wordOf(text: string): keyof typeof layoutWords | undefined {
  const lower = text.toLowerCase();
  return lower === 'floating' || lower === 'bestfit' || lower === 'vertical' ? lower : undefined;
}

/** Whether a recipe records sound alone, so that there is no picture to arrange (streamTypes 0; Agora docs, rest-api/start). */
export function isSoundAlone(recipe: Recipe): boolean {
  return recipe.recordingConfig?.streamTypes === 0;
}

/** A composite recipe with another layout; size and backgrounds stay. `name`: that of the file's layout, if it is one. */
export function withLayout(recipe: Recipe, picture: Picture, name: string | undefined): Recipe {
  const { layout: _, ...rest } = recipe;
  const { mixedVideoLayout: _l, maxResolutionUid: _u, layoutConfig: _c, ...kept } = transcodingOf(recipe);
  return {
    ...rest,
    recordingConfig: { ...recipe.recordingConfig, transcodingConfig: { ...kept, ...picture } },
    ...(name === undefined ? {} : { layout: name }),
  };
}

/**
 * The whole layout for updateLayout, from a word or a name of the file: what is left out goes back to Agora's default, so the backgrounds that the
 * recording began with are sent again.
 */
export function layoutChange(
  layouts: ReadonlyMap<string, LayoutConfig>,
  name: string,
  uid: string | undefined,
  recipe: Recipe,
): { ok: true; layout: MixedLayout } | { ok: false; problem: string } {
  if (isSoundAlone(recipe)) {
    return { ok: false, problem: 'This recording has sound alone, and no picture whose layout could be changed.' };
  }
  const chosen = pictureOf(name, uid, layouts);
  if (!chosen.ok) return chosen;
  const { backgroundColor, backgroundImage, defaultUserBackgroundImage, backgroundConfig } = transcodingOf(recipe);
  const given = { backgroundColor, backgroundImage, defaultUserBackgroundImage, backgroundConfig };
  const kept = Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined));
  return { ok: true, layout: { ...kept, ...chosen.picture } };
}

function transcodingOf(recipe: Recipe) {
  return given(recipe.recordingConfig?.transcodingConfig);
}
