import type { FileCheck } from '../recording/ports.ts';
import type { Bucket } from './bucket.ts';
import { objectUrl } from './object-url.ts';
import { presign } from './presign.ts';

/** Vendors whose own address takes AWS signatures. The others are not asked: `unknown`. */
const signable = new Set([1, 3, 6, 7, 11]);

/**
 * Asks the bucket whether an object is there, with the recording's own key. Agora advises a key that may only write: then the bucket says 403
 * and nothing is known, which is not a failure.
 */
export function createFileCheck(bucket: Bucket, now: () => number): FileCheck {
  return {
    async exists(_storage, name) {
      if (!signable.has(bucket.vendor)) return 'unknown';
      const url = presign({
        method: 'HEAD',
        url: objectUrl(bucket, name),
        // S3-compatible stores take us-east-1 unless they have a name of their own; Google takes "auto".
        region: bucket.vendor === 6 ? 'auto' : bucket.region || 'us-east-1',
        accessKey: bucket.accessKey,
        secretKey: bucket.secretKey,
        now: now(),
        seconds: 300,
      });
      try {
        const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(5_000) });
        if (response.status === 200) return 'there';
        return response.status === 404 ? 'absent' : 'unknown';
      } catch {
        return 'unknown';
      }
    },
  };
}
