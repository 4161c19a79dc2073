import { chatMethods } from './chat-methods.ts';
import { conversationMethods } from './conversation-methods.ts';
import { fileMethods } from './file-methods.ts';
import type { Method } from './method.ts';
import { peopleMethods } from './people-methods.ts';
import { app, team } from './world.ts';

/** The methods that this workspace has, with what Slack's reference says of each (docs.slack.dev/reference/methods). */
export const methods: Record<string, Method> = {
  ...chatMethods,
  ...conversationMethods,
  ...peopleMethods,
  ...fileMethods,
  'auth.test': {
    token: 'bot',
    tier: 'special',
    json: true,
    args: {},
    run: (c) => ({
      ok: true,
      url: `${c.url}/`,
      team: team.name,
      user: c.world.users.get(app.botUser)?.name,
      team_id: team.id,
      user_id: app.botUser,
      bot_id: app.botId,
      is_enterprise_install: false,
    }),
  },
  'apps.connections.open': { token: 'app', tier: 3, json: true, args: {}, run: (c) => c.openConnection() },
  'views.open': {
    token: 'bot',
    tier: 4,
    json: true,
    args: { view: 'json!', trigger_id: 'text', interactivity_pointer: 'text' },
    run: (c, args) => c.openView(args),
  },
  'views.update': {
    token: 'bot',
    tier: 4,
    json: true,
    args: { view: 'json!', view_id: 'text', external_id: 'text', hash: 'text' },
    run: (c, args) => c.updateView(args),
  },
};
