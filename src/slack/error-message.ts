import { randomBytes } from 'node:crypto';
import { type Log, StoreError } from '../recording/ports.ts';
import { code, type Mrkdwn, mrkdwn } from './mrkdwn.ts';

/** What a person is told when something failed here, with the reference under which operators find it in the log. Carries no secret. */
export function errorMessage(error: unknown, log: Log): Mrkdwn {
  const reference = randomBytes(4).toString('hex');
  log.error({ err: error, reference }, 'An action failed');
  if (error instanceof StoreError) {
    // A store that froze in the middle may still do it when it thaws; nobody can know.
    return mrkdwn`I could not save that in time, so it is not accepted. Should a card change or appear all the same, it was saved after all; otherwise try again in a minute. (${code(`${error.code} ${reference}`)})`;
  }
  return mrkdwn`Something went wrong here. Look at ${code('status')} to see what is true now, and try again; if it repeats, tell whoever runs this bot. (${code(reference)})`;
}
