import type { OutboxItem } from './messages.ts';

/** A list of files goes another way than messages, which may be closed for as long as nobody opens it: what stands behind it does not wait. */
export function isFileList({ message }: OutboxItem): boolean {
  return message.kind === 'thread' && message.note.type === 'file_list';
}

/** Which of what a session owes may be sent, each at its own time: the first, and what stands behind lists of files. In the order of the outbox. */
export function inTurn(outbox: readonly OutboxItem[]): OutboxItem[] {
  const first = outbox.findIndex((o) => !isFileList(o));
  const lists = first < 0 ? outbox : outbox.slice(0, first);
  return [...lists.slice(0, 1), ...outbox.slice(lists.length, lists.length + 1)];
}
