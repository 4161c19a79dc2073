import { z } from 'zod';
import { createSession } from './create-session.ts';
import { owe } from './owe.ts';
import { recordingMode } from './recipe/recipe.ts';
import { isEnded, type Session, type SessionIn } from './session.ts';
import type { Settings } from './settings.ts';

/**
 * What it takes to stop a recording of which nobody remembers anything: the Stop button carries it, so that Slack is a second memory when the store
 * is lost. It holds no secret and grants nothing: who may stop is asked on the click.
 */
export const capsule = z.object({
  v: z.literal(1),
  id: z.string(),
  team: z.string(),
  channel: z.string(),
  by: z.string(),
  name: z.string(),
  profile: z.string(),
  project: z.string(),
  storage: z.string(),
  mode: recordingMode,
  at: z.number(),
  stopAt: z.number(),
  maxStopAt: z.number(),
  /** id, uid, resourceId, sid and start of each task. */
  tasks: z.array(z.tuple([z.string(), z.string(), z.string(), z.string(), z.number()])).min(1),
});
export type Capsule = z.infer<typeof capsule>;

/** Undefined while no task has a sid: then there is nothing that could be stopped by it. */
export function fillCapsule(lead: Session, parts: readonly Session[]): Capsule | undefined {
  const tasks = parts.flatMap((p): Capsule['tasks'] =>
    !isEnded(p) && 'sid' in p ? [[p.id, p.uid, p.resourceId, p.sid, p.startedAt]] : [],
  );
  if (tasks.length === 0) return undefined;
  const { profile, project, storage, mode } = lead.recipe;
  return {
    v: 1,
    id: lead.id,
    team: lead.team,
    channel: lead.channel,
    by: lead.startedBy,
    name: lead.channelName,
    profile,
    project,
    storage,
    mode,
    at: lead.requestedAt,
    stopAt: lead.stopAt,
    maxStopAt: lead.maxStopAt,
    tasks,
  };
}

/** The same under another id, where a session of that id is there and cannot be read. */
export function renamed(c: Capsule): Capsule {
  const id = `${c.id}-again`;
  return { ...c, id, tasks: c.tasks.map(([task, ...rest]) => [task.replace(c.id, id), ...rest]) };
}

/** The sessions that a capsule brings back, about to be stopped by `by`; the lead first, with the card that was clicked. */
export function emptyCapsule(
  c: Capsule,
  by: string,
  card: { channel: string; ts: string },
  now: number,
  settings: Settings,
): Session[] {
  const { profile, project, storage, mode } = c;
  const request = {
    channelName: c.name,
    duration: Math.max(1, c.stopAt - c.at),
    team: c.team,
    channel: c.channel,
    by: c.by,
    recipe: { profile, project, storage, mode },
  };
  const fresh = createSession(request, c.id, c.at, settings);
  const asked = { by, at: now };
  const sessions = c.tasks.map(([id, uid, resourceId, sid, startedAt], i): SessionIn<'stopping'> => {
    const first = i === 0;
    return {
      ...fresh,
      state: 'stopping',
      id: first ? c.id : id,
      uid,
      resourceId,
      sid,
      acquiredAt: startedAt,
      startedAt,
      lead: first ? null : c.id,
      part: i + 1,
      role: first ? 'first' : 'twin',
      others: [],
      stopAt: c.stopAt,
      maxStopAt: c.maxStopAt,
      warnAt: null,
      desired: 'stopped',
      stopAsked: { ...asked, safety: false },
      missingCount: 0,
      missingSince: null,
      nextAt: now,
      outbox: [],
    };
  });
  return sessions.map((s, i) => {
    if (i > 0) return s;
    const others = sessions.slice(1).map((o) => ({
      id: o.id,
      part: o.part,
      role: 'twin' as const,
      after: null,
      made: true,
      done: false,
    }));
    return owe({ ...s, others, groupStop: asked, card }, now, { kind: 'card' });
  });
}
