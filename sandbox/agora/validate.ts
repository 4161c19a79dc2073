import { anyObject, bool, type Check, filled, int, listOf, matching, oneOf, shape, text } from './check.ts';
import { extensionServiceConfig, rtmpOutputs } from './extension-services.ts';
import { recordingFileConfig, snapshotConfig, snapshotProblem } from './file-config.ts';
import { audioLists, individualConfig, mixConfig, videoLists } from './recording-config.ts';
import { storageConfig } from './storage-config.ts';
import { layout } from './transcoding-config.ts';
import { uid } from './uid.ts';

/*
 * Agora's checks of request bodies: names, types and ranges, and nothing that is not known (Agora docs, rest-api). Each is called with the
 * body and an empty path, and answers the reason of code 2, or undefined when all is well.
 */

export type Mode = 'mix' | 'individual' | 'web';

export const isMode = (v: string): v is Mode => v === 'mix' || v === 'individual' || v === 'web';

const identified = (clientRequest: Check): Check =>
  shape({ cname: filled, uid, clientRequest }, ['cname', 'uid', 'clientRequest']);

export const acquireBody: Check = identified(
  shape(
    {
      // 2 was postponed transcoding, which is gone.
      scene: oneOf(0, 1),
      resourceExpiredHour: int(1, 720),
      // A wrong one does not fail acquire, it makes start fail.
      startParameter: anyObject,
      excludeResourceIds: listOf(matching(/^[A-Za-z0-9_-]+$/), 100),
      regionAffinity: int(0, 4),
      region: oneOf('CN', 'AP', 'EU', 'NA'),
    },
    [],
  ),
);

/** start's body. What belongs to another mode is unknown. */
export const startBody: Readonly<Record<Mode, Check>> = {
  mix: identified(
    shape({ token: text, storageConfig, recordingConfig: mixConfig, recordingFileConfig: recordingFileConfig(true) }, [
      'storageConfig',
    ]),
  ),
  individual: identified(
    shape(
      {
        token: text,
        storageConfig,
        recordingConfig: individualConfig,
        recordingFileConfig: recordingFileConfig(false),
        snapshotConfig,
      },
      ['storageConfig', 'recordingConfig'],
      snapshotProblem,
    ),
  ),
  web: identified(
    shape({ storageConfig, recordingFileConfig: recordingFileConfig(true), extensionServiceConfig }, [
      'storageConfig',
      'extensionServiceConfig',
    ]),
  ),
};

export const stopBody: Check = identified(shape({ async_stop: bool }, []));

const streamSubscribe = shape({ audioUidList: oneList(audioLists), videoUidList: oneList(videoLists) }, []);
const inChannel = identified(shape({ streamSubscribe, storageConfig }, []));

/** update's body: who is subscribed to in a channel; pause and live push of a page; keys of the bucket in any mode. */
export const updateBody: Readonly<Record<Mode, Check>> = {
  mix: inChannel,
  individual: inChannel,
  web: identified(
    shape(
      {
        webRecordingConfig: shape({ onhold: bool }, ['onhold']),
        rtmpPublishConfig: shape({ outputs: rtmpOutputs }, ['outputs']),
        storageConfig,
      },
      [],
    ),
  ),
};

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

/** Agora's characters for channel names; at most 64 bytes, or 128 where the name is only a label: in web mode (scene 1). */
export function isChannelName(name: string, longest: 64 | 128): boolean {
  return name.length <= longest && /^[a-zA-Z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,]+$/.test(name);
}

function oneList(lists: Record<string, Check>): Check {
  return shape(lists, [], (v, path) =>
    Object.keys(v).length > 1 ? `${path}: its lists exclude each other` : undefined,
  );
}
