import type { messageObject } from './message-object.ts';
import { app, type Channel, type Person, team } from './world.ts';

/** What Slack calls a conversation in payloads: names of private ones are not told. */
function nameIn(c: Channel): string {
  return c.kind === 'im' ? 'directmessage' : c.kind === 'private' ? 'privategroup' : c.name;
}

/** A slash command, fields in Slack's order (docs.slack.dev/interactivity/implementing-slash-commands). */
export function commandPayload(r: {
  person: Person;
  channel: Channel;
  command: string;
  text: string;
  responseUrl: string;
  triggerId: string;
}) {
  return {
    token: 'deprecated',
    team_id: team.id,
    team_domain: team.domain,
    channel_id: r.channel.id,
    channel_name: nameIn(r.channel),
    user_id: r.person.id,
    user_name: r.person.name,
    command: r.command,
    // Slack escapes what people type, and nothing more while should_escape is off.
    text: r.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    api_app_id: app.id,
    is_enterprise_install: 'false',
    response_url: r.responseUrl,
    trigger_id: r.triggerId,
  };
}

const common = (person: Person, triggerId: string) => ({
  token: 'deprecated',
  team: { id: team.id, domain: team.domain },
  enterprise: null,
  is_enterprise_install: false,
  user: { id: person.id, username: person.name, name: person.name, team_id: person.team },
  api_app_id: app.id,
  trigger_id: triggerId,
});

/** A click in a message (docs.slack.dev/reference/interaction-payloads/block_actions-payload). Ephemeral messages come without `message`. */
export function blockActionsPayload(r: {
  person: Person;
  channel: Channel;
  message: ReturnType<typeof messageObject>;
  isEphemeral: boolean;
  action: Record<string, unknown>;
  responseUrl: string;
  triggerId: string;
}) {
  const { message } = r;
  const thread = message.thread_ts ? { thread_ts: message.thread_ts } : {};
  return {
    type: 'block_actions',
    ...common(r.person, r.triggerId),
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: r.channel.id,
      is_ephemeral: r.isEphemeral,
      ...thread,
    },
    channel: { id: r.channel.id, name: nameIn(r.channel) },
    ...(r.isEphemeral ? {} : { message }),
    state: { values: {} },
    response_url: r.responseUrl,
    actions: [r.action],
  };
}

/** A modal that was sent (docs.slack.dev/reference/interaction-payloads/view-interactions-payload). */
export function viewSubmissionPayload(r: {
  person: Person;
  view: Record<string, unknown>;
  values: object;
  triggerId: string;
}) {
  return {
    type: 'view_submission',
    ...common(r.person, r.triggerId),
    view: { ...r.view, state: { values: r.values } },
    response_urls: [],
  };
}

/** A modal that was left without sending, for views with notify_on_close; same page of the reference. It has no trigger_id. */
export function viewClosedPayload(r: { person: Person; view: Record<string, unknown> }) {
  const { trigger_id: _, ...rest } = common(r.person, '');
  return { type: 'view_closed', ...rest, view: r.view, is_cleared: false };
}
