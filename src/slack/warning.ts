import type { OperatorWarning } from '../recording/announcer.ts';
import { code, escaped, type Mrkdwn, mrkdwn, time } from './mrkdwn.ts';

/** What operators are told in ALERT_CHANNEL, with what to do about it. */
export function warningText(w: OperatorWarning): Mrkdwn {
  if (w.kind === 'unreadable') {
    return mrkdwn`⚠️ A stored recording cannot be read: record ${code(w.id)} (${escaped(w.why, 500)}). It is left as it is, and all others go on. If it still records, stop it in Agora Console; its Agora channel can be recorded anew. Then look after the record by hand, or ask for help with its id.`;
  }
  if (w.kind === 'credentials') {
    return mrkdwn`⚠️ The temporary credentials of the storage ${code(w.storage)} run out at ${time(w.until, '{date_short_pretty} {time}')}, and there are no fresh ones: ${escaped(w.cause, 300)} ${escaped(w.next, 300)} What records into it is not uploaded after that.`;
  }
  const of = w.project === 'default' ? mrkdwn`` : mrkdwn` of project ${code(w.project)}`;
  return mrkdwn`${w.used} of ${w.maxConcurrent} recorders${of} are in use. When all are, recordings wait in a queue. Look for recordings that nobody needs, or ask Agora for more and raise MAX_CONCURRENT.`;
}
