/**
 * Agora's checks of request bodies: names, types and ranges, and nothing that is not known (Agora docs, rest-api/acquire and start).
 * Each answers the reason of code 2, or undefined when all is well.
 */
type Check = (value: unknown, path: string) => string | undefined;

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v);

export const text: Check = (v, path) => (typeof v === 'string' ? undefined : `${path} must be string`);
const filled: Check = (v, path) =>
  typeof v === 'string' && v !== '' ? undefined : `${path} must be a non-empty string`;
const int =
  (low: number, high: number): Check =>
  (v, path) =>
    typeof v === 'number' && Number.isInteger(v) && v >= low && v <= high ? undefined : `invalid ${path} value!`;
const bool: Check = (v, path) => (typeof v === 'boolean' ? undefined : `${path} must be boolean`);
const oneOf =
  (...values: unknown[]): Check =>
  (v, path) =>
    values.includes(v) ? undefined : `invalid ${path} value!`;
const listOf =
  (item: Check, max: number): Check =>
  (v, path) => {
    if (!Array.isArray(v)) return `${path} must be array`;
    if (v.length > max) return `${path} has too many items`;
    for (const [i, one] of v.entries()) {
      const problem = item(one, `${path}[${i}]`);
      if (problem) return problem;
    }
    return undefined;
  };
const shape =
  (
    fields: Record<string, Check>,
    required: readonly string[],
    rule?: (v: Record<string, unknown>, path: string) => string | undefined,
  ): Check =>
  (v, path) => {
    if (!isObject(v)) return `${path} must be object`;
    for (const name of required) if (v[name] === undefined) return `missing ${path ? `${path}.` : ''}${name}!`;
    for (const [name, value] of Object.entries(v)) {
      const check = fields[name];
      if (!check) return `unknown parameter ${path ? `${path}.` : ''}${name}`;
      const problem = check(value, path ? `${path}.${name}` : name);
      if (problem) return problem;
    }
    return rule?.(v, path);
  };

const uid: Check = (v, path) =>
  typeof v === 'string' && /^[1-9]\d{0,9}$/.test(v) && Number(v) <= 4_294_967_295
    ? undefined
    : `invalid ${path} value!`;
const uids = listOf(filled, 32);
const colour: Check = (v, path) =>
  typeof v === 'string' && /^#[0-9a-fA-F]{6}$/.test(v) ? undefined : `invalid ${path} value!`;
const part: Check = (v, path) => (typeof v === 'number' && v >= 0 && v <= 1 ? undefined : `invalid ${path} value!`);

const layoutItem = shape(
  { uid: text, x_axis: part, y_axis: part, width: part, height: part, alpha: part, render_mode: oneOf(0, 1) },
  ['x_axis', 'y_axis', 'width', 'height'],
  (v, path) =>
    Number(v.x_axis) + Number(v.width) > 1 || Number(v.y_axis) + Number(v.height) > 1
      ? `${path} leaves the canvas`
      : undefined,
);

const transcodingConfig = shape(
  {
    width: int(1, 1920),
    height: int(1, 1920),
    fps: int(1, 60),
    bitrate: int(1, 6500),
    mixedVideoLayout: oneOf(0, 1, 2, 3),
    maxResolutionUid: text,
    backgroundColor: colour,
    backgroundImage: text,
    defaultUserBackgroundImage: text,
    layoutConfig: listOf(layoutItem, 17),
    backgroundConfig: listOf(shape({ uid: text, image_url: text, render_mode: oneOf(0, 1) }, ['uid', 'image_url']), 17),
  },
  [],
  (v, path) => {
    if (Number(v.width ?? 360) * Number(v.height ?? 640) > 1920 * 1080) return `${path} is larger than 1920x1080`;
    if (v.layoutConfig !== undefined && v.mixedVideoLayout !== 3)
      return `${path}.layoutConfig needs mixedVideoLayout 3`;
    return undefined;
  },
);

const recordingConfig = shape(
  {
    channelType: oneOf(0, 1),
    streamTypes: oneOf(0, 1, 2),
    decryptionMode: int(0, 8),
    secret: text,
    salt: text,
    audioProfile: oneOf(0, 1, 2),
    videoStreamType: oneOf(0, 1),
    maxIdleTime: int(5, 2_592_000),
    subscribeAudioUids: uids,
    unSubscribeAudioUids: uids,
    subscribeVideoUids: uids,
    unSubscribeVideoUids: uids,
    transcodingConfig,
    privateParams: text,
  },
  ['channelType'],
  (v, path) => {
    if (v.subscribeAudioUids && v.unSubscribeAudioUids) return `${path}: audio lists exclude each other`;
    if (v.subscribeVideoUids && v.unSubscribeVideoUids) return `${path}: video lists exclude each other`;
    if (Number(v.decryptionMode ?? 0) !== 0 && !v.secret) return `missing ${path}.secret!`;
    return undefined;
  },
);

const storageConfig = shape(
  {
    vendor: oneOf(1, 2, 3, 5, 6, 7, 8, 11),
    region: int(0, 28),
    bucket: filled,
    accessKey: filled,
    secretKey: filled,
    stsToken: text,
    stsExpiration: int(0, 2 ** 40),
    fileNamePrefix: listOf(
      (v, p) => (typeof v === 'string' && /^[a-zA-Z0-9]+$/.test(v) ? undefined : `invalid ${p} value!`),
      64,
    ),
    extensionParams: shape({ sse: oneOf('kms', 'aes256'), tag: text, endpoint: filled }, []),
  },
  ['vendor', 'region', 'bucket', 'accessKey', 'secretKey'],
  (v, path) => {
    const prefix = Array.isArray(v.fileNamePrefix) ? v.fileNamePrefix.join('/') : '';
    if (prefix.length > 128) return `${path}.fileNamePrefix is too long`;
    const extension = v.extensionParams;
    const endpoint = isObject(extension) ? extension.endpoint : undefined;
    if (v.vendor === 11 && endpoint === undefined) return `missing ${path}.extensionParams.endpoint!`;
    if (typeof endpoint === 'string' && !/^[a-z0-9.-]+$/i.test(endpoint))
      return `${path}.extensionParams.endpoint must be a bare domain`;
    return undefined;
  },
);

const startRequest = shape(
  {
    token: text,
    storageConfig,
    recordingConfig,
    recordingFileConfig: shape({ avFileType: listOf(oneOf('hls', 'mp4'), 2) }, ['avFileType'], (v, path) => {
      const kinds = v.avFileType;
      return Array.isArray(kinds) && kinds.includes('hls') ? undefined : `invalid ${path}.avFileType value!`;
    }),
  },
  ['storageConfig'],
);

export const acquireBody = shape(
  {
    cname: filled,
    uid,
    clientRequest: shape(
      {
        scene: oneOf(0, 1, 2),
        resourceExpiredHour: int(1, 720),
        startParameter: startRequest,
        excludeResourceIds: listOf(filled, 10),
        regionAffinity: int(0, 4),
        region: oneOf('CN', 'AP', 'EU', 'NA'),
      },
      [],
    ),
  },
  ['cname', 'uid', 'clientRequest'],
);
export const startBody = shape({ cname: filled, uid, clientRequest: startRequest }, ['cname', 'uid', 'clientRequest']);
export const stopBody = shape({ cname: filled, uid, clientRequest: shape({ async_stop: bool }, []) }, [
  'cname',
  'uid',
  'clientRequest',
]);
export const kickBody = shape(
  {
    appid: filled,
    cname: text,
    uid: int(1, 4_294_967_295),
    ip: text,
    time: int(0, 1_000_000),
    time_in_seconds: int(0, 1_000_000),
    privileges: listOf(oneOf('join_channel', 'publish_audio', 'publish_video'), 3),
  },
  ['appid', 'privileges'],
);

/** Agora's characters for channel names, less than 65 bytes. */
export function isChannelName(name: string): boolean {
  return /^[a-zA-Z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,]+$/.test(name) && Buffer.byteLength(name) <= 64;
}
