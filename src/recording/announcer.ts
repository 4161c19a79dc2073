import type { OutboxItem } from './messages.ts';
import type { Session } from './session.ts';

/** All recordings of one wish; the first is the lead, which has the card. */
export interface Wish {
  lead: Session;
  parts: readonly Session[];
}

/**
 * Saves that a message is about to be sent, before it is: after a crash nobody else would know that it may be there. The time that was saved is
 * answered, ms since the epoch; undefined: it must not be sent, because another process has just saved the same or it is not owed any more.
 */
export interface Sending {
  /** The message that is delivered; once more when that took long, because others look for what was saved a while ago. */
  begin(): Promise<number | undefined>;
  /** One of another session, to be told together with it. `before`: what this process saved for it earlier, and knows that it is not there. */
  beginOther(session: string, item: string, before: number | undefined): Promise<number | undefined>;
  /** That one was told: its session owes it no more. Throws StoreError. */
  toldOther(session: string, item: string): Promise<void>;
}

/** Tells Slack. Never throws for an answer of Slack's. */
export interface Announcer {
  /**
   * `s` owes the item; the card and the thread are those of the wish that it is a part of. `sending` is asked before anything new is posted. An
   * item with `sentAt` is looked up before it is posted again.
   */
  deliver(wish: Wish, s: Session, item: OutboxItem, sending: Sending): Promise<Delivery>;
  /** Tells operators something in ALERT_CHANNEL. */
  warn(w: OperatorWarning): Promise<Told>;
}

/** `told`: or nobody wants it told; `nowhere`: the app may not write to that channel; `away`: it may be said soon. */
export type Told = 'told' | 'nowhere' | 'away';

export type OperatorWarning =
  /** Recorders get scarce. */
  | { kind: 'capacity'; project: string; used: number; maxConcurrent: number }
  /** A record in the store cannot be read; `why` shows none of its values. */
  | { kind: 'unreadable'; id: string; why: string }
  /** The temporary credentials of a storage run out at `until` (ms since the epoch), and there are no fresh ones. */
  | { kind: 'credentials'; storage: string; until: number; cause: string; next: string };

export type Delivery =
  | { ok: true; card?: { channel: string; ts: string } }
  /**
   * Try the same again, not before `retryAfterMs`. `doubtful`: Slack may have taken it all the same. `waits`: it is not its turn yet. `refused`: Slack
   * has said no, for a reason of its own.
   */
  | { ok: false; retryAfterMs: number; reason: string; doubtful?: boolean; waits?: boolean; refused?: boolean }
  /** Nobody could be reached by any route: dropped, logged as an error. */
  | { ok: false; retryAfterMs: null; reason: string };
