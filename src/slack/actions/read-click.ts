import type { BlockAction, ButtonAction } from '@slack/bolt';
import type { Actor } from '../permissions.ts';

/** Who clicked which recording's button, where. */
export function readClick(
  body: BlockAction,
  action: ButtonAction,
): { actor: Actor; sessionId: string; trigger: string } {
  return {
    actor: {
      user: body.user.id,
      userTeam: body.user.team_id,
      channel: body.channel?.id ?? body.container?.channel_id ?? '',
    },
    sessionId: action.value ?? '',
    // The same click that Slack sends twice has the same trigger; a second click has its own.
    trigger: body.trigger_id ?? `${body.user.id}/${action.action_ts}`,
  };
}
