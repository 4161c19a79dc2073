import { type Check, type Fields, filled, int, isObject, listOf, matching, oneOf, shape, text } from './check.ts';

const uids = listOf(filled, 32);
const share: Check = (v, path) => (typeof v === 'number' && v >= 0 && v <= 1 ? undefined : `invalid ${path} value!`);
const webAddress = matching(/^https?:\/\/\S+$/);

const layoutItem = shape(
  { uid: text, x_axis: share, y_axis: share, width: share, height: share, alpha: share, render_mode: oneOf(0, 1) },
  ['x_axis', 'y_axis', 'width', 'height'],
  (v, path) =>
    Number(v.x_axis) + Number(v.width) > 1 || Number(v.y_axis) + Number(v.height) > 1
      ? `${path} leaves the canvas`
      : undefined,
);

/** What start's transcodingConfig and updateLayout have in common. */
const layoutFields: Record<string, Check> = {
  mixedVideoLayout: oneOf(0, 1, 2, 3),
  maxResolutionUid: text,
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

const transcodingConfig = shape(
  { ...layoutFields, width: int(1, 1920), height: int(1, 1920), fps: int(1, 60), bitrate: int(1, 6500) },
  [],
  (v, path) => {
    const { width = 360, height = 640 } = v;
    if (Number(width) * Number(height) > 1920 * 1080) return `${path} is larger than 1920x1080`;
    return layoutProblem(v, path);
  },
);

function subscriptionProblem(v: Fields, path: string): string | undefined {
  const audio = v.subscribeAudioUids !== undefined || v.unSubscribeAudioUids !== undefined;
  const video = v.subscribeVideoUids !== undefined || v.unSubscribeVideoUids !== undefined;
  if (v.subscribeAudioUids !== undefined && v.unSubscribeAudioUids !== undefined)
    return `${path}: audio lists exclude each other`;
  if (v.subscribeVideoUids !== undefined && v.unSubscribeVideoUids !== undefined)
    return `${path}: video lists exclude each other`;
  if (audio && v.streamTypes === 1) return `${path}: streamTypes 1 has no audio to subscribe`;
  if (video && v.streamTypes === 0) return `${path}: streamTypes 0 has no video to subscribe`;
  return undefined;
}

function decryptionProblem(v: Fields, path: string): string | undefined {
  const mode = Number(v.decryptionMode ?? 0);
  if (mode !== 0 && !v.secret) return `missing ${path}.secret!`;
  const saltBytes = typeof v.salt === 'string' ? Buffer.from(v.salt, 'base64').length : 0;
  if ((mode === 7 || mode === 8) && saltBytes !== 32) return `invalid ${path}.salt value!`;
  return undefined;
}

/** A string of JSON, as Agora wants private parameters. */
const jsonText: Check = (v, path) => {
  if (typeof v !== 'string') return `${path} must be string`;
  try {
    return isObject(JSON.parse(v)) ? undefined : `${path} must be a JSON object in a string`;
  } catch {
    return `${path} must be a JSON object in a string`;
  }
};

/** start.clientRequest.recordingConfig for composite recording; the fields of other modes are unknown here. */
export const recordingConfig: Check = shape(
  {
    channelType: oneOf(0, 1),
    streamTypes: oneOf(0, 1, 2),
    decryptionMode: int(0, 8),
    secret: filled,
    salt: filled,
    audioProfile: oneOf(0, 1, 2),
    videoStreamType: oneOf(0, 1),
    maxIdleTime: int(5, 2_592_000),
    subscribeAudioUids: uids,
    unSubscribeAudioUids: uids,
    subscribeVideoUids: uids,
    unSubscribeVideoUids: uids,
    transcodingConfig,
    privateParams: jsonText,
  },
  ['channelType'],
  (v, path) => subscriptionProblem(v, path) ?? decryptionProblem(v, path),
);
