import type { RecordedFile } from '../recording/session.ts';
import type { Bucket } from './bucket.ts';
import { inParallel } from './in-parallel.ts';
import { listObjects } from './list-objects.ts';
import { lookUp } from './look-up.ts';

/** A recording is brought back so often at most (Agora docs, high availability). */
const mostTakeovers = 3;
/** So many are kept; a session has to stay small enough to be written each time. */
const mostFound = 5_000;
/** So many guesses are looked up. */
const mostGuesses = 200;

/** What a search in a bucket brought. */
export interface Found {
  /** Seen in the bucket. */
  found: RecordedFile[];
  /** Names that a recorder that took over should have written, and that the bucket said nothing of. */
  expected: RecordedFile[];
}

/**
 * Looks for lists and films of a recording that Agora did not name: those of recorders that took over (`bak<n>_`), and copies of lists that were left
 * while the upload failed (`..._{tick}_{index}.m3u8`; Agora docs, manage recorded files). By a list of the bucket where the key may have one, else by
 * asking for the names that they should have; a copy's cannot be guessed. `base`: the name that its list would have; `names`: those that are known;
 * `takeovers`: how many are known of; `snapshots`: pictures are looked for too, whose names hold the time, and which Agora lists nowhere.
 */
export async function searchFiles(
  bucket: Bucket,
  r: { sid: string; base: string; names: readonly string[]; takeovers: number; snapshots: boolean },
  { now = Date.now }: { now?: () => number } = {},
): Promise<Found> {
  const folder = r.base.slice(0, r.base.lastIndexOf('/') + 1);
  const wanted = r.snapshots ? /\.(m3u8|mp4|mpd|jpg)$/ : /\.(m3u8|mp4|mpd)$/;
  const takeovers = Math.min(r.takeovers, mostTakeovers);
  const bak = Array.from({ length: takeovers }, (_, n) => `bak${n}_`);
  const found: string[] = [];
  let listed = true;
  for (const mark of ['', ...bak]) {
    const listing = await listObjects(bucket, `${folder}${mark}${r.sid}_`, { now: now() });
    if (listing.kind !== 'listed' || listing.more) listed = false;
    if (listing.kind === 'listed') found.push(...listing.keys.filter((key) => wanted.test(key)));
    else if (listing.kind === 'forbidden') break;
  }
  if (listed) return { found: found.slice(0, mostFound).map(describe), expected: [] };
  // One name for each list and film of the first recorder, under the mark of each that took over.
  const own = r.names.filter((key) => !/^bak\d+_/.test(key.slice(folder.length)) && /\.(m3u8|mp4)$/.test(key));
  const guesses = bak.flatMap((mark) => own.map((key) => folder + mark + key.slice(folder.length)));
  const asked = guesses.filter((key) => !found.includes(key)).slice(0, mostGuesses);
  const answers = await inParallel(asked, 8, (key) => lookUp(bucket, key, now()));
  const seen = asked.filter((_, i) => answers[i]?.kind === 'there');
  const open = asked.filter((_, i) => answers[i]?.kind === 'forbidden' || answers[i]?.kind === 'unknown');
  // Where one file can be read, a refusal means absent.
  const readable = seen.length > 0 || answers.some((a) => a?.kind === 'absent');
  return {
    found: [...found, ...seen].slice(0, mostFound).map(describe),
    expected: readable ? [] : open.map((name) => ({ ...describe(name), expected: true as const })),
  };
}

/** What a name says of its file: individual recordings have the person and the track in it. */
function describe(name: string): RecordedFile {
  const [, uid, trackType] = /__uid_s_(\d+)__uid_e_(audio|video|av)/.exec(name) ?? [];
  return {
    name,
    ...(uid === undefined ? {} : { uid }),
    ...(trackType === undefined ? {} : { trackType: trackType === 'av' ? 'audio_and_video' : trackType }),
  };
}
