import type { Session } from '../../src/recording/session.ts';
import { code, join, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { quoted } from './no-recording.ts';
import { UserError } from './subcommand.ts';

/** A name is recorded in more than one Agora project, so it does not say which recording is meant. `allowed`: those that are open to whoever types. */
export function severalOf(
  meant: readonly Session[],
  allowed: readonly Session[],
  command: string,
  subcommand: string,
): UserError {
  const [first] = meant;
  const ways = allowed.map((s) => code(`${command} ${subcommand} ${quoted(`${s.recipe.project}/${s.channelName}`)}`));
  return new UserError(
    mrkdwn`${code(first?.channelName ?? '')} is being recorded in ${meant.length} Agora projects; type ${ways.length > 1 ? mrkdwn`one of ` : mrkdwn``}${join(ways, ', ')}.`,
  );
}
