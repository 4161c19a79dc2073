import type { RecordedFile } from '../../recording/session.ts';
import { code, join, link, type Mrkdwn, mrkdwn } from '../mrkdwn.ts';

/** More would not fit into a message that people can read. */
const shown = 20;

/** Each file as a link to its place in the bucket and its object key. */
export function fileLines(files: readonly RecordedFile[], url: (name: string) => string): Mrkdwn {
  const lines = files
    .slice(0, shown)
    .map((f) => mrkdwn`${link(url(f.name), f.name.split('/').at(-1) ?? f.name)}\n${code(f.name, 400)}`);
  if (files.length > shown) lines.push(mrkdwn`… and ${files.length - shown} more in the same folder.`);
  return join(lines, '\n');
}
