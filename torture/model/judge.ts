import type { Session } from '../../src/recording/session.ts';
import { brokenNow, type Seen } from '../simulation/invariants.ts';
import { isItsUid } from '../simulation/is-its-uid.ts';
import type { PortCall } from '../simulation/port-call.ts';
import type { World } from './world.ts';

/** What a bot may be behind with, without any trouble: an order that was decided on is made, saved and sent. Milliseconds. */
const slack = 10_000;
/** A recorder that was put out of its channel, or kept from joining it, is gone after so long. Milliseconds. */
const puttingOut = 30_000;

export interface Judge {
  /** One sentence for each promise that is broken just now. `last`: secrets are looked for in all that was ever said. */
  look(last?: 'last'): Promise<string[]>;
}

/** Judges after each operation, by what Agora was asked, its ledger and the store; what has been judged is not looked at again. */
export function createJudge(w: World): Judge {
  const seen: Seen = new Map();
  let judged = 0;
  return {
    async look(last) {
      const sessions = await w.sim.sessions();
      const broken = await brokenNow(w.sim, seen, {
        secrets: last ? 'look for them' : 'another time',
        isLeaving: (task) =>
          w.orders.some((o) => {
            const since = w.sim.time.now() - o.at;
            return o.name === 'remove' && o.cname === task.cname && o.uid === task.uid && since < puttingOut;
          }),
      });
      for (const order of w.orders.slice(judged)) broken.push(...unwanted(order, sessions, w));
      judged = w.orders.length;
      broken.push(...tooMany(sessions, w));
      return broken;
    },
  };
}

/** I5: nothing is begun but what a person asked for and nobody has stopped, in its time. */
function unwanted(order: PortCall, sessions: ReadonlyMap<string, Session>, w: World): string[] {
  const { name, cname, uid, at } = order;
  if (name !== 'acquire' && name !== 'start') return [];
  const s = [...sessions.values()].find(
    (t) => t.channelName === cname && isItsUid(t.id, uid) && t.requestedAt <= at + slack,
  );
  if (!s) return [`I5: ${name} for ${cname} by nobody’s wish`];
  // Agora may have taken an earlier start under the same uid: only the same once more says what became of it.
  const again = name === 'start' && w.orders.filter((o) => o.name === 'start' && o.uid === uid && o.at < at).length > 0;
  if (again) return [];
  const lead = s.lead === null ? s : sessions.get(s.lead);
  const broken: string[] = [];
  for (const [what, end] of [
    ['its time was over', lead?.stopAt],
    ['somebody had stopped it', lead?.groupStop?.at],
  ] as const) {
    const late = at - (end ?? Infinity);
    if (late > slack + w.troubles.between(end ?? 0, at + slack))
      broken.push(`I5: ${name} of ${s.id} ${Math.round(late / 1000)} s after ${what}`);
  }
  return broken;
}

/** I6: no request has two effects. */
function tooMany(sessions: ReadonlyMap<string, Session>, w: World): string[] {
  const broken: string[] = [];
  const leads = [...sessions.values()].filter((s) => s.lead === null);
  const claimed = new Set(w.wishes.map((x) => x.id));
  for (const room of new Set(leads.map((s) => s.channelName))) {
    const unclaimed = leads.filter((s) => s.channelName === room && !claimed.has(s.id));
    const unanswered = w.wishes.filter((x) => x.room === room && x.id === undefined);
    if (unclaimed.length > unanswered.length)
      broken.push(`I6: ${unclaimed.map((s) => s.id).join(', ')} of ${room} answer ${unanswered.length} wishes`);
  }
  return broken;
}
