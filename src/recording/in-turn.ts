import { limits } from './limits.ts';
import type { OutboxItem } from './messages.ts';

/** A list of files goes another way than messages, which may be closed for as long as nobody opens it. */
export function isFileList({ message }: OutboxItem): boolean {
  return message.kind === 'thread' && message.note.type === 'file_list';
}

/** What stands behind it does not wait: it is a list of files, or Slack has refused it again and again. */
export function isAside(o: OutboxItem): boolean {
  return isFileList(o) || (o.refusals ?? 0) >= limits.refusalsAside;
}

/** Which of what a session owes may be sent, each at its own time: the first that others wait for, and those before it that nobody waits for. */
export function inTurn(outbox: readonly OutboxItem[]): readonly OutboxItem[] {
  const first = outbox.findIndex((o) => !isAside(o));
  return first < 0 ? outbox : outbox.slice(0, first + 1);
}
