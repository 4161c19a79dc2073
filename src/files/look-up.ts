import type { Bucket } from './bucket.ts';
import { signLink } from './sign-link.ts';

export type Lookup =
  | { kind: 'there' /** Bytes, more than none. */; size: number }
  | { kind: 'absent' }
  /** The bucket refuses this key. S3 answers so for an object that is absent too, when the key may not list the bucket. */
  | { kind: 'forbidden' }
  /** Nobody knows; `why` is one sentence. */
  | { kind: 'unknown'; why: string };

/** A bucket that says nothing for so long is not asked on. Milliseconds. */
const patience = 5_000;

/** Asks the bucket for an object's size through a signed HEAD. An empty object is no recording, so it counts as absent. */
export async function lookUp(bucket: Bucket, key: string, now = Date.now()): Promise<Lookup> {
  const link = await signLink(bucket, key, { method: 'HEAD', now, seconds: 300 });
  if (!link.ok) return { kind: 'unknown', why: link.why };
  try {
    const response = await fetch(link.url, {
      method: 'HEAD',
      redirect: 'manual',
      headers: { 'accept-encoding': 'identity' },
      signal: AbortSignal.timeout(patience),
    });
    if (response.status !== 200) return refused(response, now);
    const length = response.headers.get('content-length');
    if (length === null || !/^\d+$/.test(length)) return { kind: 'unknown', why: 'The bucket did not say the size.' };
    return Number(length) === 0 ? { kind: 'absent' } : { kind: 'there', size: Number(length) };
  } catch (error) {
    return { kind: 'unknown', why: unreached(error) };
  }
}

/** Signatures are good for five minutes here, so a clock that is further off than this has none that a bucket takes. Milliseconds. */
const farOff = 4 * 60_000;

/** What a bucket's answer other than 200 means. `signedAt`: by the clock that the request was signed with, ms since the epoch. */
export function refused(
  { status, headers }: Pick<Response, 'status' | 'headers'>,
  signedAt: number,
): Exclude<Lookup, { kind: 'there' }> {
  if (status === 404) return { kind: 'absent' };
  if (status === 401 || status === 403) {
    // It may be the time that it refuses, which says nothing about the key.
    return Math.abs(Date.parse(headers.get('date') ?? '') - signedAt) > farOff
      ? { kind: 'unknown', why: "The bucket's clock says another time than mine, so it takes no signature." }
      : { kind: 'forbidden' };
  }
  const wrongPlace = status === 400 || (status >= 300 && status < 400);
  return {
    kind: 'unknown',
    why: wrongPlace
      ? `The bucket answered ${status}; its region or endpoint may be wrong in the settings.`
      : `The bucket answered ${status}.`,
  };
}

/** Why there was no answer. The error's own text may hold the signed address, so it is not passed on. */
export function unreached(error: unknown): string {
  return error instanceof Error && error.name === 'TimeoutError'
    ? 'The bucket did not answer in time.'
    : 'The bucket could not be reached.';
}
