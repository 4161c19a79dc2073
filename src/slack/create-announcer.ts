import type { WebClient } from '@slack/web-api';
import type { Announcer, Delivery, Wish } from '../recording/announcer.ts';
import { isFileList } from '../recording/in-turn.ts';
import type { OutboxItem } from '../recording/messages.ts';
import type { Log } from '../recording/ports.ts';
import { isEnded, type Session } from '../recording/session.ts';
import type { Sealer } from './actions/stop-value.ts';
import { createClaims } from './claims.ts';
import { createTogether } from './create-together.ts';
import { createTurns, keyOf, soon, type Turn } from './create-turns.ts';
import {
  cardGone,
  isDoubtful,
  isLasting,
  isRateLimit,
  isTimeout,
  later,
  mayStillCome,
  mostRefusals,
  noFiles,
  shutOut,
  unfit,
  unreachable,
} from './delivery-errors.ts';
import { slackErrorCode } from './error-code.ts';
import type { FileLink, FileLinks } from './file-links.ts';
import type { MessageMetadata } from './find-message.ts';
import { createLanes } from './lanes.ts';
import { clip, mrkdwn, plain } from './mrkdwn.ts';
import { literal, quiet } from './quiet.ts';
import { createStorms } from './storms.ts';
import { alert } from './views/alert.ts';
import { paragraph, type View } from './views/blocks.ts';
import { card } from './views/card.ts';
import { shownFirst } from './views/files.ts';
import { headline } from './views/headline.ts';
import { note } from './views/note.ts';
import { moreWords } from './views/seen-words.ts';
import { warningText } from './warning.ts';

/** Most characters of a text in chat.update (docs.slack.dev/reference/methods/chat.update). */
const maxText = 4_000;

/** Messages show fewer; a recording may have thousands. */
const mostLinked = 30;

/** What stands in a card's thread waits so long for a card that Slack does not take. Milliseconds. */
const cardRetry = 60_000;

/** Another process has begun to send it. */
class TakenOver extends Error {}

/**
 * Tells Slack what a session owes. The recording's own channel comes first, then the person who started it, then ALERT_CHANNEL. Every
 * failure becomes a {@link Delivery}: try again, or nobody can be reached.
 */
export function createAnnouncer(parts: {
  client: WebClient;
  alertChannel: string | undefined;
  links: FileLinks;
  sealer: Sealer;
  now: () => number;
  log: Log;
  /** Told whether Slack lets the app in: the error's code, or undefined when a message went through. */
  onAccess?: (refused: string | undefined) => void;
  /** Told of each message that reached nobody. */
  onUndelivered?: (kind: OutboxItem['message']['kind']) => void;
}): Announcer {
  const { client, alertChannel, links, sealer, now, log, onAccess, onUndelivered } = parts;
  const lanes = createLanes(now);
  const storms = createStorms(now);
  const claims = createClaims(now);
  /** Ids of people, and of the direct conversations that Slack made of them. */
  const conversations = new Map<string, string>();
  const { claimTogether, tellTogether } = createTogether({ client, storms, claims });
  const turnOf = createTurns({
    client,
    lanes,
    storms,
    claims,
    elsewhere(s) {
      const direct = conversations.get(s.startedBy);
      return [...(direct === undefined ? [] : [direct]), ...alertChannels(s)];
    },
  });

  /** As after a process was frozen, or another channel took long to say no: others may be looking for it by now. Throws TakenOver. */
  async function begunLately({ key, sending, begun }: Turn): Promise<void> {
    if (claims.isFresh(key)) return;
    const at = await sending.begin();
    if (at === undefined) throw new TakenOver();
    claims.begin(key, at);
    begun.add(key);
  }

  async function post(s: Session, to: string, view: View, turn: Turn, thread?: { ts: string; broadcast: boolean }) {
    const { key } = turn;
    await begunLately(turn);
    // Slack takes reply_broadcast only beside thread_ts.
    const where = thread ? { channel: to, thread_ts: thread.ts, reply_broadcast: thread.broadcast } : { channel: to };
    const metadata: MessageMetadata = { event_type: 'agora_recording', event_payload: { session: s.id, key } };
    claims.send(key);
    const answer = await orWithoutBlocks(
      s,
      () => client.chat.postMessage({ ...where, ...view, ...quiet, metadata }),
      () => client.chat.postMessage({ ...where, text: clip(view.text, maxText), ...quiet, metadata }),
    );
    if (answer.channel !== undefined && answer.channel !== to) conversations.set(to, answer.channel);
    return { channel: answer.channel ?? to, ts: answer.ts ?? '' };
  }

  async function orWithoutBlocks<T>(s: Session, send: () => Promise<T>, sendText: () => Promise<T>): Promise<T> {
    try {
      return await send();
    } catch (error) {
      const code = slackErrorCode(error);
      if (!code || !unfit.has(code)) throw error;
      log.error({ session: s.id, err: error, code }, 'Slack does not take a message as it is; its text is sent alone');
      return await sendText();
    }
  }

  const alertChannels = (s: Session) =>
    [s.alertChannel, alertChannel].filter((c, i, all) => c !== undefined && all.indexOf(c) === i) as string[];

  /**
   * The first conversation that takes it. Undefined: none does, and none will. `refusedBy`: an answer that may change. Throws the last of those when
   * nobody takes it, so that it stays owed for a day.
   */
  async function postSomewhere(
    s: Session,
    turn: Turn,
    make: (elsewhere: boolean) => View,
    tried: string[],
    refusedBy?: unknown,
  ) {
    let refusal = refusedBy;
    for (const to of [s.channel, s.startedBy, ...alertChannels(s)]) {
      try {
        return await post(s, to, make(to !== s.channel), turn);
      } catch (error) {
        const code = slackErrorCode(error);
        if (code && unreachable.has(code)) tried.push(`${to}: ${code}`);
        else if (isLasting(error, turn.refusals)) refusal = error;
        else throw error;
      }
    }
    if (refusal !== undefined && turn.refusals < mostRefusals) throw refusal;
    return undefined;
  }

  async function linksOf(sessions: readonly Session[]): Promise<Map<string, FileLink>> {
    const found = await Promise.all(
      sessions.map((p) =>
        links.of(
          p,
          shownFirst(p.files)
            .slice(0, mostLinked)
            .map((f) => f.name),
        ),
      ),
    );
    return new Map(found.flatMap((m) => [...m]));
  }

  async function deliverCard(wish: Wish, turn: Turn): Promise<Delivery> {
    const s = wish.lead;
    // Links are made where they are shown, once it has ended: until then nobody needs them.
    const all = isEnded(headline(wish.parts, s)) ? await linksOf(wish.parts) : new Map<string, FileLink>();
    const make = (elsewhere: boolean) => card(wish, { links: all, sealer, elsewhere });
    const update = async ({ channel, ts }: NonNullable<Session['card']>): Promise<boolean> => {
      const view = make(channel !== s.channel);
      try {
        await orWithoutBlocks(
          s,
          () => client.chat.update({ channel, ts, ...view, ...literal }),
          () => client.chat.update({ channel, ts, text: clip(view.text, maxText), ...literal }),
        );
        return true;
      } catch (error) {
        const code = slackErrorCode(error);
        if (!code || !(cardGone.has(code) || unreachable.has(code) || isLasting(error, turn.refusals))) throw error;
        log.warn({ session: s.id, code }, 'The card is gone, so a new one is posted');
        return false;
      }
    };
    if (s.card && (await update(s.card))) return { ok: true };
    const taken = await turn.take(s.channel, undefined);
    if (taken !== 'go') {
      if (!('ts' in taken)) return taken;
      // It was drawn when it was sent, and much may have happened since.
      const found = { channel: taken.channel, ts: taken.ts };
      if (await update(found)) return { ok: true, card: found };
    }
    const tried: string[] = [];
    const posted = await postSomewhere(s, turn, make, tried);
    return posted ? { ok: true, card: posted } : nobody(tried);
  }

  /** The whole list as a file, where a message could not hold it. Without a thread there is nothing that it would belong to. */
  async function deliverList(wish: Wish, s: Session, place: Session['card'], turn: Turn): Promise<Delivery> {
    if (!place) {
      // It stands in the card's thread, and the card may be refused for now.
      const isCardOwed = wish.lead.outbox.some((o) => o.message.kind === 'card');
      return isCardOwed
        ? { ok: false, retryAfterMs: cardRetry, reason: 'no card yet', waits: true }
        : nobody(['no card']);
    }
    const file = s.part === 1 ? 'files.tsv' : `files-${s.part}.tsv`;
    const taken = await turn.take(place.channel, place.ts, file);
    if (taken !== 'go') return 'ts' in taken ? { ok: true } : taken;
    const places = await links.places(
      s,
      s.files.map((f) => f.name),
    );
    const others = moreWords(s.report);
    await begunLately(turn);
    claims.send(turn.key);
    try {
      await client.filesUploadV2({
        channel_id: place.channel,
        thread_ts: place.ts,
        filename: file,
        title: `Files of ${plain(s.channelName, 80)}`,
        initial_comment: others
          ? mrkdwn`${s.files.length} files of the recording. ${others}`
          : mrkdwn`All ${s.files.length} files of the recording.`,
        content: s.files.map((f) => `${f.name}\t${places.get(f.name) ?? ''}`).join('\n'),
      });
      return { ok: true };
    } catch (error) {
      const code = slackErrorCode(error);
      // An older installation of the app may lack files:write; the messages have been sent all the same.
      const isInVain = [noFiles, unreachable, cardGone].some((codes) => code !== undefined && codes.has(code));
      if (!isInVain && turn.refusals < mostRefusals) throw error;
      return nobody([`${place.channel}: ${code}`]);
    }
  }

  async function deliverReply(wish: Wish, s: Session, item: OutboxItem, turn: Turn): Promise<Delivery> {
    const { message } = item;
    if (message.kind === 'card') return deliverCard(wish, turn);
    const place = wish.lead.card;
    if (isFileList(item)) return deliverList(wish, s, place, turn);
    const to = place?.channel ?? s.channel;
    if (storms.isTold(turn.key)) return { ok: true };
    // An alert stands in the channel too, and may have been told there with others.
    const taken = await turn.take(to, message.kind === 'alert' ? undefined : place?.ts);
    if (taken !== 'go') {
      if ('ts' in taken) storms.told(to, taken.keys);
      return 'ts' in taken ? { ok: true } : taken;
    }
    const tried: string[] = [];
    const together = message.kind === 'alert' ? await claimTogether(to, turn) : [];
    if (storms.isTold(turn.key)) return { ok: true };
    if (together.some((a) => !claims.isFresh(a.key)))
      return { ok: false, retryAfterMs: 1_000, reason: 'it took too long to write it down', waits: true };
    if (together.length > 1) {
      await tellTogether(to, together, turn);
      if (storms.isTold(turn.key)) return { ok: true };
      return { ok: false, retryAfterMs: 1_000, reason: 'older ones were told first', waits: true };
    }
    const all = message.kind === 'thread' && 'files' in message.note ? await linksOf([s]) : new Map<string, FileLink>();
    const make = (elsewhere: boolean) =>
      message.kind === 'alert' ? alert(wish, s, message.failure, elsewhere, now()) : note(s, message.note, all);
    let refusal: unknown;
    if (place) {
      try {
        // An alert is for the whole channel, and stands in the thread with the rest.
        const thread = { ts: place.ts, broadcast: message.kind === 'alert' };
        await post(s, place.channel, make(false), turn, thread);
        storms.told(to, [turn.key]);
        return { ok: true };
      } catch (error) {
        const code = slackErrorCode(error);
        if (code && (cardGone.has(code) || unreachable.has(code))) tried.push(`${place.channel}: ${code}`);
        else if (isLasting(error, turn.refusals)) refusal = error;
        else throw error;
      }
    }
    const posted = await postSomewhere(s, turn, make, tried, refusal);
    storms.told(to, [turn.key]);
    return posted ? { ok: true } : nobody(tried);
  }

  return {
    async warn(w) {
      // The log has said it.
      if (!alertChannel) return 'told';
      try {
        await client.chat.postMessage({ channel: alertChannel, ...paragraph(warningText(w)), ...quiet });
        return 'told';
      } catch (error) {
        log.error({ err: error, kind: w.kind }, 'ALERT_CHANNEL could not be told');
        const code = slackErrorCode(error);
        return code !== undefined && unreachable.has(code) ? 'nowhere' : 'away';
      }
    },
    async deliver(wish, s, item, sending) {
      const turn = turnOf(s, item, sending);
      // Alerts that stand behind other messages wait too.
      for (const o of [...s.outbox, item]) {
        const key = keyOf(s, o);
        if (o.message.kind !== 'alert' || storms.isTold(key)) continue;
        const { failure } = o.message;
        storms.wants(wish.lead.card?.channel ?? s.channel, { key, session: s, item: o.id, failure });
      }
      try {
        const delivery = await deliverReply(wish, s, item, turn);
        if (delivery.ok) onAccess?.(undefined);
        else if (delivery.retryAfterMs === null) onUndelivered?.(item.message.kind);
        return delivery;
      } catch (error) {
        if (error instanceof TakenOver)
          return { ok: false, retryAfterMs: soon, reason: 'another process sends it', waits: true };
        const code = slackErrorCode(error);
        if (code !== undefined && shutOut.has(code)) onAccess?.(code);
        // Whoever tells it with others has it looked for as well, so that what is older is not told last.
        if (item.message.kind === 'alert' && claims.isSent(turn.key) && isDoubtful(error) && !storms.doubtOf(turn.key))
          storms.doubt([turn.key]);
        // What nobody has tried to send in this turn may be there as before: it could not be looked for.
        const delivery = { ...later(error, item.tries, log), ...(turn.begun.has(turn.key) ? {} : { doubtful: true }) };
        // What comes after it waits too: others would look for it while it may still come.
        const hold = isTimeout(error) ? mayStillCome : delivery.retryAfterMs;
        // Files have a rate of their own.
        const isFull = isRateLimit(error) && !isFileList(item);
        if ((isFull || isTimeout(error)) && turn.channel !== undefined) lanes.hold(turn.channel, hold);
        return delivery;
      } finally {
        for (const key of turn.begun) claims.end(key);
      }
    },
  };
}

function nobody(tried: string[]): Delivery {
  return { ok: false, retryAfterMs: null, reason: tried.join(', ') };
}
