import { checkBlocks, textLength } from '../../../sandbox/slack/block-kit.ts';
import type { View } from '../../../src/slack/views/blocks.ts';

/** Every mark that we make ourselves. Whatever else has a < in it came from somebody else, unescaped. */
const marks =
  /<(?:@[UW][A-Z0-9]+|#[CGD][A-Z0-9]+|!subteam\^S[A-Z0-9]+|!date\^\d+\^[^|<>^]*\|[^|<>]*|https:\/\/[^|<>\s]+\|[^|<>]*)>/g;

/** What Slack would refuse in a message, or would show or ping though nobody meant it to. Empty when all is well. */
export function problemsOf(view: View): string[] {
  const problems = checkBlocks(JSON.parse(JSON.stringify(view.blocks)), 50);
  if (textLength(view.blocks) > 12_000) problems.push('more text than a message holds');
  if (view.text.length > 4_000) problems.push('a text too long for chat.update');
  if (!/[.!?)…]$/.test(view.text)) problems.push(`not a sentence: ${view.text}`);
  for (const text of [view.text, ...textsOf(view.blocks, problems)]) {
    const rest = text.replace(marks, '');
    if (/[<>]/.test(rest)) problems.push(`unescaped: ${rest}`);
    if (/&(?!amp;|lt;|gt;)/.test(rest)) problems.push(`a bare &: ${rest}`);
    if (/[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u.test(text))
      problems.push(`something that cannot be seen: ${JSON.stringify(text)}`);
  }
  return problems;
}

/** The mrkdwn texts anywhere in blocks. */
function textsOf(v: unknown, problems: string[]): string[] {
  if (Array.isArray(v)) return v.flatMap((e) => textsOf(e, problems));
  if (typeof v !== 'object' || v === null) return [];
  if ('type' in v && v.type === 'mrkdwn' && 'text' in v && typeof v.text === 'string') {
    if (!('verbatim' in v) || v.verbatim !== true) problems.push('Slack would look for mentions of its own in a text');
    return [v.text];
  }
  return Object.values(v).flatMap((e) => textsOf(e, problems));
}

/** All that people read of it. */
export function readable(view: View): string {
  return JSON.stringify(view.blocks);
}

/** The action_ids of its buttons. */
export function buttonsOf(view: View): string[] {
  return view.blocks.flatMap((b) =>
    b.type === 'actions' ? b.elements.map((e) => ('action_id' in e ? (e.action_id ?? '') : '')) : [],
  );
}
