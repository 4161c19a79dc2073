import { createHash } from 'node:crypto';

/** Largest uid that Agora takes: an unsigned 32-bit integer (Agora docs, rest-api/acquire). */
const maxUid = 2 ** 32 - 1;

/**
 * The recorder's uid for one attempt of one session: a numeric string from 1 to 4294967295.
 *
 * The same session and attempt always give the same uid. (App ID, channel, uid) is Agora's identity of a task, so a start that is sent
 * twice after a lost reply meets itself as a conflict instead of running, and costing, twice.
 */
export function recorderUid(sessionId: string, attempt: number): string {
  const hash = createHash('sha256').update(`${sessionId}/${attempt}`).digest();
  // The upper half of the range: people's clients mostly use small uids, and a clash would put one of the two out of the channel.
  const half = 2 ** 31;
  return String(half + (hash.readUInt32BE(0) % (maxUid - half)) + 1);
}
