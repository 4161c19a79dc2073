import { placeOf, readPlace } from '../../src/recording/place.ts';
import { code, join, type Mrkdwn, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { type Invocation, UserError } from './subcommand.ts';

/** Nothing is being recorded there: says what is, or how to begin. */
export async function noRecording(i: Invocation, channelName: string): Promise<UserError> {
  const all = await i.recordings.live();
  // A page is meant mostly by its host.
  const near = all.filter((s) => s.channelName.startsWith(channelName));
  const live = [...new Set([...near, ...all])].slice(0, 3);
  const name = code(channelName);
  const { channelName: bare, project } = readPlace(channelName);
  if (live.length === 0 && project !== undefined) {
    return new UserError(
      mrkdwn`${name} is not being recorded, and nothing else is. What was, shows ${code(`${i.command} history`)}.`,
    );
  }
  if (live.length === 0) {
    return new UserError(
      mrkdwn`${name} is not being recorded, and nothing else is. To record it, type ${code(`${i.command} start ${quoted(bare)}`)}.`,
    );
  }
  const names = join(
    live.map((s) => code(placeOf(s.channelName, s.recipe.project))),
    ', ',
  );
  return new UserError(
    mrkdwn`${name} is not being recorded. What is: ${names}. See all with ${code(`${i.command} list`)}.`,
  );
}

/** Nothing is remembered of it. */
export function neverRecorded(i: Invocation, channelName: string): Mrkdwn {
  return mrkdwn`I know of no recording of ${code(channelName)}. What there is: ${code(`${i.command} list`)}.`;
}

/** As it has to be typed: in quotes when it has spaces or would pass for an option. */
export function quoted(channelName: string): string {
  return /\s|^--/.test(channelName) ? `"${channelName}"` : channelName;
}
