import type { Recipe } from '../recording/recipe/recipe.ts';

/** Where Agora writes the files: start.clientRequest.storageConfig (Agora docs, rest-api/start). */
export interface StorageConfig {
  vendor: number;
  region: number;
  bucket: string;
  accessKey: string;
  secretKey: string;
  fileNamePrefix?: string[] | undefined;
  /** Temporary credentials, vendors 1, 2 and 3 only; `stsExpiration` in seconds since the epoch. */
  stsToken?: string | undefined;
  stsExpiration?: number | undefined;
  /** `sse` and `tag` (the same page). */
  extensionParams?: Record<string, unknown> | undefined;
  /** Vendor 11 only: a bare host. */
  endpoint?: string | undefined;
}

/** The body of acquire. Scene 1 is the recording of a web page, 0 all others (Agora docs, rest-api/acquire). */
export function acquireBody(r: {
  recipe: Recipe;
  channelName: string;
  uid: string;
  hours: number;
  excludeResourceIds?: readonly string[] | undefined;
}): object {
  const { excludeResourceIds: exclude } = r;
  return {
    cname: r.channelName,
    uid: r.uid,
    clientRequest: {
      scene: r.recipe.mode === 'web' ? 1 : 0,
      resourceExpiredHour: r.hours,
      ...(exclude && exclude.length > 0 ? { excludeResourceIds: exclude } : {}),
    },
  };
}

/** The body of start. The same arguments give the same body, so that a repeated start is a repeated start. */
export function startBody(r: {
  recipe: Recipe;
  channelName: string;
  uid: string;
  token: string | undefined;
  storage: StorageConfig;
}): object {
  const { recordingConfig, recordingFileConfig, snapshotConfig, extensionServiceConfig } = r.recipe;
  return {
    cname: r.channelName,
    uid: r.uid,
    clientRequest: {
      ...(r.token === undefined ? {} : { token: r.token }),
      ...(recordingConfig ? { recordingConfig } : {}),
      ...(recordingFileConfig ? { recordingFileConfig } : {}),
      ...(snapshotConfig ? { snapshotConfig } : {}),
      ...(extensionServiceConfig ? { extensionServiceConfig } : {}),
      storageConfig: storageBody(r.storage),
    },
  };
}

/** start.clientRequest.storageConfig, and that of update when temporary credentials are sent anew. */
export function storageBody(s: StorageConfig): object {
  return {
    vendor: s.vendor,
    region: s.region,
    bucket: s.bucket,
    accessKey: s.accessKey,
    secretKey: s.secretKey,
    ...(s.stsToken ? { stsToken: s.stsToken } : {}),
    ...(s.stsExpiration ? { stsExpiration: s.stsExpiration } : {}),
    ...(s.fileNamePrefix && s.fileNamePrefix.length > 0 ? { fileNamePrefix: s.fileNamePrefix } : {}),
    ...(s.endpoint || s.extensionParams
      ? { extensionParams: { ...s.extensionParams, ...(s.endpoint ? { endpoint: s.endpoint } : {}) } }
      : {}),
  };
}

/** The body of a kicking rule for one uid in one channel, for a minute. Without both it would hit a whole channel or App ID. */
export function removeBody(r: { appId: string; channelName: string; uid: string }): object | undefined {
  const uid = Number(r.uid);
  if (r.channelName === '' || !Number.isInteger(uid) || uid < 1) return undefined;
  return { appid: r.appId, cname: r.channelName, uid, ip: '', time_in_seconds: 60, privileges: ['join_channel'] };
}
