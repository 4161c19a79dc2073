import type { Failure, Session } from '../../recording/session.ts';
import { channel, code, escaped, mrkdwn, user } from '../mrkdwn.ts';
import { section, type View } from './blocks.ts';
import { failureText } from './card.ts';

/** Something went wrong: what, why probably, what to do, and Agora's raw code. `elsewhere`: it is read outside the recording's own channel. */
export function alert(s: Session, f: Failure, elsewhere: boolean): View {
  const place = elsewhere ? mrkdwn` (started by ${user(s.startedBy)} in ${channel(s.channel)})` : mrkdwn``;
  const head = mrkdwn`⚠️ *Problem with the recording of* ${code(s.channelName)}${place}`;
  return {
    text: mrkdwn`Problem with the recording of ${escaped(s.channelName)}: ${escaped(f.what, 500)} ${escaped(f.next, 500)}`,
    blocks: [section(head), section(failureText(f))],
  };
}
