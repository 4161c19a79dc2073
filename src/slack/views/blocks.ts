import type { KnownBlock } from '@slack/web-api';
import { clip, join, type Mrkdwn } from '../mrkdwn.ts';

/** A message: text for notifications and screen readers, always a whole sentence, and the blocks that people see. */
export interface View {
  text: Mrkdwn;
  blocks: KnownBlock[];
}

/** Most characters of one text object (docs.slack.dev/reference/block-kit/composition-objects/text-object). */
export const maxText = 3000;

/**
 * `verbatim`, or Slack would look for mentions and channels of its own in the text (the same page), and an Agora channel may be called
 * `@channel`. Marks like `<@U…>` work all the same.
 */
function textObject(text: Mrkdwn) {
  return { type: 'mrkdwn' as const, text: clip(text, maxText), verbatim: true };
}

export function section(text: Mrkdwn): KnownBlock {
  return { type: 'section', text: textObject(text) };
}

export function context(text: Mrkdwn): KnownBlock {
  return { type: 'context', elements: [textObject(text)] };
}

/** Lines below each other, in as few sections as hold them; no line is torn apart. */
export function sections(lines: readonly Mrkdwn[]): KnownBlock[] {
  const groups: Mrkdwn[] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= maxText)
      groups[groups.length - 1] = join([last, line], '\n');
    else groups.push(line);
  }
  return groups.map(section);
}

/** A message of one paragraph. */
export function paragraph(text: Mrkdwn): View {
  return { text, blocks: [section(text)] };
}
