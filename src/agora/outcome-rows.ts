import type { Refusal } from '../recording/ports.ts';

/** Which call an answer belongs to. The same code can mean different things to different calls. */
export type Endpoint = 'acquire' | 'start' | 'query' | 'update' | 'updateLayout' | 'stop' | 'remove';

/** What an answer means: its class, what it is, and what to do about it. */
export type Meaning = readonly [kind: Refusal['class'], cause: string, next: string];

/**
 * One row a meaning. `code` is the body's code, or the text of a body without one, in lower case; `none`: neither is known; `any`: whatever it is.
 * Sources: Agora docs, rest-api/status-codes and the common-errors page; what is in neither says so.
 */
export interface OutcomeRow {
  endpoint: Endpoint | 'any';
  status: number | 'any';
  code: number | string;
  meaning: Meaning;
}

const wait = 'Nothing is to be done: it is tried again.';
const nameRule = 'Use letters without accents, digits and the usual marks, at most 64.';

const unknownApp: Meaning = [
  'operator_mistake',
  'Agora does not know this App ID, or Cloud Recording is not enabled for it.',
  'Check AGORA_APP_ID, and enable Cloud Recording for the project in Agora Console.',
];
const notEnabled: Meaning = [
  'operator_mistake',
  'Cloud Recording is not enabled for this App ID.',
  'Enable Cloud Recording for the project in Agora Console.',
];
const badCredentials: Meaning = [
  'operator_mistake',
  'Agora does not accept the customer ID and secret.',
  'Check AGORA_CUSTOMER_ID and AGORA_CUSTOMER_SECRET: they come from Agora Console > Developer Toolkit > RESTful API.',
];
const forbidden: Meaning = [
  'operator_mistake',
  'Agora does not allow this.',
  'Check that Cloud Recording is enabled for the project in Agora Console.',
];
const wrongAddress: Meaning = [
  'operator_mistake',
  'There is no Cloud Recording at this address.',
  'Check AGORA_API_URLS.',
];
const elsewhere: Meaning = [
  'operator_mistake',
  'Something else than Agora answers at this address.',
  'Check AGORA_API_URLS, and that no proxy stands in the way.',
];
const unreadable: Meaning = [
  'operator_mistake',
  'Agora could not read the request.',
  'Check AGORA_API_URLS: a proxy on the way may change requests.',
];
const tooMany: Meaning = [
  'retry_same',
  'Agora gets more requests from this App ID than it allows.',
  'It is tried again; if it repeats, lower AGORA_QPS or ask Agora for a higher limit.',
];
const badParameters: Meaning = [
  'operator_mistake',
  'Agora did not accept the settings of the recording.',
  'Check the STORAGE_ settings, the profile and the channel name.',
];
const badChange: Meaning = [
  'user_mistake',
  'Agora does not accept this change.',
  'Check its uids, and try another one.',
];
const badLayout: Meaning = [
  'user_mistake',
  'Agora does not accept this layout.',
  'Check its windows and uids, and try another one.',
];
const badChannelName: Meaning = ['user_mistake', 'Agora does not accept this channel name.', nameRule];
const badRule: Meaning = [
  'operator_mistake',
  "Agora did not put the recorder's uid out of the channel.",
  'Look into the channel in Agora Console if a recorder is still in it.',
];
const suspended: Meaning = [
  'operator_mistake',
  'The Agora account is suspended, mostly because of an open bill.',
  'Look into billing in Agora Console.',
];
const allInUse: Meaning = [
  'retry_same',
  'All recorders of the Agora account are in use.',
  'It is tried again when one may be free; look for recordings that nobody needs.',
];
const ownError: Meaning = ['retry_same', 'Agora had an error of its own.', wait];
const ownErrorAfter: Meaning = ['unknown', 'Agora had an error of its own.', wait];
const noRecorder: Meaning = ['retry_same', 'Agora has no recorder free at the moment.', wait];
const slowRecorder: Meaning = ['retry_same', 'Agora took too long to find a recorder.', wait];
const noWorker: Meaning = ['retry_new_resource', 'Agora had no recorder for it.', wait];
const unused: Meaning = ['retry_new_resource', 'The recorder that Agora had set aside was not used in time.', wait];
const unreadableId: Meaning = ['retry_new_resource', 'Agora cannot read its own resource id any more.', wait];
const started: Meaning = ['already', 'This recording was started already.', wait];
const conflict: Meaning = ['other_uid', 'A recorder with this uid is in the channel already.', 'Another uid is used.'];
const tokenExpired: Meaning = [
  'operator_mistake',
  "The recorder's token had expired.",
  "Check the clock of the bot's machine.",
];
const tokenWrong: Meaning = [
  'operator_mistake',
  "Agora did not accept the recorder's token.",
  'Check that AGORA_APP_CERTIFICATE belongs to AGORA_APP_ID.',
];
const notItsOwn: Meaning = [
  'operator_mistake',
  'Agora says that this request does not belong to its resource.',
  'Start it again; if it repeats, ask Agora with this code.',
];
const otherApp: Meaning = [
  'operator_mistake',
  'Agora says that App ID or sid do not belong to this resource.',
  'Check that AGORA_APP_ID was not changed while a recording ran.',
];
const notFinished: Meaning = ['unknown', 'Agora has not finished the request.', wait];
const notFinishedHarmless: Meaning = ['retry_same', 'Agora has not finished the request.', wait];
const slow: Meaning = ['unknown', 'Agora took too long to answer.', wait];
const slowHarmless: Meaning = ['retry_same', 'Agora took too long to answer.', wait];
const gone: Meaning = ['gone', 'Agora has no such recording at the moment.', wait];
const outOfReach: Meaning = [
  'gone',
  'Agora takes no orders for this recording any more.',
  'Look into the bucket for its files.',
];
const nothing: Meaning = [
  'nothing_recorded',
  'Agora recorded nothing: nobody published, or it was stopped before the first seconds were written.',
  'Check that people were in this channel with sound or picture on, and start it again.',
];
const ending: Meaning = ['already', 'The recording is ending already.', wait];
const tooLate: Meaning = [
  'user_mistake',
  'The recording is ending, so nothing about it can be changed any more.',
  'Start another one with what is wanted.',
];
const uploadGoesOn: Meaning = ['uploading', 'The upload takes longer than usual.', wait];

/** Rows of one meaning, from a list of [endpoint, status, code]. */
function rows(
  meaning: Meaning,
  ...of: [OutcomeRow['endpoint'], OutcomeRow['status'], OutcomeRow['code']][]
): OutcomeRow[] {
  return of.map(([endpoint, status, code]) => ({ endpoint, status, code, meaning }));
}

/** What Agora has written down, or was seen to answer. */
export const outcomeRows: readonly OutcomeRow[] = [
  // The gateway in front of Cloud Recording: a message and no code.
  ...rows(unknownApp, ['any', 400, 'appid is invalid'], ['any', 400, 'invalid appid']),
  ...rows(badCredentials, ['any', 401, 'any']),
  ...rows(wrongAddress, ['any', 404, 'no route matched with those values']),
  ...rows(tooMany, ['any', 429, 'any']),

  // Any call.
  ...rows(badChange, ['update', 400, 2], ['updateLayout', 400, 2]),
  ...rows(badParameters, ['any', 400, 2]),
  ...rows(unreadable, ['any', 400, 8]),
  ...rows(badChannelName, ['any', 400, 1013]),
  ...rows(notItsOwn, ['any', 400, 432]),
  ...rows(otherApp, ['any', 400, 1003]),
  ...rows(unused, ['acquire', 400, 433], ['start', 400, 433]),
  ...rows(outOfReach, ['any', 400, 433]),
  ...rows(unreadableId, ['acquire', 400, 1001], ['start', 400, 1001]),
  ...rows(notItsOwn, ['any', 400, 1001]),

  ...rows(notEnabled, ['acquire', 400, 400], ['acquire', 400, 62]),
  ...rows(badChannelName, ['acquire', 400, 401]),
  ...rows(suspended, ['acquire', 400, 405]),
  ...rows(allInUse, ['acquire', 400, 406]),
  ...rows(ownError, ['acquire', 500, 500]),
  ...rows(noRecorder, ['acquire', 500, 501]),
  ...rows(slowRecorder, ['acquire', 500, 504]),

  ...rows(started, ['start', 201, 7]),
  ...rows(conflict, ['start', 400, 53]),
  ...rows(noWorker, ['start', 500, 502]),
  ...rows(slow, ['start', 500, 62]),
  ...rows(tokenExpired, ['start', 400, 109]),
  ...rows(tokenWrong, ['start', 400, 110]),

  ...rows(notFinishedHarmless, ['acquire', 206, 65], ['query', 206, 65]),
  ...rows(notFinished, ['any', 206, 65]),
  ...rows(slowHarmless, ['query', 504, 62]),
  ...rows(slow, ['any', 504, 62]),
  ...rows(
    gone,
    ['query', 404, 404],
    ['update', 404, 404],
    ['updateLayout', 404, 404],
    ['stop', 404, 404],
    ['query', 404, 'failed to find worker'],
    ['update', 404, 'failed to find worker'],
    ['updateLayout', 404, 'failed to find worker'],
    ['stop', 404, 'failed to find worker'],
  ),
  ...rows(badLayout, ['updateLayout', 400, 1028]),
  ...rows(tooLate, ['update', 400, 49], ['updateLayout', 400, 49], ['update', 400, 501], ['updateLayout', 400, 501]),

  ...rows(nothing, ['stop', 206, 435]),
  ...rows(ending, ['stop', 400, 49], ['stop', 400, 501], ['query', 400, 501]),
  // With which status is not written down.
  ...rows(uploadGoesOn, ['stop', 'any', 50]),

  // Seen once, and explained nowhere (GitHub, AgoraIO/Agora-Flutter-SDK issue 759).
  ...rows(ownErrorAfter, ['start', 500, 15]),

  // Channel Management; its own documents name no codes.
  ...rows(badRule, ['remove', 400, 'any'], ['remove', 403, 'any'], ['remove', 404, 'any']),
];

/** What no row says, by its family. */
export const familyRows: readonly OutcomeRow[] = [
  ...rows(started, ['start', 201, 'any']),
  // Also from stop: a repeated one settles whether it was taken, while one that was believed would leave a recorder that runs and bills.
  ...rows(notFinishedHarmless, ['acquire', 206, 'any'], ['query', 206, 'any']),
  ...rows(notFinished, ['any', 206, 'any']),
  ...rows(elsewhere, ['any', 301, 'any'], ['any', 302, 'any'], ['any', 307, 'any'], ['any', 308, 'any']),
  ...rows(forbidden, ['any', 403, 'any']),
  // Without a code it does not come from Cloud Recording, so it says nothing about the recording.
  ...rows(wrongAddress, ['any', 404, 'none'], ['acquire', 404, 'any'], ['start', 404, 'any']),
  ...rows(gone, ['any', 404, 'any']),
  ...rows(slowHarmless, ['acquire', 408, 'any'], ['query', 408, 'any']),
  ...rows(slow, ['any', 408, 'any']),
  ...rows(badChange, ['update', 400, 'any'], ['updateLayout', 400, 'any']),
  ...rows(badParameters, ['any', 400, 'any']),
];

/** All else: an error of Agora's or of something in between. Where something is at stake, it may have taken effect. */
export const lastRows = { harmless: ownError, atStake: ownErrorAfter } as const;
