import { controlEnding, stopNeverProved } from '../failures.ts';
import { limits } from '../limits.ts';
import type { Failure } from '../messages.ts';
import { oweAlert, oweCard } from '../owe.ts';
import { pageHours } from '../recipe/page-hours.ts';
import type { Session } from '../session.ts';
import { fail } from './end.ts';

/**
 * How long Agora is to take orders for this task, hours: past it nothing can be stopped (Agora docs, resourceExpiredHour), so it reaches a day past
 * the latest end that the task can have, whatever its recorder's token does.
 */
export function controlHours(s: Session, now: number): number {
  return Math.min(
    limits.maxControlHours,
    Math.max(1, Math.ceil((s.maxStopAt - now) / 3_600_000)) + limits.controlMarginHours,
  );
}

/** When Agora takes no order for its task any more. Undefined while there is none, and when it is over. */
export function controlEnd(s: Session): number | undefined {
  switch (s.state) {
    case 'starting':
    case 'recording':
    case 'suspect':
    case 'stopping':
      // Older records do not say.
      return s.controlUntil ?? s.acquiredAt + controlHours(s, s.acquiredAt) * 3_600_000;
    default:
      return undefined;
  }
}

/** No stop has failed: the first one may be all that it takes, also when it comes late because the bot was down. */
function isUntried(s: Session): boolean {
  return s.state === 'stopping' && s.tries === 0;
}

/** When {@link passControl} has something to do. */
export function controlMoment(s: Session): number | undefined {
  const end = controlEnd(s);
  if (end === undefined || isUntried(s)) return undefined;
  return s.controlTold ? end : end - limits.controlWarn;
}

/** It is over though nobody saw it: what ends it by itself, its token or the limit of its page, did so before. */
function hasEndedByItself(s: Session, now: number): boolean {
  const end =
    s.recipe.mode === 'web'
      ? 'startedAt' in s && s.startedAt + pageHours(s.recipe) * 3_600_000
      : // A task of a project without a certificate has no token, and older records do not say.
        s.tokenUntil;
  return typeof end === 'number' && now >= end + limits.tokenMargin;
}

/** Agora would answer that there is no such task whether it runs or not, and nothing else says that it has ended. */
export function isOutOfReach(s: Session, now: number): boolean {
  const end = controlEnd(s);
  return end !== undefined && now >= end && !s.evidence.ended && !hasEndedByItself(s, now);
}

/** Ends a session whose task cannot be stopped any more; people hear of it, and its recorders are put out of the channel. */
export function giveUpControl(s: Session, resourceId: string, failure: Failure, now: number): Session {
  // A page's recorder is in no channel.
  const uids = s.recipe.mode === 'web' ? [] : [s.uid, ...s.evidence.failoverUids];
  const known = new Set(s.strays.map((t) => t.uid));
  const kicked = uids
    .filter((uid) => !known.has(uid))
    .map((uid) => ({ uid, resourceId, tries: 0, nextAt: now, kickedSince: now }));
  return fail({ ...s, strays: [...s.strays, ...kicked] }, failure, now);
}

/**
 * A task that still runs shortly before Agora takes no order for it any more is an alert. Past that it can only be put out of its channel, under the
 * uid that it was started with and those that it got in failovers.
 */
export function passControl(s: Session, now: number): Session {
  const end = controlEnd(s);
  if (end === undefined || !('sid' in s) || s.resourceId === undefined || isUntried(s)) return s;
  if (now >= end) return giveUpControl(s, s.resourceId, stopNeverProved(s, now), now);
  if (now < end - limits.controlWarn || s.controlTold) return s;
  return oweAlert(oweCard({ ...s, controlTold: true }, now), now, controlEnding(s, end, now));
}
