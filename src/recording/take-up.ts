import type { Capacity } from './capacity.ts';
import { eachSession } from './each-session.ts';
import { dueAt, pressingAt } from './planner.ts';
import type { Agenda, Log, SessionStore } from './ports.ts';
import { isEnded, type Session } from './session.ts';
import { count, emptySurvey, type Survey } from './survey.ts';
import { withoutFarAhead } from './transitions/far-ahead.ts';

interface Parts {
  store: SessionStore;
  agenda: Agenda;
  now: () => number;
  log: Log;
}

/** A turn then that does not wait behind others. */
export function putPressing(agenda: Agenda, id: string, at: number): void {
  agenda.put(id, at);
  agenda.press?.(id, at);
}

/** Puts every unsettled session on the agenda, reading each once. Throws StoreError when nobody knows which there are. */
export async function takeUpAll(parts: Parts & { capacity: Capacity }): Promise<{ sessions: number; survey: Survey }> {
  const { store, agenda, capacity, now, log } = parts;
  const ids = await store.unsettledIds();
  const survey = emptySurvey(now());
  const takeUp = (id: string, s: Session | undefined) => {
    if (!s) return putPressing(agenda, id, now());
    capacity.note(s);
    count(survey, s);
    const sane = withoutFarAhead(s, now());
    // Who has ended and waits for others of its wish looks whether they are over: those that died over it say so no more.
    const at = isEnded(sane) && sane.others.some((o) => !o.done) ? now() : dueAt(sane);
    agenda.put(id, at ?? now());
    agenda.press?.(id, pressingAt(sane));
  };
  try {
    await eachSession(store, ids, takeUp);
  } catch (error) {
    // Each turn reads its session anew, and tries again.
    log.warn({ err: error }, 'Sessions could not be read at the start; each is looked after by itself');
    for (const id of ids) takeUp(id, undefined);
  }
  return { sessions: ids.length, survey };
}

/**
 * Looks whether every unsettled session has a turn ahead, and gives one to those that have not. One that cannot be read is not counted, since no turn
 * can do anything for it; it gets one all the same, which takes it up when it was looked after.
 */
export async function findMissing({ store, agenda, now, log }: Parts): Promise<{ sessions: number; missing: number }> {
  const ids = await store.unsettledIds();
  const without = await agenda.missing(ids);
  const sessions = await store.getMany(without);
  // One that waits for others of its wish looks after them now and then all the same.
  const lost = sessions.filter((s) => s !== undefined && !hasNothingDue(s));
  if (lost.length > 0) log.warn({ sessions: lost.length }, 'Sessions had lost their turn; they get a new one');
  for (const id of without) putPressing(agenda, id, now());
  return { sessions: ids.length, missing: lost.length };
}

/** It has ended, and is settled since the store was asked; or it waits for others of its wish, which wake it. */
function hasNothingDue(s: Session): boolean {
  return isEnded(s) && dueAt(s) === undefined;
}

/** Audits follow each other within this. Milliseconds. */
const soon = 90_000;
/** Who has waited for so long for a turn that was due does not get it by itself. Milliseconds. */
const tooLate = 10_000;

/**
 * Sees to it that a session has its turn when it is due. A turn may be planned later than that: by a process whose clock was wrong, or not at all by
 * one that died between saving and planning. Of those that are due soon only the ones that cannot wait are looked at.
 */
export function planAnew(s: Session, { agenda, now }: Pick<Parts, 'agenda' | 'now'>): void {
  const pressing = pressingAt(s);
  const due = dueAt(s);
  if (pressing !== undefined && pressing < now() + soon) putPressing(agenda, s.id, pressing);
  else if (due !== undefined && due < now() - tooLate) agenda.put(s.id, due);
}
