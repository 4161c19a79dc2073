import { partId } from '../create-session.ts';
import { limits } from '../limits.ts';
import type { Failure } from '../messages.ts';
import { oweCard } from '../owe.ts';
import type { OtherPart, Session } from '../session.ts';
import { warnTime } from './extend.ts';

/**
 * Asks for another part of the wish that follows on `after`. On the lead it is entered at once; another part asks the lead, in the turn that
 * follows. Entering the same one twice enters it once.
 */
export function addPart<S extends Session>(lead: S, role: OtherPart['role'], after: string | null, now: number): S {
  // One that failed to take over may be followed by another one.
  const there = lead.others.some((o) => o.role === role && o.after === after && (role !== 'next' || !o.done));
  // The next one is on its way already, and two would record, and bill, side by side.
  const taken = role === 'replacement' && lead.others.some((o) => o.role === 'next' && o.after === after && !o.done);
  if (there || taken) return lead;
  const part = 2 + lead.others.length;
  const other: OtherPart = { id: partId(lead.id, part), part, role, after, made: false, done: false };
  return oweCard(
    {
      ...lead,
      others: [...lead.others, other],
      replaceLeft: role === 'replacement' ? lead.replaceLeft - 1 : lead.replaceLeft,
      // An ended lead warns no more of its own accord, but the wish goes on.
      warnAt: lead.warnAt ?? (now < lead.stopAt - limits.warnBefore ? warnTime(now, lead.stopAt) : null),
    },
    now,
  );
}

/** Losses that another recorder would not suffer at once again. A wrong bucket or token, or an empty channel, would end it as well. */
function worthAnother(before: Session, failure: Failure): boolean {
  if (failure.kind !== 'lost' && failure.kind !== 'ended_early') return false;
  const { error, leaveCode } = before.evidence;
  if (error && (error.module === 1 || error.code === 109 || error.code === 110)) return false;
  return leaveCode === undefined || (leaveCode & 4) === 0;
}

/** Its profile says that it is made again, and there is time left for it. */
function isReplaced(before: Session, failure: Failure, now: number): boolean {
  return (
    before.desired === 'recording' &&
    before.groupStop === undefined &&
    before.replaceLeft > 0 &&
    before.stopAt - now >= limits.leastReplacement &&
    worthAnother(before, failure)
  );
}

/** A recording that is confirmed lost is made again, if its profile says so. */
export function askReplacement<S extends Session>(before: Session, failed: S, failure: Failure, now: number): S {
  if (!isReplaced(before, failure, now)) return failed;
  return failed.lead === null
    ? addPart(failed, 'replacement', failed.id, now)
    : { ...failed, wantsPart: 'replacement' as const };
}

/** The next recorder never took over from `lost`: others may follow that one, and if it is lost by now somebody has to take its place. */
export function afterVain(lead: Session, id: string, lost: Session | undefined, now: number): Session {
  const others = lead.others.map((o) => (o.id === id ? { ...o, after: null } : o));
  const free = oweCard({ ...lead, others }, now);
  if (lost?.state !== 'failed') return free;
  const before = { ...lost, ...{ stopAt: lead.stopAt, groupStop: lead.groupStop, replaceLeft: lead.replaceLeft } };
  return isReplaced(before, lost.failure, now) ? addPart(free, 'replacement', lost.id, now) : free;
}

/** Before the token of this recorder runs out, the next one is brought in. */
export function askNext(s: Session, now: number): Session {
  const rolling = { ...s, rollAt: null };
  return s.lead === null ? addPart(rolling, 'next', s.id, now) : { ...rolling, wantsPart: 'next' };
}

/** What one part could not have is wanted no more, unless somebody has asked for something else since. */
export function withoutHoldOf(part: Session, lead: Session): Session {
  // One that has followed no change since it was made has what was wanted then.
  if (part.followed && lead.wanted.onhold !== part.followed.onhold) return lead;
  const { onhold: _, ...wanted } = lead.wanted;
  return { ...lead, wanted };
}

/** The lead has heard of it. What Agora refused the part otherwise is not asked for again for that. */
export function withHoldReported({ heldInVain: _, followed, ...part }: Session): Session {
  if (!followed) return part as Session;
  const { onhold: __, ...others } = followed;
  return { ...part, followed: others } as Session;
}

/** What a part that is not the lead takes over from it: the wish may have changed since. What Agora has refused it is not asked for again. */
export function followLead(s: Session, lead: Session, now: number): Session {
  const { stopAt, maxStopAt, wanted } = lead;
  if (JSON.stringify(s.followed ?? s.wanted) !== JSON.stringify(wanted)) {
    const { heldInVain, ...rest } = s;
    // What it could not have was wanted before: it has nothing to say of a newer wish.
    const isSame = heldInVain && wanted.onhold === s.followed?.onhold;
    return {
      ...(rest as Session),
      ...(isSame && { heldInVain }),
      stopAt,
      maxStopAt,
      wanted,
      followed: wanted,
      change: { by: lead.wantedBy ?? null, tries: 0, nextAt: now },
    };
  }
  return s.stopAt === stopAt && s.maxStopAt === maxStopAt ? s : { ...s, stopAt, maxStopAt };
}
