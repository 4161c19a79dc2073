import type { KnownBlock } from '@slack/web-api';
import { formatDuration } from '../../recording/duration.ts';
import { limits } from '../../recording/limits.ts';
import type { RecordedFile, Session } from '../../recording/session.ts';
import type { FileLink } from '../file-links.ts';
import { code, escaped, link, type Mrkdwn, mrkdwn } from '../mrkdwn.ts';
import { sections } from './blocks.ts';

/** All text of a message's blocks together may have about 12,000 characters; the rest of the message needs some (slackapi/bolt-js#2509). */
const room = 8_000;

/** Each file as a link, with its object key, and what is known of it. The rest is counted. */
export function fileBlocks(
  files: readonly RecordedFile[],
  links: ReadonlyMap<string, FileLink>,
  parts: readonly Session[],
): KnownBlock[] {
  const lines: Mrkdwn[] = [];
  let used = 0;
  for (const f of shownFirst(files).slice(0, limits.filesInMessage)) {
    const href = links.get(f.name);
    const name = f.name.split('/').at(-1) ?? f.name;
    const label = href ? link(href.open ?? href.location, name) : code(name);
    const line = mrkdwn`${label}${about(f, parts)}\n${code(f.name, 400)}`;
    used += line.length;
    if (used > room) break;
    lines.push(line);
  }
  if (files.length > lines.length) {
    lines.push(mrkdwn`… and ${files.length - lines.length} more; the whole list is a file in the thread.`);
  }
  return sections(lines);
}

/** What people open comes before its pieces. */
export function shownFirst(files: readonly RecordedFile[]): RecordedFile[] {
  const rank = (name: string) => (name.endsWith('.mp4') ? 0 : name.endsWith('.m3u8') ? 1 : 2);
  return [...files].sort((a, b) => rank(a.name) - rank(b.name));
}

/** Whose track it is, how long it plays and how large it is, as far as that is known. */
function about(f: RecordedFile, parts: readonly Session[]): Mrkdwn {
  const seen = parts.flatMap((p) => p.report?.files ?? []).find((r) => r.name === f.name);
  const words: string[] = [];
  if (f.expected) words.push('expected, not seen');
  if (f.uid !== undefined && f.uid !== '0') words.push(`uid ${f.uid}`);
  if (f.trackType === 'audio' || f.trackType === 'video') words.push(f.trackType);
  if (seen?.seconds) words.push(formatDuration(seen.seconds * 1000));
  if (seen?.size !== undefined) words.push(formatSize(seen.size));
  if (seen?.slices) words.push(`${seen.slices} slices`);
  return words.length === 0 ? mrkdwn`` : mrkdwn` (${escaped(words.join(', '))})`;
}

/** Bytes as people read them. */
export function formatSize(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}
