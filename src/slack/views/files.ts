import type { KnownBlock } from '@slack/web-api';
import type { RecordedFile } from '../../recording/session.ts';
import { code, link, type Mrkdwn, mrkdwn } from '../mrkdwn.ts';
import { sections } from './blocks.ts';

/** More would not fit into a message that people can read. */
const shown = 20;
/** All text of a message's blocks together may have about 12,000 characters; the rest of the message needs some (slackapi/bolt-js#2509). */
const room = 8_000;

/** Each file as a link to its place in the bucket and its object key. */
export function fileBlocks(files: readonly RecordedFile[], url: (name: string) => string): KnownBlock[] {
  const lines: Mrkdwn[] = [];
  let used = 0;
  for (const f of files.slice(0, shown)) {
    const line = mrkdwn`${link(url(f.name), f.name.split('/').at(-1) ?? f.name)}\n${code(f.name, 400)}`;
    used += line.length;
    if (used > room) break;
    lines.push(line);
  }
  if (files.length > lines.length) lines.push(mrkdwn`… and ${files.length - lines.length} more in the same folder.`);
  return sections(lines);
}
