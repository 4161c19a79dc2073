import type { KnownBlock } from '@slack/web-api';
import { formatDuration } from '../../recording/duration.ts';
import { limits } from '../../recording/limits.ts';
import { type RecordedFile, wasSeen } from '../../recording/recorded-files.ts';
import { isEnded, type Session } from '../../recording/session.ts';
import { isEarlier } from '../../recording/transitions/earlier-tasks.ts';
import type { FileLink } from '../file-links.ts';
import { code, escaped, link, type Mrkdwn, mrkdwn } from '../mrkdwn.ts';
import { maxText, sections } from './blocks.ts';

/** Each file as a link, with its object key, and what is known of it. The rest is counted. `room`: characters. */
export function fileBlocks(
  files: readonly RecordedFile[],
  links: ReadonlyMap<string, FileLink>,
  parts: readonly Session[],
  room: number = limits.lettersInMessage,
): KnownBlock[] {
  const lines: Mrkdwn[] = [];
  let used = 0;
  const marked = areMarked(parts);
  for (const f of shownFirst(files).slice(0, limits.filesInMessage)) {
    const line = fileLine(f, links.get(f.name), parts, marked);
    used += line.length;
    if (used > room) break;
    lines.push(line);
  }
  if (files.length > lines.length) {
    // The whole list comes when it is whole.
    const where = parts.every(isEnded) ? mrkdwn`in the thread` : mrkdwn`in the thread when it has ended`;
    lines.push(mrkdwn`… and ${files.length - lines.length} more, ${where}.`);
  }
  return sections(lines);
}

/** With the link that opens it; where that is too long for a message, because it is signed with long temporary keys, with where it lies. */
function fileLine(f: RecordedFile, href: FileLink | undefined, parts: readonly Session[], marked: boolean): Mrkdwn {
  const name = f.name.split('/').at(-1) ?? f.name;
  const line = (label: Mrkdwn, why = mrkdwn``) =>
    mrkdwn`${label}${about(f, parts, marked)}${why}\n${code(f.name, 400)}`;
  const fits = (l: Mrkdwn) => l.length <= maxText;
  const open = href?.open === undefined ? undefined : line(link(href.open, name));
  if (open && fits(open)) return open;
  const why = open ? mrkdwn` (the link that opens it is too long for Slack; this is where it lies)` : mrkdwn``;
  const place = href && line(link(href.location, name), why);
  return place && fits(place) ? place : line(code(name), why);
}

/** What people open comes before its pieces: films, then lists with sound and picture, then single tracks person by person, then pictures. */
export function shownFirst(files: readonly RecordedFile[]): RecordedFile[] {
  const kinds = [/\.mp4$/, /\.m3u8$/, /\.jpg$/];
  const tracks = ['audio_and_video', 'video', 'audio'];
  const place = (found: number) => (found < 0 ? kinds.length : found);
  const rank = (f: RecordedFile) => [
    place(kinds.findIndex((kind) => kind.test(f.name))),
    // A list whose track nobody has said is the whole.
    Math.max(0, tracks.indexOf(f.trackType ?? '')) > 0 ? 1 : 0,
    Number(f.uid ?? 0),
    Math.max(0, tracks.indexOf(f.trackType ?? '')),
  ];
  const ranked = files.map((f) => ({ f, rank: rank(f) }));
  ranked.sort((a, b) => a.rank.map((n, i) => n - (b.rank[i] ?? 0)).find((d) => d !== 0) ?? 0);
  return ranked.map(({ f }) => f);
}

/** Where those who may can see the files in the vendor's own console; undefined where the vendor has none that can be addressed. */
export function consoleWords(links: ReadonlyMap<string, FileLink>): Mrkdwn | undefined {
  const href = [...links.values()].find((l) => l.console)?.console;
  return href === undefined
    ? undefined
    : mrkdwn`Who may look into the bucket finds them ${link(href, 'in its console')}.`;
}

/** What there is, in words: `2 films, 4 lists, 120 pictures`. */
export function countFiles(files: readonly RecordedFile[]): string {
  const count = (pattern: RegExp, one: string, many: string) => {
    const n = files.filter((f) => pattern.test(f.name)).length;
    return n === 0 ? [] : [`${n} ${n === 1 ? one : many}`];
  };
  return [
    ...count(/\.mp4$/, 'MP4 file', 'MP4 files'),
    ...count(/\.m3u8$/, 'list', 'lists'),
    ...count(/\.jpg$/, 'picture', 'pictures'),
    ...count(/\.(?!mp4$|m3u8$|jpg$)[^.]*$/, 'other file', 'other files'),
  ].join(', ');
}

/** Who says that a file of a part is there: the bucket was seen to have it, or Agora says so, or nobody. */
export function proofOf(s: Session, f: RecordedFile): 'seen' | 'told' | 'none' {
  const { report } = s;
  const unseen = s.evidence.uploaded === 'uploaded' && !isEarlier(s, f) ? 'told' : 'none';
  if (s.state === 'completed') {
    if (s.proof === 'agora') return isEarlier(s, f) ? 'none' : 'told';
    // What was named since the bucket was looked into is in no report.
    return report === undefined || wasSeen(report, f.name) ? 'seen' : unseen;
  }
  const isLooked = (s.state === 'failed' || s.state === 'empty') && report?.verdict === 'ready' && !s.salvage;
  return isLooked && wasSeen(report, f.name) ? 'seen' : unseen;
}

/** All files of a part were seen in the bucket. */
export function areSeen(s: Session): boolean {
  return s.files.every((f) => proofOf(s, f) === 'seen');
}

/** Not all files have the same proof, or not the one that their part is said to have: each that was not seen is marked. */
function areMarked(parts: readonly Session[]): boolean {
  const proofs = new Set(parts.flatMap((p) => p.files.map((f) => proofOf(p, f))));
  if (proofs.size > 1) return true;
  return parts.some(
    (p) =>
      p.state === 'completed' && (p.proof === 'agora' ? p.files.some((f) => proofOf(p, f) === 'none') : !areSeen(p)),
  );
}

function doubtOf(f: RecordedFile, parts: readonly Session[]): string[] {
  const part = parts.find((p) => p.files.some((g) => g.name === f.name));
  const proof = part ? proofOf(part, f) : 'none';
  return proof === 'seen' ? [] : [proof === 'told' ? 'confirmed by Agora, not seen' : 'not confirmed'];
}

/** Whose track it is, how long it plays and how large it is, as far as that is known. */
function about(f: RecordedFile, parts: readonly Session[], marked: boolean): Mrkdwn {
  const seen = parts.flatMap((p) => p.report?.files ?? []).find((r) => r.name === f.name);
  const words: string[] = [];
  if (f.expected) words.push('expected, not seen');
  else if (parts.some((p) => isEnded(p) && p.report?.missing.includes(f.name))) words.push('not in the bucket');
  else if (marked) words.push(...doubtOf(f, parts));
  if (f.uid !== undefined && f.uid !== '0') words.push(`uid ${f.uid}`);
  if (f.trackType === 'audio' || f.trackType === 'video') words.push(f.trackType);
  else if (words.length > 0 && f.trackType === 'audio_and_video') words.push('audio and video');
  if (seen?.seconds) words.push(formatDuration(seen.seconds * 1000));
  // A list of lists has nothing of its own.
  if (seen?.size) words.push(formatSize(seen.size));
  if (seen?.slices) words.push(seen.slices === 1 ? '1 slice' : `${seen.slices} slices`);
  return words.length === 0 ? mrkdwn`` : mrkdwn` (${escaped(words.join(', '))})`;
}

/** Bytes as people read them. */
export function formatSize(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}
