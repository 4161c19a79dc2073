import type { Refusal } from '../ports.ts';
import type { SessionIn } from '../session.ts';

/** Agora has said that this start did nothing; any other answer, and none, leave it open. */
function isRefusal({ class: kind }: Refusal): boolean {
  return kind !== 'unknown' && kind !== 'already';
}

/** A start was refused outright. That says something of all of them only if those before it were as well. */
export function withRefusal(s: SessionIn<'acquired'>, reply: Refusal): SessionIn<'acquired'> {
  // The same answer may be saved twice, so it is counted once.
  const isLast = (s.startsRefused ?? 0) === s.startSends - 1;
  return isLast && isRefusal(reply) ? { ...s, startsRefused: s.startSends } : s;
}

/** One of the starts that were sent for this resourceId may have taken effect. `reply`: what was heard of the last one. */
export function mayHaveTaken(s: SessionIn<'acquired'>, reply: Refusal): boolean {
  return s.startSends > (withRefusal(s, reply).startsRefused ?? 0);
}
