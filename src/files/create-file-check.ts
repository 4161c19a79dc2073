import type { FileCheck } from '../recording/file-check.ts';
import { type FileReport, mostReported } from '../recording/recorded-files.ts';
import type { Bucket } from './bucket.ts';
import { inspectFiles } from './inspect-files.ts';
import { searchFiles } from './search-files.ts';

/** So many missing files are named in a report, which is kept with its session. */
const mostNamed = 20;

/**
 * Looks into the buckets of recordings. Agora advises a recording key that may only write: then, without a read key, the bucket refuses and the
 * report says so, which is not a failure. `bucketOf` finds a bucket by its storage's name; of each list it looks at `mostSlices`,
 * or without that at as many as a day has.
 */
export function createFileCheck(
  bucketOf: (storage: string) => Bucket | undefined | Promise<Bucket | undefined>,
  now: () => number,
  most: { mostSlices?: number } = {},
): FileCheck {
  return {
    async inspect(storage, names) {
      const nothing: FileReport = {
        at: now(),
        verdict: 'unknown',
        ended: false,
        files: [],
        missing: [],
        missingCount: 0,
      };
      const bucket = await bucketOf(storage);
      if (!bucket || names.length === 0) return nothing;
      const found = await inspectFiles(bucket, names, { now, ...most });
      const { looked, slices } = found.totals;
      const superseded = found.files.filter((f) => f.state === 'superseded').map((f) => f.key);
      return {
        at: now(),
        verdict: found.verdict,
        ended: found.ended,
        files: found.files
          .filter((f) => f.state === 'there')
          .slice(0, mostReported)
          .map((f) => ({
            name: f.key,
            // Of a list whose slices were not all looked at the size is not known.
            ...(f.list && f.list.looked < f.list.slices ? {} : { size: f.bytes }),
            ...(f.list ? { seconds: f.list.seconds, slices: f.list.slices } : {}),
          })),
        missing: found.missing.slice(0, mostNamed),
        missingCount: found.missing.length,
        ...(superseded.length > 0 ? { superseded } : {}),
        ...(found.verdict === 'ready' && looked < slices ? { sample: { looked, slices } } : {}),
      };
    },
    async search(storage, r) {
      const bucket = await bucketOf(storage);
      return bucket ? searchFiles(bucket, r, { now }) : { found: [], expected: [] };
    },
  };
}
