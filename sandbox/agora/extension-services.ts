import { bool, type Check, fieldsOf, int, isObject, listOf, matching, oneOf, shape } from './check.ts';

const address = matching(/^https?:\/\/[^\s/]+\S*$/);

/** One address that the page is sent to live. */
export const rtmpOutputs: Check = (v, path) => {
  const problem = listOf(shape({ rtmpUrl: matching(/^rtmps?:\/\/[^\s/]+\S*$/) }, ['rtmpUrl']), 1)(v, path);
  return problem ?? (Array.isArray(v) && v.length === 1 ? undefined : `${path} must have one item`);
};

const webRecorder = shape(
  {
    url: address,
    audioProfile: oneOf(0, 1, 2),
    videoWidth: int(240, 1_920),
    videoHeight: int(240, 1_920),
    maxRecordingHour: int(1, 720),
    videoBitrate: int(1, 100_000),
    videoFps: int(5, 60),
    mobile: bool,
    maxVideoDuration: int(30, 240),
    onhold: bool,
    readyTimeout: int(0, 60),
  },
  ['url', 'audioProfile', 'videoWidth', 'videoHeight', 'maxRecordingHour'],
  (v, path) =>
    Number(v.videoWidth) * Number(v.videoHeight) > 1920 * 1080 ? `${path} is larger than 1920x1080` : undefined,
);

const service = (name: string, policy: string, serviceParam: Check): Check =>
  shape({ serviceName: oneOf(name), errorHandlePolicy: oneOf(policy), serviceParam }, ['serviceName', 'serviceParam']);

const services: Readonly<Record<string, Check>> = {
  web_recorder_service: service('web_recorder_service', 'error_abort', webRecorder),
  rtmp_publish_service: service('rtmp_publish_service', 'error_ignore', shape({ outputs: rtmpOutputs }, ['outputs'])),
};

const oneService: Check = (v, path) => {
  if (!isObject(v)) return `${path} must be object`;
  if (v.serviceName === undefined) return `missing ${path}.serviceName!`;
  const name = String(v.serviceName);
  const check = Object.hasOwn(services, name) ? services[name] : undefined;
  return check ? check(v, path) : `invalid ${path}.serviceName value!`;
};

/** start.clientRequest.extensionServiceConfig: the page's recorder, and with it perhaps a live push (Agora docs, rest-api/start). */
export const extensionServiceConfig: Check = shape(
  { errorHandlePolicy: oneOf('error_abort'), extensionServices: listOf(oneService, 2) },
  ['extensionServices'],
  (v, path) => {
    const names = Array.isArray(v.extensionServices) ? v.extensionServices.map((s) => fieldsOf(s).serviceName) : [];
    if (new Set(names).size !== names.length) return `${path}.extensionServices names a service twice`;
    return names.includes('web_recorder_service') ? undefined : `${path}.extensionServices needs web_recorder_service`;
  },
);
