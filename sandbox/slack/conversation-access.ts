import { failure, type MethodContext, missingScope, type Result } from './method.ts';
import { app, type Channel, team, type World } from './world.ts';

const prefix = { public: 'channels', private: 'groups', im: 'im' } as const;

/** The conversation an id means; a person's id means the direct conversation with the app. */
export function conversation(w: World, id: unknown): Channel | undefined {
  if (typeof id !== 'string') return undefined;
  const person = w.users.get(id);
  if (person) return person.team === team.id && person.role !== 'bot' ? w.openDm(id) : undefined;
  return w.channels.get(id);
}

/** May the app post there? The error if not. */
export function postProblem(c: MethodContext, where: Channel | undefined): string | undefined {
  if (!where) return 'channel_not_found';
  if (!where.members.has(app.botUser)) {
    if (where.kind !== 'public') return 'channel_not_found';
    if (!c.scopes.includes('chat:write.public')) return 'not_in_channel';
  }
  return where.archived ? 'is_archived' : undefined;
}

/** The conversation that the app may look into (`read`: at its name and members; `history`: at what is said), or why it may not. */
export function readable(c: MethodContext, id: unknown, what: 'read' | 'history'): Channel | Result {
  const where = c.world.channels.get(String(id));
  const isMember = where?.members.has(app.botUser) ?? false;
  if (!where || (where.kind !== 'public' && !isMember)) return failure('channel_not_found');
  const scope = `${prefix[where.kind]}:${what}`;
  if (!c.scopes.includes(scope)) return missingScope(scope, c.scopes);
  return what === 'history' && !isMember ? failure('not_in_channel') : where;
}
