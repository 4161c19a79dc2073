import type { OutcomeClass, Refusal } from '../recording/ports.ts';

/** Which call an answer belongs to. The same code can mean different things to different calls. */
export type Endpoint = 'acquire' | 'start' | 'query' | 'update' | 'updateLayout' | 'stop' | 'remove';

/**
 * One row a meaning. `code` is the body's code, or the gateway's message where the gateway answers without one; `*` is anything.
 * The first row that fits is taken. Sources: Agora docs, rest-api/status-codes and the common-errors page.
 */
export interface OutcomeRow {
  endpoint: Endpoint | '*';
  status: number | '*';
  code: number | string | '*';
  class: Exclude<OutcomeClass, 'done'>;
  cause: string;
  next: string;
}

const wait = 'Nothing is to be done: it is tried again.';
const report = 'Start it again; if it repeats, ask Agora with this code.';
const parameters = 'Agora did not accept the settings of the recording.';
const checkStorage = 'Check the STORAGE_ settings and the channel name.';

function row(
  endpoint: OutcomeRow['endpoint'],
  status: OutcomeRow['status'],
  code: OutcomeRow['code'],
  kind: OutcomeRow['class'],
  cause: string,
  next: string,
): OutcomeRow {
  return { endpoint, status, code, class: kind, cause, next };
}

export const outcomeRows: readonly OutcomeRow[] = [
  // The gateway in front of Cloud Recording: a message and no code.
  row(
    '*',
    400,
    'appid is invalid',
    'operator_mistake',
    'Agora does not know this App ID, or Cloud Recording is not enabled for it.',
    'Check AGORA_APP_ID, and enable Cloud Recording in Agora Console.',
  ),
  row('*', 400, 'invalid appid', 'operator_mistake', 'Agora does not know this App ID.', 'Check AGORA_APP_ID.'),
  row(
    '*',
    401,
    '*',
    'operator_mistake',
    'Agora does not accept the customer ID and secret.',
    'Check AGORA_CUSTOMER_ID and AGORA_CUSTOMER_SECRET: they come from Agora Console > Developer Toolkit > RESTful API.',
  ),
  row(
    '*',
    404,
    'no Route matched with those values',
    'operator_mistake',
    'There is no Cloud Recording at this address.',
    'Check AGORA_API_URLS.',
  ),
  row(
    '*',
    429,
    '*',
    'retry_same',
    'Agora gets more requests from this App ID than it allows.',
    'It is tried again; if it repeats, lower AGORA_QPS or ask Agora for a higher limit.',
  ),

  // Codes that mean the same wherever they come.
  row('*', '*', 2, 'operator_mistake', parameters, checkStorage),
  row(
    '*',
    '*',
    8,
    'operator_mistake',
    'Agora could not read the request.',
    'Check AGORA_API_URLS: a proxy on the way may change requests.',
  ),
  row(
    '*',
    '*',
    1013,
    'user_mistake',
    'Agora does not accept this channel name.',
    'Use letters without accents, digits and the usual marks, at most 64.',
  ),

  row(
    'acquire',
    '*',
    62,
    'operator_mistake',
    'Cloud Recording is not enabled for this App ID.',
    'Enable Cloud Recording for the project in Agora Console.',
  ),
  row(
    'acquire',
    400,
    400,
    'operator_mistake',
    'Cloud Recording is not enabled for this App ID.',
    'Check AGORA_APP_ID, and enable Cloud Recording in Agora Console.',
  ),
  row(
    'acquire',
    400,
    401,
    'user_mistake',
    'Agora does not accept this channel name.',
    'Use letters without accents, digits and the usual marks, at most 64.',
  ),
  row(
    'acquire',
    400,
    405,
    'operator_mistake',
    'The Agora account is suspended, mostly because of an open bill.',
    'Look into billing in Agora Console.',
  ),
  row(
    'acquire',
    400,
    406,
    'retry_same',
    'All recorders of the Agora account are in use.',
    'It is tried again when one may be free; look for recordings that nobody needs.',
  ),
  row('acquire', 500, 500, 'retry_same', 'Agora had an error of its own.', wait),
  row('acquire', 500, 501, 'retry_same', 'Agora has no recorder free at the moment.', wait),
  row('acquire', 500, 504, 'retry_same', 'Agora took too long to find a recorder.', wait),
  row('acquire', 504, 504, 'retry_same', 'Agora took too long to find a recorder.', wait),

  row(
    'updateLayout',
    '*',
    1028,
    'user_mistake',
    'Agora does not accept this layout.',
    'Check its windows and uids, and try another one.',
  ),

  row('start', 201, 7, 'already', 'This recording was started already.', wait),
  row('start', 400, 53, 'other_uid', 'A recorder with this uid is in the channel already.', 'Another uid is used.'),
  row('start', 500, 502, 'retry_new_resource', 'Agora had no recorder for it.', wait),
  row('start', '*', 62, 'unknown', 'Agora took too long to answer.', wait),
  row('*', '*', 433, 'retry_new_resource', 'The recorder that Agora had set aside was not used in time.', wait),
  row('*', '*', 1001, 'retry_new_resource', 'Agora cannot read its own resource id any more.', wait),
  row(
    'start',
    '*',
    109,
    'operator_mistake',
    "The recorder's token had expired.",
    "Check the clock of the bot's machine.",
  ),
  row(
    'start',
    '*',
    110,
    'operator_mistake',
    "Agora did not accept the recorder's token.",
    'Check that AGORA_APP_CERTIFICATE belongs to AGORA_APP_ID.',
  ),
  row('*', '*', 432, 'operator_mistake', 'Agora says that this request does not belong to its resource.', report),
  row(
    '*',
    '*',
    1003,
    'operator_mistake',
    'Agora says that App ID or sid do not belong to this resource.',
    'Check that AGORA_APP_ID was not changed while a recording ran.',
  ),
  row('*', 500, 15, 'retry_same', 'Agora had an error of its own.', wait),

  row(
    'stop',
    206,
    435,
    'nothing_recorded',
    'Agora recorded nothing: nobody published, or it was stopped too soon.',
    'Check that people were in this channel, and start it again.',
  ),
  row('*', 206, 65, 'unknown', 'Agora has not finished the request.', wait),
  row('stop', 400, 49, 'already', 'The recording is ending already.', wait),
  row('stop', '*', 50, 'uploading', 'The upload takes longer than usual.', wait),
  row('stop', '*', 501, 'already', 'The recording is ending already.', wait),
  row('query', '*', 501, 'already', 'The recording is ending.', wait),
  row('*', 504, 62, 'unknown', 'Agora took too long to answer.', wait),
  row('*', 404, 404, 'gone', 'Agora has no such recording at the moment.', wait),
  // Without a code a 206 on stop means: part of the files is only in the backup, or it is not over yet.
  row('stop', 206, '*', 'uploading', 'The upload is not finished.', wait),

  // Families, for what nobody has written down.
  row('acquire', 206, '*', 'retry_same', 'Agora has not finished the request.', wait),
  row('*', 206, '*', 'unknown', 'Agora has not finished the request.', wait),
  row('start', 201, '*', 'already', 'This recording was started already.', wait),
  row('*', 404, '*', 'gone', 'Agora has no such recording at the moment.', wait),
  row('*', 408, '*', 'unknown', 'Agora took too long to answer.', wait),
  row('*', 400, '*', 'operator_mistake', parameters, checkStorage),
  row(
    '*',
    403,
    '*',
    'operator_mistake',
    'Agora does not allow this.',
    'Check that Cloud Recording is enabled for the project in Agora Console.',
  ),
];

/** What an answer that is not success means. `words` is Agora's own text, for operators. */
export function refusalOf(endpoint: Endpoint, status: number, code: number | undefined, words: string): Refusal {
  const key = code ?? words;
  const found = outcomeRows.find(
    (r) =>
      (r.endpoint === '*' || r.endpoint === endpoint) &&
      (r.status === '*' || r.status === status) &&
      (r.code === '*' || r.code === key),
  );
  const shown = `${status}/${code ?? '-'}`;
  if (found) return { class: found.class, code: shown, cause: found.cause, next: found.next, reason: words };
  // What came back is an error of Agora's or of something in between. For acquire nothing is at stake; elsewhere it may have taken effect.
  const kind = status >= 500 && endpoint !== 'acquire' && endpoint !== 'query' ? 'unknown' : 'retry_same';
  return { class: kind, code: shown, cause: 'Agora had an error of its own.', next: wait, reason: words };
}

/** There was no answer. `sent`: the request may have reached Agora. */
export function noAnswer(endpoint: Endpoint, kind: 'timeout' | 'network', sent: boolean, words: string): Refusal {
  const unknown = sent && endpoint !== 'acquire' && endpoint !== 'query';
  return {
    class: unknown ? 'unknown' : 'retry_same',
    code: kind,
    cause: kind === 'timeout' ? 'Agora did not answer in time.' : 'Agora could not be reached.',
    next: wait,
    reason: words,
  };
}
