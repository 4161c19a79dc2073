import { setImmediate as turn } from 'node:timers/promises';
import type { Bucket } from './bucket.ts';
import { type ListReading, readList } from './read-list.ts';
import { linkOrigin, type SignedLink, signLink } from './sign-link.ts';
import { writeList, writeMaster } from './write-list.ts';

/** One recorded list or film as a player page needs it. */
export interface Watchable {
  /** `list`: HLS. `file`: browsers play it as it is. */
  kind: 'list' | 'file';
  /** Where slices and film come from, for the page's Content-Security-Policy; `''` when there are no links to this bucket. */
  origin: string;
  /**
   * The list with a signed address for each slice. A list of lists names them as `?part=<n>`, and with `part` gives the nth of them.
   */
  list(part?: number): Promise<{ kind: 'list'; text: string } | { kind: 'absent' | 'unplayable'; why: string }>;
  /** A link to the film itself. */
  link(): Promise<SignedLink>;
}

/** Links are made for the start of the hour, so that a list that is loaded again names the same addresses and browsers need not load twice. */
const hour = 3_600_000;
/** So many links are signed without letting others have a turn; one takes about 0.04 ms. */
const batch = 100;

/**
 * What can be watched under an object key; undefined for a file that browsers do not play. `seconds`: how long the links are good, at least.
 */
export function createWatchable(
  bucket: Bucket,
  key: string,
  { now = Date.now, seconds = 12 * 3600 }: { now?: () => number; seconds?: number } = {},
): Watchable | undefined {
  const kind = key.endsWith('.m3u8') ? 'list' : /\.(mp4|webm)$/.test(key) ? 'file' : undefined;
  if (!kind) return undefined;
  const sign = (object: string): Promise<SignedLink> =>
    signLink(bucket, object, { method: 'GET', now: Math.floor(now() / hour) * hour, seconds: seconds + hour / 1000 });

  async function play(reading: ListReading): ReturnType<Watchable['list']> {
    if (reading.kind !== 'list') return notRead(reading);
    if (reading.slices.length === 0) return { kind: 'absent', why: 'Nothing of this recording can be played yet.' };
    if (reading.slices.some((s) => s.key.endsWith('.webm'))) {
      return { kind: 'unplayable', why: 'This recording is in WebM pieces, which browsers do not play in a row.' };
    }
    const urls: string[] = [];
    for (const slice of reading.slices) {
      const link = await sign(slice.key);
      if (!link.ok) return { kind: 'unplayable', why: link.why };
      urls.push(link.url);
      if (urls.length % batch === 0) await turn();
    }
    return { kind: 'list', text: writeList(reading, urls) };
  }

  return {
    kind,
    origin: linkOrigin(bucket),
    link: () => sign(key),
    async list(part) {
      const reading = await readList(bucket, key, now());
      if (reading.kind !== 'list' || !reading.isMaster) return play(reading);
      if (part !== undefined) {
        const variant = reading.variants[part];
        if (variant === undefined) return { kind: 'absent', why: 'This part of the recording is not in the bucket.' };
        return play(await readList(bucket, variant, now()));
      }
      // Agora's lists of lists may name lists that were never written.
      const read = await Promise.all(reading.variants.slice(0, 16).map((v) => readList(bucket, v, now())));
      const there = reading.variants
        .map((variant, i) => ({ key: variant, url: `?part=${i}` }))
        .filter((_, i) => read[i]?.kind === 'list');
      if (there.length === 0) return { kind: 'absent', why: 'The parts of this recording are not in the bucket.' };
      return { kind: 'list', text: writeMaster(there) };
    },
  };
}

function notRead(reading: Exclude<ListReading, { kind: 'list' }>): { kind: 'absent' | 'unplayable'; why: string } {
  switch (reading.kind) {
    case 'absent':
      return { kind: 'absent', why: 'This recording is not in the bucket, or not yet.' };
    case 'forbidden':
      return { kind: 'unplayable', why: "The bot's key may not read the bucket; it needs a key that may." };
    case 'broken':
    case 'unknown':
      return { kind: 'unplayable', why: reading.why };
  }
}
