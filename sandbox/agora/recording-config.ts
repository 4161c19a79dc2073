import { type Check, type Fields, filled, int, isObject, listOf, oneOf, shape } from './check.ts';
import { transcodingConfig } from './transcoding-config.ts';
import { uid } from './uid.ts';

/** Everybody, in a list of those who are subscribed to. */
const everybody = oneOf('#allstream#');
const wanted = listOf((v, path) => (everybody(v, path) === undefined ? undefined : uid(v, path)), 32);
const unwanted = listOf(uid, 32);

/** The four lists of a subscription, as start and update name them. */
export const audioLists: Record<string, Check> = { subscribeAudioUids: wanted, unSubscribeAudioUids: unwanted };
export const videoLists: Record<string, Check> = { subscribeVideoUids: wanted, unSubscribeVideoUids: unwanted };

function subscriptionProblem(v: Fields, path: string): string | undefined {
  const audio = v.subscribeAudioUids !== undefined || v.unSubscribeAudioUids !== undefined;
  const video = v.subscribeVideoUids !== undefined || v.unSubscribeVideoUids !== undefined;
  if (v.subscribeAudioUids !== undefined && v.unSubscribeAudioUids !== undefined)
    return `${path}: audio lists exclude each other`;
  if (v.subscribeVideoUids !== undefined && v.unSubscribeVideoUids !== undefined)
    return `${path}: video lists exclude each other`;
  if (audio && v.streamTypes === 1) return `${path}: streamTypes 1 has no audio to subscribe`;
  if (video && v.streamTypes === 0) return `${path}: streamTypes 0 has no video to subscribe`;
  return undefined;
}

/** 32 bytes in standard base64. */
const isSalt = (v: unknown) => typeof v === 'string' && /^[A-Za-z0-9+/]{43}=$/.test(v);

function decryptionProblem(v: Fields, path: string): string | undefined {
  const mode = Number(v.decryptionMode ?? 0);
  if (mode !== 0 && !v.secret) return `missing ${path}.secret!`;
  if ((mode === 7 || mode === 8) && !isSalt(v.salt)) return `invalid ${path}.salt value!`;
  return undefined;
}

/** A string of JSON, as Agora wants private parameters. */
const jsonText: Check = (v, path) => {
  if (typeof v !== 'string') return `${path} must be string`;
  try {
    return isObject(JSON.parse(v)) ? undefined : `${path} must be a JSON object in a string`;
  } catch {
    return `${path} must be a JSON object in a string`;
  }
};

/** What both modes in a channel have. */
const fields: Record<string, Check> = {
  channelType: oneOf(0, 1),
  streamTypes: oneOf(0, 1, 2),
  decryptionMode: int(0, 8),
  secret: filled,
  salt: filled,
  videoStreamType: oneOf(0, 1),
  maxIdleTime: int(5, 2_592_000),
  ...audioLists,
  ...videoLists,
  privateParams: jsonText,
};

/** start.clientRequest.recordingConfig for composite recording; the fields of other modes are unknown here. */
export const mixConfig: Check = shape(
  { ...fields, audioProfile: oneOf(0, 1, 2), transcodingConfig },
  ['channelType'],
  (v, path) => subscriptionProblem(v, path) ?? decryptionProblem(v, path),
);

/** The same for individual recording: subscribeUidGroup is a must, and without transcoding there is only sound. */
export const individualConfig: Check = shape(
  { ...fields, streamMode: oneOf('default', 'standard', 'original'), subscribeUidGroup: int(0, 5) },
  ['channelType', 'subscribeUidGroup'],
  (v, path) => {
    if (v.streamMode === 'original' && v.streamTypes !== 0) return `${path}.streamMode original needs streamTypes 0`;
    return subscriptionProblem(v, path) ?? decryptionProblem(v, path);
  },
);
