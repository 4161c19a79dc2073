import type { FileCheck } from '../recording/ports.ts';
import type { FileReport } from '../recording/session.ts';
import type { Bucket } from './bucket.ts';
import { type Inspection, inspectFiles } from './inspect-files.ts';

/** A report is kept with its session, so it names so many files and missing ones at most. */
const mostNames = 100;

/** Looks into a recording's bucket. `buckets` is one bucket for all, or finds one by its storage's name. */
export function createFileCheck(
  buckets: Bucket | ((storage: string) => Bucket | undefined),
  now: () => number,
): FileCheck {
  return {
    async inspect(storage, names) {
      const bucket = typeof buckets === 'function' ? buckets(storage) : buckets;
      if (!bucket) return { at: now(), verdict: 'unknown', ended: false, files: [], missing: [], missingCount: 0 };
      return asReport(await inspectFiles(bucket, names, { now }), now());
    },
  };
}

function asReport(i: Inspection, at: number): FileReport {
  const found = i.files.filter((f) => f.state === 'there');
  return {
    at,
    verdict: i.verdict,
    ended: i.ended,
    files: found.slice(0, mostNames).map((f) => ({
      name: f.key,
      // The size of a list whose slices were not all looked at is not known.
      ...(f.list && f.list.looked < f.list.slices ? {} : { size: f.bytes }),
      ...(f.list ? { seconds: f.list.seconds, slices: f.list.slices } : {}),
    })),
    missing: i.missing.slice(0, mostNames),
    missingCount: i.missing.length,
  };
}
