import { placeOf } from '../../src/recording/place.ts';
import type { Session } from '../../src/recording/session.ts';
import { channel, code, escaped, type Mrkdwn, mrkdwn, time, user } from '../../src/slack/mrkdwn.ts';
import { stateWords } from '../../src/slack/views/state-words.ts';

/** A recording in a list: how it stands, who began it and when; with `place` also in which Slack channel. */
export function recordingLine(s: Session, place?: 'place'): Mrkdwn {
  const { sign, words } = stateWords(s);
  const title = s.title === undefined ? mrkdwn`` : mrkdwn` “${escaped(s.title, 60)}”`;
  const where = place ? mrkdwn` in ${channel(s.channel)}` : mrkdwn``;
  return mrkdwn`${escaped(sign)} ${code(placeOf(s.channelName, s.recipe.project))}${title} ${escaped(words)} · ${user(s.startedBy)}${where}, ${time(s.requestedAt, '{date_short_pretty} {time}')}`;
}
