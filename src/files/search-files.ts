import type { FileSearch, FilesFound } from '../recording/file-check.ts';
import type { RecordedFile } from '../recording/recorded-files.ts';
import type { Bucket } from './bucket.ts';
import { inParallel } from './in-parallel.ts';
import { listObjects } from './list-objects.ts';
import { type Lookup, lookUp } from './look-up.ts';

/** A recording is brought back so often at most (Agora docs, high availability). */
const mostTakeovers = 3;
/** So many are kept; a session has to stay small enough to be written each time. */
const mostFound = 5_000;
/** So many guesses are looked up. */
const mostGuesses = 200;

/** Of recorders that nobody has told of so many are looked up. */
const mostDoubtful = 20;
/** Of films that are cut by their length so many are looked up. */
const mostCut = 50;

/**
 * Looks for lists and films of a recording that Agora did not name: those of recorders that took over (`bak<n>_`), and copies of lists that were left
 * while the upload failed (`..._{tick}_{index}.m3u8`; Agora docs, manage recorded files). By a list of the bucket where the key may have one, else by
 * asking for the names that they should have; a copy's cannot be guessed.
 */
export async function searchFiles(
  bucket: Bucket,
  r: FileSearch,
  { now = Date.now }: { now?: () => number } = {},
): Promise<FilesFound> {
  const folder = r.base.slice(0, r.base.lastIndexOf('/') + 1);
  const wanted = r.snapshots ? /\.(m3u8|mp4|mpd|jpg)$/ : /\.(m3u8|mp4|mpd)$/;
  const found: string[] = [];
  let listed = true;
  let cut = false;
  let silent = false;
  for (let n = r.copies || r.snapshots ? -1 : 0; n < mostTakeovers; n++) {
    const listing = await listObjects(bucket, `${folder}${markOf(n)}${r.sid}_`, { now: now() });
    if (listing.kind !== 'listed' || listing.more) listed = false;
    if (listing.kind === 'listed' && listing.more) cut = true;
    if (listing.kind === 'unknown') silent = true;
    if (listing.kind === 'listed') found.push(...listing.keys.filter((key) => wanted.test(key)));
    else if (listing.kind === 'forbidden') break;
    const goesOn = n < r.takeovers || (listing.kind === 'listed' && listing.keys.length > 0);
    if (!goesOn) break;
  }
  if (listed) return { ...named(found), more: found.length > mostFound, expected: [] };
  const answers: Lookup[] = [];
  /** Asked for by name, and not seen. */
  const unseen = new Set<string>();
  /** From this film on, one after the other; of a list only itself. */
  const walk = async (first: string) => {
    for (let key = first, n = 0; n < mostCut; key = nextOf(key), n++) {
      if (r.names.includes(key) || found.includes(key)) continue;
      if (unseen.has(key)) break;
      const got = await lookUp(bucket, key, now());
      answers.push(got);
      if (got.kind !== 'there') break;
      found.push(key);
    }
  };
  const listedBefore = found.length;
  for (const guess of r.guesses) await walk(guess);
  const guessed = found.slice(listedBefore);
  // One name for each list and film of the first recorder, under the mark of each that took over.
  const own = [...new Set([...r.names, ...r.guesses, ...guessed])].filter(
    (key) => !/^bak\d+_/.test(key.slice(folder.length)) && /\.(m3u8|mp4)$/.test(key),
  );
  const open: string[] = [];
  for (let n = 0; n < mostTakeovers; n++) {
    const isKnown = n < r.takeovers;
    const marked = (key: string) => folder + markOf(n) + key.slice(folder.length);
    const guesses = own.map(marked);
    const asked = guesses.filter((key) => !found.includes(key)).slice(0, isKnown ? mostGuesses : mostDoubtful);
    const got = await inParallel(asked, 8, (key) => lookUp(bucket, key, now()));
    answers.push(...got);
    const seen = asked.filter((_, i) => got[i]?.kind === 'there');
    found.push(...seen);
    for (const key of asked) if (!found.includes(key)) unseen.add(key);
    // That it took over when the first one had cut its film says nothing of how often its own was cut.
    for (const film of seen.filter((key) => key.endsWith('.mp4'))) await walk(nextOf(film));
    // Only what the first recorder is known to have is expected of it.
    const sure = new Set(r.names.map(marked));
    const silent = asked.filter((_, i) => got[i]?.kind === 'forbidden' || got[i]?.kind === 'unknown');
    if (isKnown) open.push(...silent.filter((key) => sure.has(key)));
    else if (seen.length === 0) break;
  }
  // Where one file can be read, a refusal means absent.
  const readable = answers.some((a) => a.kind === 'there' || a.kind === 'absent');
  return {
    // Lists and films of those that took over are guessed; what a picture or a copy is called, or a person's list, cannot be.
    ...named(found),
    ...((cut && (r.snapshots || r.copies)) || found.length > mostFound ? { more: true } : {}),
    ...(silent && r.snapshots ? { unlisted: true as const } : {}),
    expected: readable
      ? []
      : open.slice(0, mostGuesses).map((name) => ({ ...describe(name), expected: true as const })),
  };
}

/** Those that are kept: lists and films before pictures. */
function named(found: readonly string[]): Pick<FilesFound, 'found'> {
  const isPicture = (key: string) => key.endsWith('.jpg');
  const kept = [...found.filter((key) => !isPicture(key)), ...found.filter(isPicture)].slice(0, mostFound);
  return { found: kept.map(describe) };
}

/** A film that gets long is cut, and the next one has the next number (Agora docs, manage recorded files). Of a list there is one. */
function nextOf(key: string): string {
  return key.replace(/_(\d+)\.mp4$/, (_, n: string) => `_${Number(n) + 1}.mp4`);
}

/** How the names of the nth recorder that took over begin, from 0; those of the first recorder of all, -1, as they are. */
function markOf(n: number): string {
  return n < 0 ? '' : `bak${n}_`;
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
