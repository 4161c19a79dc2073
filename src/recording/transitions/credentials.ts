import { credentialsExpiring } from '../failures.ts';
import { limits, wait } from '../limits.ts';
import { oweAlert, oweCard, oweNote } from '../owe.ts';
import type { Reply } from '../ports.ts';
import type { Session } from '../session.ts';

/** Temporary credentials of the bucket are in force at Agora until then. */
export function withCredentials<S extends Session>(s: S, until: number, now: number): S {
  // Those that nobody can renew in time are looked after sooner.
  const soon = now + Math.max(60_000, Math.min(limits.credentialsPush, (until - now) / 4));
  // And once more just before people would be told.
  const warnAt = until - limits.credentialsWarn;
  const pushAt = warnAt > now ? Math.min(soon, warnAt) : soon;
  return { ...s, credentials: { until, pushAt, tries: 0, told: false } };
}

/** It records with temporary credentials that nobody knows the end of: they had the life that Agora asks for, and fresh ones are sent at once. */
export function expectCredentials<S extends Session & { startedAt: number }>(s: S, now: number): S {
  return s.credentials
    ? s
    : {
        ...s,
        credentials: { until: s.startedAt + limits.credentialsLife, pushAt: now, tries: 0, told: false },
      };
}

/** When fresh credentials are to be sent; undefined while no task runs that would take them. */
export function credentialsDue(s: Session): number | undefined {
  return s.state === 'recording' || s.state === 'suspect' ? s.credentials?.pushAt : undefined;
}

/** What became of the sending of fresh credentials. */
export function onCredentials(s: Session, reply: Reply<{ until: number }>, now: number): Session {
  const { credentials: c } = s;
  if (!c) return s;
  switch (reply.class) {
    case 'done': {
      const { until } = reply.value;
      // What the uploader complained of is mended, and is not why something ends later.
      const { error, ...evidence } = s.evidence;
      const fresh = withCredentials(error?.module === 1 ? { ...s, evidence } : s, until, now);
      return c.told ? oweNote(oweCard(fresh, now), now, { type: 'credentials', until }) : fresh;
    }
    case 'already': {
      const { cause, next, code } = reply;
      return {
        ...s,
        credentials: { ...c, tries: 0, pushAt: now + limits.credentialsLook, problem: { cause, next, code } },
      };
    }
    default: {
      const { cause, next, code } = reply;
      const tries = c.tries + 1;
      return {
        ...s,
        credentials: { ...c, tries, pushAt: now + wait('credentials', tries), problem: { cause, next, code } },
      };
    }
  }
}

/** When people have to be told that fresh credentials could not be sent. */
export function credentialsWarning(s: Session): number | undefined {
  const { credentials: c } = s;
  if (!c || c.told || s.desired !== 'recording' || !(s.state === 'recording' || s.state === 'suspect'))
    return undefined;
  const at = c.until - limits.credentialsWarn;
  // Fresh ones are tried for first, also by who was down until now.
  if (c.problem === undefined || c.pushAt <= at) return undefined;
  // What is over and uploaded by then needs no others.
  return s.stopAt + limits.credentialsTail <= c.until ? undefined : at;
}

/** Tells people, once, that the credentials run out. Fresh ones are tried for all the same. */
export function warnOfCredentials(s: Session, now: number): Session {
  const at = credentialsWarning(s);
  const { credentials: c } = s;
  if (!c || at === undefined || now < at) return s;
  const told = { ...s, credentials: { ...c, told: true } };
  return oweAlert(oweCard(told, now), now, credentialsExpiring(told, now));
}
