import type { OperatorWarning } from '../recording/ports.ts';
import { code, escaped, type Mrkdwn, mrkdwn } from './mrkdwn.ts';

/** What operators are told in ALERT_CHANNEL, with what to do about it. */
export function warningText(w: OperatorWarning): Mrkdwn {
  if (w.kind === 'unreadable') {
    return mrkdwn`⚠️ A stored recording cannot be read: record ${code(w.id)} (${escaped(w.why, 500)}). It is left as it is, and all others go on. If it still records, stop it in Agora Console; its Agora channel can be recorded anew. Then look after the record by hand, or ask for help with its id.`;
  }
  const of = w.project === 'default' ? mrkdwn`` : mrkdwn` of project ${code(w.project)}`;
  return mrkdwn`${w.used} of ${w.maxConcurrent} recorders${of} are in use. When all are, recordings wait in a queue. Look for recordings that nobody needs, or ask Agora for more and raise MAX_CONCURRENT.`;
}
