import { type Check, type Fields, filled, int, listOf, matching, oneOf, shape } from './check.ts';

const share: Check = (v, path) => (typeof v === 'number' && v >= 0 && v <= 1 ? undefined : `invalid ${path} value!`);
const webAddress = matching(/^https?:\/\/\S+$/);
const windowUid = matching(/^\d{1,10}$/);

const layoutItem = shape(
  { uid: windowUid, x_axis: share, y_axis: share, width: share, height: share, alpha: share, render_mode: oneOf(0, 1) },
  ['x_axis', 'y_axis', 'width', 'height'],
  (v, path) =>
    // Six decimals count; what is beyond them comes from adding.
    Number(v.x_axis) + Number(v.width) > 1.000_000_5 || Number(v.y_axis) + Number(v.height) > 1.000_000_5
      ? `${path} leaves the canvas`
      : undefined,
);

/** What start's transcodingConfig and updateLayout have in common. */
const layoutFields: Record<string, Check> = {
  mixedVideoLayout: oneOf(0, 1, 2, 3),
  maxResolutionUid: windowUid,
  backgroundColor: matching(/^#[0-9a-fA-F]{6}$/),
  backgroundImage: webAddress,
  defaultUserBackgroundImage: webAddress,
  layoutConfig: listOf(layoutItem, 17),
  backgroundConfig: listOf(
    shape({ uid: filled, image_url: webAddress, render_mode: oneOf(0, 1) }, ['uid', 'image_url']),
    17,
  ),
};

function layoutProblem(v: Fields, path: string): string | undefined {
  return v.layoutConfig !== undefined && v.mixedVideoLayout !== 3
    ? `${path}.layoutConfig needs mixedVideoLayout 3`
    : undefined;
}

/** updateLayout.clientRequest: the whole new layout, because what is left out goes back to its default. */
export const layout: Check = shape(layoutFields, [], layoutProblem);

/** The layout that is in force when nothing is said (Agora docs, rest-api/update-layout). */
export const layoutDefaults = { mixedVideoLayout: 0, backgroundColor: '#000000' };

/** The layout in what start or updateLayout say, with the defaults where they say nothing. */
export function layoutIn(said: Fields): Fields {
  const fields = Object.entries(said).filter(([name]) => Object.hasOwn(layoutFields, name));
  return { ...layoutDefaults, ...Object.fromEntries(fields) };
}

/** recordingConfig.transcodingConfig (Agora docs, rest-api/start). A frame rate that Agora does not know is no mistake: it falls back to 15. */
export const transcodingConfig: Check = shape(
  { ...layoutFields, width: int(1, 1920), height: int(1, 1920), fps: int(1, 60), bitrate: int(1, 6500) },
  [],
  (v, path) => {
    const { width = 360, height = 640 } = v;
    if (Number(width) * Number(height) > 1920 * 1080) return `${path} is larger than 1920x1080`;
    return layoutProblem(v, path);
  },
);
