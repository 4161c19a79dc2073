/** Where Agora writes the files: start.clientRequest.storageConfig (Agora docs, rest-api/start). */
export interface StorageConfig {
  vendor: number;
  region: number;
  bucket: string;
  accessKey: string;
  secretKey: string;
  fileNamePrefix?: string[] | undefined;
  /** Vendor 11 only: a bare host. */
  endpoint?: string | undefined;
}

/** The body of acquire. */
export function acquireBody(r: { channelName: string; uid: string; hours: number }): object {
  return { cname: r.channelName, uid: r.uid, clientRequest: { scene: 0, resourceExpiredHour: r.hours } };
}

/**
 * The body of start for a composite recording: everybody's audio and video in one 720p picture, as HLS. The same arguments give the same
 * body, so that a repeated start is a repeated start.
 */
export function startBody(r: {
  channelName: string;
  uid: string;
  token: string | undefined;
  storage: StorageConfig;
  maxIdleTimeSeconds: number;
  channelType: 0 | 1;
}): object {
  const { storage } = r;
  return {
    cname: r.channelName,
    uid: r.uid,
    clientRequest: {
      ...(r.token === undefined ? {} : { token: r.token }),
      recordingConfig: {
        channelType: r.channelType,
        streamTypes: 2,
        maxIdleTime: r.maxIdleTimeSeconds,
        // 1280x720 at 15 fps with the bitrate that Agora recommends for it; best fit shows everybody.
        transcodingConfig: { width: 1280, height: 720, fps: 15, bitrate: 1130, mixedVideoLayout: 1 },
        // Agora leaves the comma of #EXTINF out unless told; strict players want it (RFC 8216, 4.3.2.1).
        privateParams: '{"correctEXTINF":true}',
      },
      recordingFileConfig: { avFileType: ['hls'] },
      storageConfig: {
        vendor: storage.vendor,
        region: storage.region,
        bucket: storage.bucket,
        accessKey: storage.accessKey,
        secretKey: storage.secretKey,
        ...(storage.fileNamePrefix && storage.fileNamePrefix.length > 0
          ? { fileNamePrefix: storage.fileNamePrefix }
          : {}),
        ...(storage.endpoint ? { extensionParams: { endpoint: storage.endpoint } } : {}),
      },
    },
  };
}

/** The body of a kicking rule for one uid in one channel, for a minute. Without both it would hit a whole channel or App ID. */
export function removeBody(r: { appId: string; channelName: string; uid: string }): object | undefined {
  const uid = Number(r.uid);
  if (r.channelName === '' || !Number.isInteger(uid) || uid < 1) return undefined;
  return { appid: r.appId, cname: r.channelName, uid, ip: '', time_in_seconds: 60, privileges: ['join_channel'] };
}
