import { z } from 'zod';
import { kept } from './kept.ts';

/** One file as Agora lists it. `name` is the whole object key, prefix included. */
export const recordedFile = kept({
  name: z.string(),
  trackType: z.string().optional(),
  uid: z.string().optional(),
  sliceStartTime: z.number().optional(),
  /** Nobody has named or seen it: it is what Agora should have written. */
  expected: z.literal(true).optional(),
});

/** What was seen in the bucket, when it was looked into. */
export const fileReport = kept({
  at: z.number(),
  /** `cannot_read`: the key may write but not read; `unknown`: the bucket did not say. */
  verdict: z.enum(['ready', 'missing', 'cannot_read', 'unknown']),
  /** All lists have their end mark. */
  ended: z.boolean(),
  files: z.array(
    kept({
      name: z.string(),
      /** Bytes; of a list with all its slices. */
      size: z.number().optional(),
      /** Length of what it plays. */
      seconds: z.number().optional(),
      slices: z.number().optional(),
    }),
  ),
  /** Object keys that should be there and are not: the first ones, and how many there are in all. */
  missing: z.array(z.string()),
  missingCount: z.number(),
  /** Copies of lists of which another copy is longer: they are no files of the recording. */
  superseded: z.array(z.string()).optional(),
  /** Where there are too many slices to look at all of them: at how many of them, evenly spread. All of those are there. */
  sample: kept({ looked: z.number(), slices: z.number() }).optional(),
  /** The bucket did not answer when it was to be listed, so there may be others. */
  unlisted: z.literal(true).optional(),
  /** There are more files than are named and were looked at. */
  more: z.literal(true).optional(),
});

/** A report names so many of the files that are there. */
export const mostReported = 200;

export type RecordedFile = z.infer<typeof recordedFile>;
export type FileReport = z.infer<typeof fileReport>;

/** It was there when the bucket was looked into. Of more files than a report names those that it does not miss are taken to be among them. */
export function wasSeen(report: FileReport, name: string): boolean {
  const { files, missing } = report;
  return files.some((f) => f.name === name) || (files.length >= mostReported && !missing.includes(name));
}
