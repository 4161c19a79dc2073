import { limits } from '../limits.ts';
import type { Session } from '../session.ts';

type Refused = NonNullable<Session['refused']>;

/** Agora has refused the start once more, for reasons of its own. */
export function refuse(s: Session, now: number): Refused {
  return { since: s.refused?.since ?? now, times: (s.refused?.times ?? 0) + 1 };
}

/** It has done so for long, and often: not only before and after a time in which nobody could ask. */
export function isTiredOf({ since, times }: Refused, now: number): boolean {
  return now - since >= limits.startPatience && times >= limits.startRefusals;
}
