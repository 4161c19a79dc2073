import { type Check, type Fields, fieldsOf, int, listOf, oneOf, shape } from './check.ts';

/** recordingFileConfig: HLS always, MP4 beside it where the mode can (Agora docs, rest-api/start). */
export function recordingFileConfig(canMp4: boolean): Check {
  const kinds = canMp4 ? ['hls', 'mp4'] : ['hls'];
  return shape({ avFileType: listOf(oneOf(...kinds), 2) }, ['avFileType'], (v, path) => {
    const types = v.avFileType;
    return Array.isArray(types) && types.includes('hls') && new Set(types).size === types.length
      ? undefined
      : `invalid ${path}.avFileType value!`;
  });
}

/** snapshotConfig. The reference says 5 to 3600 seconds; some pages say 1, which is not relied on. */
export const snapshotConfig: Check = shape(
  { captureInterval: int(5, 3_600), fileType: listOf(oneOf('jpg'), 1) },
  ['fileType'],
  (v, path) => (Array.isArray(v.fileType) && v.fileType.length === 1 ? undefined : `invalid ${path}.fileType value!`),
);

/** What snapshots ask of the rest of an individual recording (Agora docs, take snapshots). */
export function snapshotProblem(clientRequest: Fields, path: string): string | undefined {
  if (clientRequest.snapshotConfig === undefined) return undefined;
  const config = fieldsOf(clientRequest.recordingConfig);
  if (config.streamTypes === 0) return `${path}.snapshotConfig needs streamTypes 1 or 2`;
  if (config.subscribeAudioUids !== undefined && config.subscribeVideoUids === undefined)
    return `${path}.snapshotConfig needs subscribeVideoUids beside subscribeAudioUids`;
  return undefined;
}
