import { fileObject } from './file-object.ts';
import { app, type Message, team, type World } from './world.ts';

/**
 * A message as Slack gives it to apps. Of metadata, conversations.history and conversations.replies give the type alone unless they are asked
 * for all.
 */
export function messageObject(world: World, url: string, m: Message, metadata: 'all' | 'type' = 'all') {
  const parent = m.thread_ts && m.thread_ts !== m.ts ? world.find(m.channel, m.thread_ts) : undefined;
  const replies = parent ? [] : world.repliesTo(m);
  const botName = world.users.get(app.botUser)?.name;
  return {
    type: 'message',
    ...(m.broadcast ? { subtype: 'thread_broadcast' } : {}),
    text: m.text,
    user: m.user,
    ...(m.isApp
      ? {
          bot_id: app.botId,
          app_id: app.id,
          bot_profile: { id: app.botId, app_id: app.id, name: botName, deleted: false, team_id: team.id },
        }
      : {}),
    team: world.users.get(m.user)?.team ?? team.id,
    ts: m.ts,
    ...(m.blocks ? { blocks: m.blocks } : {}),
    ...(m.files ? { files: m.files.map((f) => fileObject(f, url)), upload: false } : {}),
    ...(m.edited ? { edited: { user: m.user, ts: m.ts } } : {}),
    ...(m.thread_ts ? { thread_ts: m.thread_ts } : {}),
    ...(parent ? { parent_user_id: parent.user } : {}),
    ...(replies.length > 0
      ? {
          thread_ts: m.ts,
          reply_count: replies.length,
          reply_users: [...new Set(replies.map((r) => r.user))],
          latest_reply: replies.at(-1)?.ts,
        }
      : {}),
    ...(m.metadata ? { metadata: metadata === 'all' ? m.metadata : { event_type: m.metadata.event_type } } : {}),
  };
}
