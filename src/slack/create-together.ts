import type { WebClient } from '@slack/web-api';
import type { Claims } from './claims.ts';
import type { Turn } from './create-turns.ts';
import { isDoubtful, isLasting, unfit, unreachable } from './delivery-errors.ts';
import { slackErrorCode } from './error-code.ts';
import { findMessage, type MessageMetadata } from './find-message.ts';
import { quiet } from './quiet.ts';
import type { Storms, WaitingAlert } from './storms.ts';
import { alertDigest } from './views/alert-digest.ts';

/** Tells a storm of alerts in one channel as one message, also beside other processes that do the same. */
export function createTogether(parts: { client: WebClient; storms: Storms; claims: Claims }) {
  const { client, storms, claims } = parts;

  /** What is to be told now, without what a message has told whose answer was lost. */
  async function withoutDoubt(to: string, key: string): Promise<WaitingAlert[]> {
    for (;;) {
      const together = storms.together(to, key);
      const inDoubt = together.find((a) => a.key !== key && storms.doubtOf(a.key));
      const doubt = inDoubt && storms.doubtOf(inDoubt.key);
      if (!inDoubt || !doubt) return together;
      const found = await findMessage(client, { channel: to, key: inDoubt.key, since: doubt.since });
      if (found) {
        storms.told(to, found.keys);
        continue;
      }
      for (const one of doubt.keys) claims.notThere(one);
      storms.settle(doubt.keys);
    }
  }

  /** What is to be told now. That nobody else tells any of it is saved: other processes have their own storms. */
  async function claimTogether(to: string, { key, sending, begun }: Turn): Promise<WaitingAlert[]> {
    for (;;) {
      const together = await withoutDoubt(to, key);
      const others = together.filter((a) => !begun.has(a.key));
      if (others.length === 0) return together;
      const claim = async (a: WaitingAlert) => {
        const at = await sending.beginOther(a.session.id, a.item, claims.inVain(a.key));
        if (at === undefined) return storms.forget(to, a.key);
        claims.begin(a.key, at);
        begun.add(a.key);
      };
      const all = await Promise.allSettled(others.map(claim));
      for (const r of all) if (r.status === 'rejected') throw r.reason;
    }
  }

  /** A storm in one channel: one message for many, and none of them is owed any more. */
  async function tellTogether(to: string, alerts: readonly WaitingAlert[], turn: Turn): Promise<void> {
    const { sending, refusals } = turn;
    const keys = alerts.map((a) => a.key);
    const metadata: MessageMetadata = { event_type: 'agora_recording', event_payload: { keys: keys.join(' ') } };
    for (const key of keys) claims.send(key);
    try {
      await client.chat.postMessage({ channel: to, ...alertDigest(alerts), ...quiet, metadata });
      storms.told(to, keys);
    } catch (error) {
      const code = slackErrorCode(error);
      // Nobody can be reached there: each goes the way of its own starter.
      if (code && (unreachable.has(code) || unfit.has(code) || isLasting(error, refusals))) storms.calm(to);
      if (isDoubtful(error)) storms.doubt(keys);
      else for (const key of keys) claims.notThere(key);
      throw error;
    }
    // Where the store is away, each learns it in its own turn.
    await Promise.allSettled(alerts.map((a) => sending.toldOther(a.session.id, a.item)));
  }

  return { claimTogether, tellTogether };
}
