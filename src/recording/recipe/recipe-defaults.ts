import { recorderService, servicesOf } from './extension-service-config.ts';
import { type Given, given, isGiven } from './fields.ts';
import type { Recipe } from './recipe.ts';
import { largestGroup } from './recording-config.ts';

/** What a recipe leaves to others. */
export interface RecipeLimits {
  /** How long a recorder stays in an empty channel. Milliseconds. */
  maxIdleTime: number;
  /** Longest length of the recording. Milliseconds. */
  maxDuration: number;
}

/** Agora leaves the comma of #EXTINF out unless told; strict players want it (RFC 8216, 4.3.2.1). */
const privateParams = '{"correctEXTINF":true}';

/**
 * A recipe with what it does not say: what a recording needs, and what is sensible where Agora's own default is not (its picture is 360x640, and a
 * recorder leaves after 30 s). What is given stays, right or wrong; fields of the four that are empty count as not given.
 */
export function withDefaults(recipe: Recipe, limits: RecipeLimits): Recipe {
  const { recordingConfig, recordingFileConfig, snapshotConfig, extensionServiceConfig, ...rest } = recipe;
  const r: Recipe = {
    ...rest,
    ...filled({ recordingConfig, recordingFileConfig, snapshotConfig, extensionServiceConfig }),
  };
  const hls = { avFileType: ['hls'] };
  const inChannel = {
    channelType: 1,
    streamTypes: 2,
    maxIdleTime: Math.round(limits.maxIdleTime / 1000),
    privateParams,
  };
  switch (r.mode) {
    case 'mix':
      return {
        ...r,
        recordingConfig: withPicture(over(inChannel, r.recordingConfig)),
        recordingFileConfig: r.recordingFileConfig ?? hls,
      };
    case 'individual':
      return {
        ...r,
        recordingConfig: over(
          { ...inChannel, streamMode: 'standard', subscribeUidGroup: largestGroup },
          r.recordingConfig,
        ),
        // Snapshots without a recordingFileConfig: nothing else is recorded.
        ...(r.snapshotConfig
          ? { snapshotConfig: over({ captureInterval: 10, fileType: ['jpg'] }, r.snapshotConfig) }
          : { recordingFileConfig: r.recordingFileConfig ?? hls }),
      };
    case 'web':
      return {
        ...r,
        recordingFileConfig: r.recordingFileConfig ?? hls,
        extensionServiceConfig: withServices(r.extensionServiceConfig, limits),
      };
  }
}

/** What is given goes over the defaults; what is no set of fields stays as wrong as it is. */
function over(defaults: Given, own: Given | undefined): Given {
  return own === undefined || isGiven(own) ? { ...defaults, ...own } : own;
}

function filled(fields: Given): Pick<Recipe, 'recordingConfig'> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, v]) => v !== undefined && !(isGiven(v) && Object.keys(v).length === 0)),
  );
}

/** 1280x720 at 15 fps; best fit shows everybody. A recording of sound alone has no picture. */
function withPicture(config: Given): Given {
  if (!isGiven(config)) return config;
  if (config.transcodingConfig !== undefined && !isGiven(config.transcodingConfig)) return config;
  if (config.streamTypes === 0 && config.transcodingConfig === undefined) return config;
  const picture = { width: 1280, height: 720, fps: 15, mixedVideoLayout: 1, ...given(config.transcodingConfig) };
  const { width, height, fps } = picture;
  return { ...config, transcodingConfig: { bitrate: recommendedBitrate(width, height, fps), ...picture } };
}

/**
 * About what Agora recommends (Agora docs, recording video profile: 400 kbit/s for 640x360@15, 1130 for 1280x720@15, 1710 for 1280x720@30, 3150 for
 * 1920x1080@30): it grows slower than pixels and frames do. kbit/s.
 */
function recommendedBitrate(width: number, height: number, fps: number): number {
  const bitrate = 1130 * ((width * height) / (1280 * 720)) ** 0.75 * (fps / 15) ** 0.6;
  return Number.isFinite(bitrate) ? Math.min(Math.max(Math.round(bitrate / 10) * 10, 50), 6500) : 1130;
}

/** The page's recorder and, where there is one, the push; the recorder ends by itself when the recording may last no longer. */
function withServices(config: Given = {}, limits: RecipeLimits): Given {
  if (!isGiven(config)) return config;
  const recorder = {
    audioProfile: 0,
    videoWidth: 1280,
    videoHeight: 720,
    maxRecordingHour: Math.min(Math.max(Math.ceil(limits.maxDuration / 3_600_000), 1), 720),
  };
  const ownServices = config.extensionServices;
  if (ownServices !== undefined && !(Array.isArray(ownServices) && ownServices.every(isGiven))) return config;
  const services = servicesOf(config);
  const all = services.some((s) => s.serviceName === recorderService)
    ? services
    : [{ serviceName: recorderService }, ...services];
  return {
    errorHandlePolicy: 'error_abort',
    ...config,
    extensionServices: all.map((service: Given) => {
      const isRecorder = service.serviceName === recorderService;
      const { serviceParam } = service;
      return {
        errorHandlePolicy: isRecorder ? 'error_abort' : 'error_ignore',
        ...service,
        ...(isRecorder && (serviceParam === undefined || isGiven(serviceParam))
          ? { serviceParam: { ...recorder, ...serviceParam } }
          : {}),
      };
    }),
  };
}
