import { type Complain, fields, type Given, integer, listOf, matching, oneOf, uid } from './fields.ts';
import { secretReference } from './secret-reference.ts';
import { transcodingConfig } from './transcoding-config.ts';

/** Agora's word for everybody, in a list of those who are recorded (Agora docs, rest-api/update). */
export const everybody = '#allstream#';
const wanted = listOf(uid(everybody), 32, 'uids').optional();
const unwanted = listOf(uid(), 32, 'uids').optional();

/** What both modes in a channel have. */
const both = {
  /** 0 communication, 1 live: that of the channel's clients. */
  channelType: oneOf(0, 1),
  /** 0 audio, 1 video, 2 both. */
  streamTypes: oneOf(0, 1, 2).optional(),
  decryptionMode: integer(0, 8).optional(),
  secret: secretReference.optional(),
  salt: secretReference.optional(),
  /** 0 the high stream, 1 the low one. */
  videoStreamType: oneOf(0, 1).optional(),
  maxIdleTime: integer(5, 2_592_000, 'seconds').optional(),
  subscribeAudioUids: wanted,
  unSubscribeAudioUids: unwanted,
  subscribeVideoUids: wanted,
  unSubscribeVideoUids: unwanted,
  privateParams: matching(/^/, jsonRule()).refine(isJsonObject, { error: jsonRule() }).optional(),
};

/** The names of those fields. */
export const channelFields: ReadonlySet<string> = new Set(Object.keys(both));

/** Of mode mix alone. */
const mixOnly = {
  /** 0 48 kHz mono, 1 the same at a higher bitrate, 2 stereo. */
  audioProfile: oneOf(0, 1, 2).optional(),
  transcodingConfig: transcodingConfig.optional(),
};

/**
 * subscribeUidGroup: how many people at most are recorded at once, by its number (Agora docs, rest-api/start). Only mode individual has it; how much is
 * billed goes by what is recorded, and not by this.
 */
export const peopleAtMost = [2, 7, 12, 17, 32, 49] as const;

/** The group that comes nearest to everybody. */
export const largestGroup = peopleAtMost.length - 1;

/** Of mode individual alone. */
const individualOnly = {
  streamMode: oneOf('default', 'standard', 'original').optional(),
  subscribeUidGroup: integer(0, largestGroup),
};

const saying = (names: object, message: string) => Object.fromEntries(Object.keys(names).map((n) => [n, message]));

/** start.clientRequest.recordingConfig of a composite recording (Agora docs, rest-api/start). */
export const mixRecordingConfig = fields(
  { ...both, ...mixOnly },
  { rules: rulesOfBoth, elsewhere: saying(individualOnly, 'is only for mode individual; leave it out') },
);

/** The same of an individual recording. */
export const individualRecordingConfig = fields(
  { ...both, ...individualOnly },
  {
    elsewhere: saying(mixOnly, 'is only for mode mix; leave it out'),
    rules(v, complain) {
      rulesOfBoth(v, complain);
      if (v.streamMode === 'original' && v.streamTypes !== 0) {
        complain(['streamMode'], 'must be default or standard unless streamTypes is 0');
      }
    },
  },
);

function rulesOfBoth(v: Given, complain: Complain): void {
  const { streamTypes = 2, decryptionMode: mode = 0 } = v;
  for (const [kind, without] of [
    ['Audio', 1],
    ['Video', 0],
  ] as const) {
    const lists = [`subscribe${kind}Uids`, `unSubscribe${kind}Uids`].filter((name) => v[name] !== undefined);
    if (lists[1] !== undefined) complain([lists[1]], `excludes ${lists[0]}; give one of the two`);
    if (streamTypes === without) {
      for (const name of lists) {
        complain([name], `must be left out with streamTypes ${without}, which records no ${kind.toLowerCase()}`);
      }
    }
  }
  if (mode !== 0 && v.secret === undefined) complain(['secret'], 'is missing; decryptionMode 1 to 8 needs it');
  if (mode === 0 && v.secret !== undefined) complain(['secret'], 'is only for decryptionMode 1 to 8; set that too');
  const salted = mode === 7 || mode === 8;
  if (salted && v.salt === undefined) complain(['salt'], 'is missing; decryptionMode 7 and 8 need 32 bytes in base64');
  if (!salted && v.salt !== undefined) complain(['salt'], 'is only for decryptionMode 7 and 8; leave it out');
}

/** What a salt has to be once its variable is read: 32 bytes in base64 (Agora docs, rest-api/start). */
export function saltProblem(salt: string): string | undefined {
  return /^[A-Za-z0-9+/]{43}=$/.test(salt) ? undefined : 'must be 32 bytes in base64: 44 characters that end with =';
}

function jsonRule(): string {
  return `must be a JSON object in a text, such as '{"correctEXTINF":true}'`;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
