import { eachSession } from './each-session.ts';
import type { SessionStore } from './ports.ts';
import { isEnded, mayRecord, type Session, type SessionState } from './session.ts';

/** How things stand over all recordings that are not settled, by the store. */
export interface Survey {
  /** Milliseconds since the epoch. */
  at: number;
  /** Sessions by state. Ended ones are those that still owe something. */
  states: Partial<Record<SessionState, number>>;
  /** Recorders whose fate is not known, and that are being put out. */
  strays: number;
  /** How long the latest stop is overdue, ms; 0: none is. */
  overdue: number;
  /** Messages that Slack has not taken yet, and how long the oldest waits, ms. */
  owed: number;
  oldestOwed: number;
}

/** Reads every unsettled session, and shows each to `see`. Costs what there is, so it is for now and then; nobody is held up by it. */
export async function takeSurvey(store: SessionStore, now: number, see?: (s: Session) => void): Promise<Survey> {
  const survey = emptySurvey(now);
  await eachSession(store, await store.unsettledIds(), (_id, s) => {
    if (s) see?.(s);
    count(survey, s);
  });
  return survey;
}

export function emptySurvey(now: number): Survey {
  return { at: now, states: {}, strays: 0, overdue: 0, owed: 0, oldestOwed: 0 };
}

/** Takes one more session in. */
export function count(survey: Survey, s: Session | undefined): void {
  if (!s) return;
  const { at: now } = survey;
  survey.states[s.state] = (survey.states[s.state] ?? 0) + 1;
  survey.strays += s.strays.length;
  if (!isEnded(s) && mayRecord(s)) {
    const due = Math.min(s.stopAt, s.stopAsked?.at ?? Infinity);
    survey.overdue = Math.max(survey.overdue, now - due);
  }
  survey.owed += s.outbox.length;
  for (const item of s.outbox) survey.oldestOwed = Math.max(survey.oldestOwed, now - (item.owedAt ?? now));
}
