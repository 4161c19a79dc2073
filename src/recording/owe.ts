import type { Failure, Note, OutboxItem } from './messages.ts';
import type { Session } from './session.ts';

/**
 * Puts a message into the session's own outbox, so that "it changed" and "tell them" are one write.
 * A card that is already owed is not owed twice: it is drawn from the session as it is when it is sent.
 */
export function owe<S extends Session>(s: S, now: number, message: OutboxItem['message']): S {
  if (message.kind === 'card' && s.outbox.some((i) => i.message.kind === 'card')) return s;
  const sameRevision = s.outbox.filter((i) => i.id.startsWith(`${s.revision}.`)).length;
  return {
    ...s,
    outbox: [...s.outbox, { id: `${s.revision}.${sameRevision}`, message, tries: 0, nextAt: now, owedAt: now }],
  };
}

export function oweCard<S extends Session>(s: S, now: number): S {
  return owe(s, now, { kind: 'card' });
}

export function oweNote<S extends Session>(s: S, now: number, note: Note): S {
  return owe(s, now, { kind: 'thread', note });
}

export function oweAlert<S extends Session>(s: S, now: number, failure: Failure): S {
  return owe(s, now, { kind: 'alert', failure });
}
