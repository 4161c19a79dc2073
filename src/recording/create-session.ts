import { limits } from './limits.ts';
import { owe, oweNote } from './owe.ts';
import type { Recipe } from './recipe/recipe.ts';
import { recorderUid } from './recorder-uid.ts';
import type { StartRequest } from './recordings.ts';
import { type OtherPart, SESSION_VERSION, type Session, type SessionIn } from './session.ts';
import type { Settings } from './settings.ts';
import { warnTime } from './transitions/extend.ts';

/** What is recorded when nobody says how: everybody in one picture. */
export const defaultRecipe: Recipe = { profile: 'default', project: 'default', storage: 'default', mode: 'mix' };

/** The id of another part of a wish. The same part always has the same id, so it is made once however often it is tried. */
export function partId(leadId: string, part: number): string {
  return `${leadId}.${part}`;
}

/** A new wish to record, with its card owed. */
export function createSession(r: StartRequest, id: string, now: number, settings: Settings): Session {
  const stopAt = now + Math.min(r.duration, limits.longest);
  const s: SessionIn<'requested'> = {
    version: SESSION_VERSION,
    state: 'requested',
    id,
    revision: 0,
    channelName: r.channelName,
    recipe: r.recipe ?? defaultRecipe,
    ...(r.title === undefined ? {} : { title: r.title }),
    ...(r.alertChannel === undefined ? {} : { alertChannel: r.alertChannel }),
    ...(r.allow === undefined ? {} : { allow: [...r.allow] }),
    lead: null,
    part: 1,
    role: 'first',
    after: null,
    others: r.redundant ? [{ id: partId(id, 2), part: 2, role: 'twin', after: null, made: false, done: false }] : [],
    replaceLeft: r.replace ?? 0,
    rollAt: null,
    wanted: {},
    applied: {},
    team: r.team,
    channel: r.channel,
    startedBy: r.by,
    requestedAt: now,
    stopAt,
    // Longer, and Agora would take no orders for it at its end.
    maxStopAt: now + Math.min(Math.max(r.maxDuration ?? settings.maxDuration, r.duration), limits.longest),
    warnAt: warnTime(now, stopAt),
    desired: 'recording',
    attempt: 1,
    uid: recorderUid(id, 1),
    files: [],
    evidence: { ended: false, failoverUids: [] },
    strays: [],
    tries: 0,
    nextAt: now,
    outbox: [],
  };
  return owe(s, now, { kind: 'card' });
}

/** Another part of a wish: a session with a recorder of its own, whose card is the lead's. */
export function createPart(lead: Session, other: OtherPart, now: number): Session {
  const s: SessionIn<'requested'> = {
    version: SESSION_VERSION,
    state: 'requested',
    id: other.id,
    revision: 0,
    channelName: lead.channelName,
    recipe: lead.recipe,
    ...(lead.title === undefined ? {} : { title: lead.title }),
    ...(lead.alertChannel === undefined ? {} : { alertChannel: lead.alertChannel }),
    ...(lead.allow === undefined ? {} : { allow: lead.allow }),
    lead: lead.id,
    part: other.part,
    role: other.role,
    after: other.role === 'next' ? other.after : null,
    others: [],
    replaceLeft: lead.replaceLeft,
    rollAt: null,
    wanted: lead.wanted,
    followed: lead.wanted,
    ...(lead.pushed ? { pushed: true } : {}),
    applied: {},
    team: lead.team,
    channel: lead.channel,
    startedBy: lead.startedBy,
    requestedAt: now,
    stopAt: lead.stopAt,
    maxStopAt: lead.maxStopAt,
    // The lead warns for all.
    warnAt: null,
    desired: 'recording',
    attempt: 1,
    uid: recorderUid(other.id, 1),
    files: [],
    evidence: { ended: false, failoverUids: [] },
    strays: [],
    tries: 0,
    nextAt: now,
    outbox: [],
  };
  return oweNote(s, now, { type: 'part', part: other.part, role: other.role });
}
