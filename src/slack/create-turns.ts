import type { WebClient } from '@slack/web-api';
import type { Delivery, Sending } from '../recording/announcer.ts';
import type { OutboxItem } from '../recording/messages.ts';
import type { Session } from '../recording/session.ts';
import type { Claims } from './claims.ts';
import { findMessage } from './find-message.ts';
import type { Lanes } from './lanes.ts';
import type { Storms } from './storms.ts';

/** How soon to look again for what another process sends at this moment. Milliseconds. */
export const soon = 5_000;

/** Slack is asked for an address, given the file, and told that it is there. */
const callsOfUpload = 3;

/** The turn of one message: its place in its channel's queue, and whether it is there already. */
export interface Turn {
  /** Of the message; unique for ever. */
  key: string;
  sending: Sending;
  /** So often in a row Slack has said no to it. */
  refusals: number;
  /** Where it wants to be posted, once that was asked. */
  channel?: string;
  /** What it has been given the word to send: itself, and what is told together with it. */
  begun: Set<string>;
  /** `go`: post it now. A time: it is there already. Else it is not its turn. */
  take(
    channel: string,
    thread: string | undefined,
    file?: string,
  ): Promise<'go' | { channel: string; ts: string; keys: string[] } | Delivery>;
}

/** Makes turns. `elsewhere`: where else a message of this session may have gone. */
export function createTurns(parts: {
  client: WebClient;
  lanes: Lanes;
  storms: Storms;
  claims: Claims;
  elsewhere: (s: Session) => readonly string[];
}) {
  const { client, lanes, storms, claims, elsewhere } = parts;

  /** Looks for it where it was to go, and where it went if nobody was to be reached there. */
  async function find(s: Session, r: Parameters<typeof findMessage>[1]) {
    // A list of files goes nowhere but under its card, and one elsewhere is another recording's.
    const others = r.file === undefined ? elsewhere(s) : [];
    for (const channel of new Set([r.channel, ...others])) {
      const found = await findMessage(client, { ...r, channel, thread: channel === r.channel ? r.thread : undefined });
      if (found) return { channel, ...found };
    }
    return undefined;
  }

  return (s: Session, item: OutboxItem, sending: Sending): Turn => {
    const key = keyOf(s, item);
    const turn: Turn = {
      key,
      sending,
      refusals: item.refusals ?? 0,
      begun: new Set(),
      async take(channel, thread, file) {
        turn.channel = channel;
        const onItsWay = claims.wait(key, item.sentAt, file === undefined ? 1 : callsOfUpload);
        if (onItsWay > 0) return { ok: false, retryAfterMs: onItsWay, reason: 'it may be on its way', waits: true };
        // Alerts of a storm share a place: most are told with another one, and would keep theirs in vain.
        const before = item.message.kind === 'alert' ? storms.before(channel, key) : undefined;
        const wait = lanes.enter(channel, key, before === undefined ? key : 'alerts');
        if (wait > 0)
          return { ok: false, retryAfterMs: wait + (before ?? 0) * 1_000, reason: 'others are before it', waits: true };
        const sentAt = item.sentAt === claims.inVain(key) ? undefined : item.sentAt;
        const since = sentAt ?? storms.doubtOf(key)?.since;
        const found = since === undefined ? undefined : await find(s, { channel, thread, key, since, file });
        if (found) return found;
        const at = await sending.begin();
        if (at === undefined) return { ok: false, retryAfterMs: soon, reason: 'another process sends it', waits: true };
        claims.begin(key, at);
        turn.begun.add(key);
        return 'go';
      },
    };
    return turn;
  };
}

/** Of a message that is owed; unique for ever. */
export function keyOf(s: Session, item: OutboxItem): string {
  return `${s.id}:${item.id}`;
}
