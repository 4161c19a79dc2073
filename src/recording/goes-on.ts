import { isEnded, type Session } from './session.ts';

/**
 * True while a wish is to record: nobody has stopped it, and the lead or another part goes on. Past its end a part that still runs is only being
 * stopped, and nothing of that can be taken back.
 */
export function goesOn(lead: Session, now: number): boolean {
  if (lead.groupStop) return false;
  if (!isEnded(lead) && lead.desired === 'recording') return true;
  return now < lead.stopAt && lead.others.some((o) => !o.done);
}
