import type { FileCheck } from '../recording/ports.ts';
import type { Bucket } from './bucket.ts';
import { lookUp } from './look-up.ts';

/**
 * Asks a recording's bucket whether an object is there. Agora advises a key that may only write: then, without a read key, the bucket says 403 and
 * nothing is known, which is not a failure. `buckets` is one bucket for all, or finds one by its storage's name.
 */
export function createFileCheck(
  buckets: Bucket | ((storage: string) => Bucket | undefined),
  now: () => number,
): FileCheck {
  return {
    async exists(storage, name) {
      const bucket = typeof buckets === 'function' ? buckets(storage) : buckets;
      if (!bucket) return 'unknown';
      const found = await lookUp(bucket, name, now());
      return found.kind === 'forbidden' ? 'unknown' : found.kind;
    },
  };
}
