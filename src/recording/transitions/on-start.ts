import { endedBeforeItBegan, startFailed } from '../failures.ts';
import { limits, wait } from '../limits.ts';
import { oweCard } from '../owe.ts';
import type { Reply } from '../ports.ts';
import type { Session, SessionIn } from '../session.ts';
import { askStop } from './ask-stop.ts';
import { nextAttempt } from './attempt.ts';
import { withCredentials } from './credentials.ts';
import { mayHaveTaken, withRefusal } from './doubt.ts';
import { fail } from './end.ts';
import { onLateStart, type SentStart } from './on-late-start.ts';
import { isTiredOf, refuse } from './refused.ts';

/** To be saved before start is sent: from then on the task may run, whatever becomes of the answer. `hasToken`: its recorder is given a token. */
export function beforeStart(s: Session, now: number, hasToken: boolean): Session {
  if (s.state !== 'acquired') return s;
  const { tokenUntil: before, ...rest } = s;
  // What was sent without a token before may be what runs.
  const bounded = hasToken && (s.startSends === 0 || before !== undefined);
  const longest = limits.tokenLife;
  // A web page is recorded without a token, and a shorter recording ends before its token does.
  const rolls = s.recipe.mode !== 'web' && s.maxStopAt + limits.tokenMargin - now > longest;
  return {
    ...rest,
    ...(bounded ? { tokenUntil: now + tokenSeconds(s, now) * 1000 } : {}),
    startSends: s.startSends + 1,
    rollAt: rolls ? now + longest - limits.rollBefore : null,
  };
}

/** Life of the recorder's token from now, seconds: just past the latest end, or as long as a token may live. */
export function tokenSeconds(s: Session, now: number): number {
  return Math.ceil(Math.min(s.maxStopAt + limits.tokenMargin - now, limits.tokenLife) / 1000);
}

/** The sid is known, from the answer to start or from a notification. */
export function onSid(s: SessionIn<'acquired'>, sid: string, now: number): Session {
  const { refused: _, ...rest } = s;
  const starting: Session = {
    ...rest,
    state: 'starting',
    sid,
    startedAt: now,
    tries: 0,
    nextAt: now + limits.firstQuery,
  };
  // The Stop button is to know what it takes to stop, from now on.
  if (s.desired === 'recording') return oweCard(starting, now);
  // Somebody asked for the stop while the start was under way.
  const { by, safety } = s.stopAsked ?? { by: null, safety: false };
  return askStop({ ...starting, desired: 'recording' }, by, now, safety ? 'safety' : undefined);
}

/** Agora's answer to start. `beforeStart` was saved before it was sent. */
export function onStart(
  s: Session,
  reply: Reply<{ sid: string; credentialsUntil?: number }>,
  now: number,
  sent: SentStart,
): Session {
  if (s.state !== 'acquired' || s.uid !== sent.uid || s.resourceId !== sent.resourceId)
    return onLateStart(s, reply, now, sent);
  const sentBefore = s.startSends > 1;
  switch (reply.class) {
    case 'done': {
      const { sid, credentialsUntil: until } = reply.value;
      return onSid(until === undefined ? s : withCredentials(s, until, now), sid, now);
    }
    case 'already':
      // It runs, and only a notification can say its sid.
      return { ...s, takenAt: s.takenAt ?? now, nextAt: now + limits.sidPatience };
    case 'other_uid':
      // Sent before: the one in the way may be our own. Never sent before: it belongs to somebody else and is left alone.
      return nextAttempt(s, reply, sentBefore, now);
    case 'retry_new_resource':
      if (sentBefore) return nextAttempt(s, reply, true, now);
      // The stop was asked for while the start was under way, and now there is nothing to stop.
      if (s.desired === 'stopped') return fail(s, endedBeforeItBegan(s, now, reply), now);
      if (isTiredOf(refuse(s, now), now)) return fail(s, startFailed(s, reply, now), now);
      return {
        ...s,
        state: 'requested',
        refused: refuse(s, now),
        tries: s.tries + 1,
        nextAt: now + wait('start', s.tries + 1),
      };
    case 'user_mistake':
    case 'operator_mistake':
    case 'nothing_recorded': {
      const strays = sentBefore
        ? [...s.strays, { uid: s.uid, resourceId: s.resourceId, tries: 0, nextAt: now }]
        : s.strays;
      const inDoubt = sentBefore && mayHaveTaken(s, reply);
      const failing = { ...s, strays, ...(inDoubt ? { mayHaveBegun: true as const } : {}) };
      return fail(failing, startFailed(failing, reply, now), now);
    }
    default: {
      const tries = s.tries + 1;
      const most = reply.code === '206/65' ? limits.startTriesUnfinished : limits.startTries;
      if (tries > most || now - s.acquiredAt >= limits.resourceLife) return nextAttempt(s, reply, true, now);
      return { ...withRefusal(s, reply), tries, nextAt: now + wait('start', tries) };
    }
  }
}
