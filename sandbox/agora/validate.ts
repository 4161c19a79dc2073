import { anyObject, bool, type Check, filled, int, listOf, matching, oneOf, shape, text } from './check.ts';
import { layout, recordingConfig } from './recording-config.ts';
import { storageConfig } from './storage-config.ts';

/*
 * Agora's checks of request bodies: names, types and ranges, and nothing that is not known (Agora docs, rest-api). Each is called with the
 * body and an empty path, and answers the reason of code 2, or undefined when all is well.
 */

/** A whole number from 1 to 2^32 - 1 in a string. */
const uid: Check = (v, path) =>
  matching(/^[1-9]\d{0,9}$/)(v, path) ?? (Number(v) <= 4_294_967_295 ? undefined : `invalid ${path} value!`);

const recordingFileConfig = shape({ avFileType: listOf(oneOf('hls', 'mp4'), 2) }, ['avFileType'], (v, path) => {
  const types = v.avFileType;
  if (!Array.isArray(types) || !types.includes('hls') || new Set(types).size !== types.length)
    return `invalid ${path}.avFileType value!`;
  // Agora would make an mp4 as well; better to say no than to promise a file that never comes.
  return types.includes('mp4') ? `the sandbox makes no mp4: ${path}.avFileType must be ["hls"]` : undefined;
});

const startRequest = shape({ token: text, storageConfig, recordingConfig, recordingFileConfig }, ['storageConfig']);

const identified = (clientRequest: Check): Check =>
  shape({ cname: filled, uid, clientRequest }, ['cname', 'uid', 'clientRequest']);

export const acquireBody: Check = identified(
  shape(
    {
      scene: oneOf(0, 1, 2),
      resourceExpiredHour: int(1, 720),
      // A wrong one does not fail acquire, it makes start fail.
      startParameter: anyObject,
      excludeResourceIds: listOf(filled, 100),
      regionAffinity: int(0, 4),
      region: oneOf('CN', 'AP', 'EU', 'NA'),
    },
    [],
  ),
);

export const startBody: Check = identified(startRequest);

export const stopBody: Check = identified(shape({ async_stop: bool }, []));

export const updateBody: Check = identified(
  shape(
    {
      streamSubscribe: shape(
        {
          audioUidList: uidLists('subscribeAudioUids', 'unSubscribeAudioUids'),
          videoUidList: uidLists('subscribeVideoUids', 'unSubscribeVideoUids'),
        },
        [],
      ),
      storageConfig,
    },
    [],
  ),
);

export const updateLayoutBody: Check = identified(layout);

/** A kicking rule (Agora docs, channel management). A blank cname or ip counts as not given. */
export const kickBody: Check = shape(
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

/** Agora's characters for channel names, at most 64 bytes. */
export function isChannelName(name: string): boolean {
  return /^[a-zA-Z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,]{1,64}$/.test(name);
}

function uidLists(wanted: string, unwanted: string): Check {
  const uids = listOf(filled, 32);
  return shape({ [wanted]: uids, [unwanted]: uids }, [], (v, path) =>
    v[wanted] !== undefined && v[unwanted] !== undefined ? `${path}: its lists exclude each other` : undefined,
  );
}
