import type { Bucket } from './bucket.ts';
import { inParallel } from './in-parallel.ts';
import { listName } from './list-name.ts';
import { type Lookup, lookUp } from './look-up.ts';
import { type ListReading, readList } from './read-list.ts';

/** `superseded`: a copy of a list of which another copy is longer; its slices are not looked at. */
export type FileState = 'there' | 'missing' | 'cannot_read' | 'unknown' | 'superseded';

export interface InspectedFile {
  key: string;
  /** The end of its name in lower case, e.g. `m3u8`, `mp4`, `jpg`. */
  kind: string;
  state: FileState;
  /** Bytes in the bucket; of a list: of the slices that were looked at. */
  bytes: number;
  /** Lists only. */
  list?: {
    slices: number;
    /** How many of them were looked at: all of them, up to a number. */
    looked: number;
    seconds: number;
    /** It has its end mark. */
    ended: boolean;
  };
  /** Object keys that it needs and that are not there: itself, or slices. */
  missing: string[];
  /** The recorder that took over and wrote it (`bak<n>_`); null for the first. */
  takeover: number | null;
  /** One sentence, where the state needs one. */
  why?: string;
}

export interface Inspection {
  /**
   * `ready`: every file is there and not empty, with every slice of every list that was looked at. `missing`: at least one is not.
   * `cannot_read`: the key may not read the bucket. `unknown`: the bucket did not say.
   */
  verdict: 'ready' | 'missing' | 'cannot_read' | 'unknown';
  files: InspectedFile[];
  /** Object keys that are named and not there. */
  missing: string[];
  totals: { files: number; bytes: number; slices: number; looked: number; seconds: number };
  /** All lists have their end mark; true when there is none. */
  ended: boolean;
  /** One sentence on what keeps it from being ready. */
  why?: string;
}

/** A recorder's token lives for a day at most, which are 5,760 slices of 15 seconds; some are shorter. */
const slicesOfADay = 8_000;
/** Requests to the bucket at a time. */
const parallel = 8;
/** A bucket that has refused or failed so often in a row is not asked about the rest of a list. */
const patience = 16;

/**
 * Looks at all files of a recording: what "ready" may be said of. Lists are read and their slices looked up, all of them up to `mostSlices` per
 * list, and past that the first, the last and so many evenly spaced between. Copies and takeovers of a list (Agora's `_tick_index` and `bak<n>_`)
 * count as one part each: of copies the longest is taken.
 */
export async function inspectFiles(
  bucket: Bucket,
  keys: readonly string[],
  { now = Date.now, mostSlices = slicesOfADay }: { now?: () => number; mostSlices?: number } = {},
): Promise<Inspection> {
  const unique = [...new Set(keys)];
  const lists = new Map<string, ListReading>();
  const read = async (key: string): Promise<ListReading> => {
    const reading = lists.get(key) ?? (await readList(bucket, key, now()));
    lists.set(key, reading);
    return reading;
  };
  const named = unique.filter((key) => kindOf(key) === 'm3u8');
  await inParallel(named, parallel, read);
  // A master names lists that Agora may not have named.
  const further = [...lists.values()].flatMap((l) => (l.kind === 'list' ? l.variants : []));
  const all = [...new Set([...named, ...further])];
  await inParallel(all, parallel, read);

  const longest = longestCopies(all, lists);
  const files: InspectedFile[] = await inParallel(
    unique.filter((key) => kindOf(key) !== 'm3u8'),
    parallel,
    async (key) => ({ ...blank(key), ...fileResult(key, await lookUp(bucket, key, now())) }),
  );
  for (const key of all) {
    const reading = lists.get(key);
    if (!reading) continue;
    const best = longest.get(listName(key).of) ?? key;
    // Only by one that was read. Of one of which the bucket said nothing nobody knows how long it is; a refusal among lists that can be read means
    // absent, as below.
    const superseded = best !== key && lists.get(best)?.kind === 'list' && reading.kind !== 'unknown';
    files.push(superseded ? { ...blank(key), state: 'superseded' } : await inspectList(key, reading));
  }
  return sumUp(files);

  async function inspectList(key: string, reading: ListReading): Promise<InspectedFile> {
    if (reading.kind === 'broken') return { ...blank(key), state: 'missing', missing: [key], why: reading.why };
    if (reading.kind !== 'list') return { ...blank(key), ...fileResult(key, reading) };
    const { slices, seconds, ended, isMaster, refused } = reading;
    const chosen = spread(slices, mostSlices).map((s) => s.key);
    let silent = 0;
    const found = await inParallel(
      chosen,
      parallel,
      async (slice) => {
        const result = await lookUp(bucket, slice, now());
        silent = result.kind === 'unknown' ? silent + 1 : 0;
        return result;
      },
      () => silent >= patience,
    );
    // The list itself was read with this key, so a slice that is refused is one that S3 does not own up to: 403 stands for absent when the
    // key may not list the bucket (AWS docs, HeadObject).
    const missing = chosen.filter((_, i) => found[i]?.kind === 'absent' || found[i]?.kind === 'forbidden');
    const unknown = found.find((f) => f?.kind === 'unknown');
    const nothing = slices.length === 0 && !isMaster;
    const problem =
      nothing || refused > 0
        ? { why: nothing ? 'The list names no slices.' : 'The list names files outside its folder.' }
        : {};
    return {
      ...blank(key),
      state: nothing || refused > 0 || missing.length > 0 ? 'missing' : unknown ? 'unknown' : 'there',
      bytes: found.reduce((sum, f) => sum + (f?.kind === 'there' ? f.size : 0), 0),
      list: { slices: slices.length, looked: found.filter((f) => f !== undefined).length, seconds, ended },
      missing: nothing || refused > 0 ? [...missing, key] : missing,
      ...(unknown?.kind === 'unknown' ? { why: unknown.why } : {}),
      ...problem,
    };
  }
}

function sumUp(found: InspectedFile[]): Inspection {
  // Where one file of a recording can be read, so could the others: a refusal then means absent, as above.
  const readable = found.some((f) => f.state === 'there' || f.state === 'superseded' || f.list !== undefined);
  const files = found.map((f) =>
    readable && f.state === 'cannot_read' ? { ...f, state: 'missing' as const, missing: [f.key] } : f,
  );
  const has = (state: FileState) => files.some((f) => f.state === state);
  const verdict =
    files.length === 0
      ? 'unknown'
      : has('missing')
        ? 'missing'
        : has('unknown')
          ? 'unknown'
          : has('cannot_read')
            ? 'cannot_read'
            : 'ready';
  const sum = (of: (f: InspectedFile) => number) => files.reduce((total, f) => total + of(f), 0);
  const why = verdict === 'ready' ? undefined : explain(verdict, files);
  return {
    verdict,
    files,
    missing: [...new Set(files.flatMap((f) => f.missing))],
    totals: {
      files: files.filter((f) => f.state !== 'superseded').length,
      bytes: sum((f) => f.bytes),
      slices: sum((f) => f.list?.slices ?? 0),
      looked: sum((f) => f.list?.looked ?? 0),
      seconds: sum((f) => f.list?.seconds ?? 0),
    },
    ended: files.every((f) => f.list?.ended !== false || f.list.slices === 0),
    ...(why ? { why } : {}),
  };
}

function explain(verdict: Inspection['verdict'], files: InspectedFile[]): string {
  if (files.length === 0) return 'No file is known.';
  if (verdict === 'cannot_read') return 'The key may not read the bucket.';
  const first = files.find((f) => f.state === (verdict === 'missing' ? 'missing' : 'unknown'));
  return first?.why ?? (verdict === 'missing' ? 'Files are not in the bucket.' : 'The bucket did not say.');
}

const kindOf = (key: string) => key.slice(key.lastIndexOf('.') + 1).toLowerCase();

const blank = (key: string): InspectedFile => ({
  key,
  kind: kindOf(key),
  state: 'there',
  bytes: 0,
  missing: [],
  takeover: listName(key).takeover,
});

function fileResult(key: string, found: Lookup): Partial<InspectedFile> {
  switch (found.kind) {
    case 'there':
      return { state: 'there', bytes: found.size };
    case 'absent':
      return { state: 'missing', missing: [key] };
    case 'forbidden':
      return { state: 'cannot_read' };
    case 'unknown':
      return { state: 'unknown', why: found.why };
  }
}

/** Of each list and its copies the key of the longest; of equally long ones one with its end mark, then the list itself, then the highest copy. */
function longestCopies(keys: readonly string[], lists: ReadonlyMap<string, ListReading>): Map<string, string> {
  const best = new Map<string, { key: string; rank: number[] }>();
  for (const key of keys) {
    const reading = lists.get(key);
    const { of, copy } = listName(key);
    const { seconds, ended } = reading?.kind === 'list' ? reading : { seconds: -1, ended: false };
    const rank = [seconds, ended ? 1 : 0, copy ?? Number.MAX_SAFE_INTEGER];
    const known = best.get(of);
    if (!known || isHigher(rank, known.rank)) {
      best.set(of, { key, rank });
    }
  }
  return new Map([...best].map(([of, { key }]) => [of, key]));
}

/** Compared place by place. */
function isHigher(a: readonly number[], b: readonly number[]): boolean {
  const i = a.findIndex((n, k) => n !== b[k]);
  return i >= 0 && (a[i] ?? 0) > (b[i] ?? 0);
}

/** All items when there are at most `most`, else so many evenly spaced, the first and the last among them. */
function spread<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  const step = (items.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, i) => items[Math.round(i * step)] as T);
}
