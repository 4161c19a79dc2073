import { recorderUid } from '../../src/recording/recorder-uid.ts';

/** Attempts that one session makes at most, and more. */
const mostAttempts = 8;

/** Whether a session has, had or will have a recorder with this uid. */
export function isItsUid(sessionId: string, uid: string | undefined): boolean {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) if (recorderUid(sessionId, attempt) === uid) return true;
  return false;
}
