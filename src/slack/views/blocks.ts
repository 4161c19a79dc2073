import type { KnownBlock } from '@slack/web-api';
import type { Mrkdwn } from '../mrkdwn.ts';

/** A message: text for notifications and screen readers, always a whole sentence, and the blocks that people see. */
export interface View {
  text: string;
  blocks: KnownBlock[];
}

export function section(text: Mrkdwn): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: text.slice(0, 3000) } };
}

export function context(text: Mrkdwn): KnownBlock {
  return { type: 'context', elements: [{ type: 'mrkdwn', text: text.slice(0, 3000) }] };
}

/** A message of one paragraph. */
export function paragraph(text: Mrkdwn): View {
  return { text, blocks: [section(text)] };
}
