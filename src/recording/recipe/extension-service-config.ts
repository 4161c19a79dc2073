import { z } from 'zod';
import { bool, fields, type Given, given, integer, listOf, matching, mustBe, oneOf } from './fields.ts';
import { secretReference } from './secret-reference.ts';
import { maxPixels } from './transcoding-config.ts';

export const recorderService = 'web_recorder_service';
export const pushService = 'rtmp_publish_service';

/** serviceParam of the page's recorder. Which addresses may be opened is said by profiles/web-page-url.ts. */
const recorderParam = fields(
  {
    url: matching(/^https:\/\/[^\s/?#]+\S*$/i, 'must be an https address').max(1024, {
      error: 'must be an address of at most 1024 characters',
    }),
    /** 0 48 kHz mono, 1 the same at a higher bitrate, 2 stereo. */
    audioProfile: oneOf(0, 1, 2),
    videoWidth: integer(240, 1920, 'pixels'),
    videoHeight: integer(240, 1920, 'pixels'),
    /** The recorder ends by itself after this, so it also bounds the bill. */
    maxRecordingHour: integer(1, 720, 'hours'),
    videoBitrate: integer(1, 100_000, 'kbit/s').optional(),
    videoFps: integer(5, 60).optional(),
    mobile: bool().optional(),
    /** Of one MP4 file. */
    maxVideoDuration: integer(30, 240, 'minutes').optional(),
    onhold: bool().optional(),
    readyTimeout: integer(0, 60, 'seconds').optional(),
  },
  {
    rules(v, complain) {
      if (Number(v.videoWidth) * Number(v.videoHeight) > maxPixels) {
        complain(['videoWidth'], 'times videoHeight must be at most 2073600 pixels (1920x1080)');
      }
    },
  },
);

/** One RTMP address; it has the stream's key in it, so it is a secret. */
const outputs = z.tuple([fields({ rtmpUrl: secretReference })], {
  error: mustBe('must be a list of one output with an rtmpUrl'),
});

const service = z.discriminatedUnion(
  'serviceName',
  [
    fields({
      serviceName: oneOf(recorderService),
      errorHandlePolicy: oneOf('error_abort').optional(),
      serviceParam: recorderParam,
    }),
    fields({
      serviceName: oneOf(pushService),
      errorHandlePolicy: oneOf('error_ignore').optional(),
      serviceParam: fields({ outputs }),
    }),
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? `must be ${recorderService} or ${pushService}`
        : `must be a service with a serviceName`,
  },
);

/** start.clientRequest.extensionServiceConfig, for web page recordings (Agora docs, rest-api/start). */
export const extensionServiceConfig = fields(
  {
    errorHandlePolicy: oneOf('error_abort').optional(),
    extensionServices: listOf(service, 2, 'services'),
  },
  {
    rules(v, complain) {
      const names = servicesOf(v).map((s) => s.serviceName);
      if (names.length > 0 && names.every((name) => name === pushService)) {
        complain(['extensionServices'], `must have one ${recorderService}`);
      }
      if (new Set(names).size < names.length) complain(['extensionServices'], 'must have each service once at most');
    },
  },
);

/** The services of an extensionServiceConfig that may be anything. */
export function servicesOf(config: unknown): Given[] {
  const { extensionServices: services } = given(config);
  return Array.isArray(services) ? services.map(given) : [];
}
