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

/** Sessions are read so many at a time. */
const batch = 50;

/** Reads every unsettled session, and shows each to `see`. Costs what there is, so it is for now and then. */
export async function takeSurvey(store: SessionStore, now: number, see?: (s: Session) => void): Promise<Survey> {
  const survey: Survey = { at: now, states: {}, strays: 0, overdue: 0, owed: 0, oldestOwed: 0 };
  const ids = await store.unsettledIds();
  for (let i = 0; i < ids.length; i += batch) {
    for (const s of await Promise.all(ids.slice(i, i + batch).map((id) => store.get(id)))) {
      if (!s) continue;
      see?.(s);
      survey.states[s.state] = (survey.states[s.state] ?? 0) + 1;
      survey.strays += s.strays.length;
      if (!isEnded(s) && mayRecord(s)) {
        const due = Math.min(s.stopAt, s.stopAsked?.at ?? Infinity);
        survey.overdue = Math.max(survey.overdue, now - due);
      }
      survey.owed += s.outbox.length;
      for (const item of s.outbox) survey.oldestOwed = Math.max(survey.oldestOwed, now - (item.owedAt ?? now));
    }
  }
  return survey;
}
