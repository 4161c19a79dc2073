import type { Wish } from '../../recording/announcer.ts';
import type { Failure } from '../../recording/messages.ts';
import { mayRecord, type Session } from '../../recording/session.ts';
import { channel, code, escaped, mrkdwn, time, user } from '../mrkdwn.ts';
import { context, section, type View } from './blocks.ts';
import { failureText } from './card.ts';

/** Something went wrong: what, why probably, what to do, and Agora's raw code. `elsewhere`: it is read outside the recording's own channel. */
export function alert({ lead, parts }: Wish, s: Session, f: Failure, elsewhere: boolean, now: number): View {
  const place = elsewhere ? mrkdwn` (started by ${user(s.startedBy)} in ${channel(s.channel)})` : mrkdwn``;
  const head = mrkdwn`⚠️ *Problem with the recording of* ${code(s.channelName)}${place}`;
  // News that had to wait must not look like news of this minute.
  const late =
    now - f.at > 2 * 60_000
      ? [context(mrkdwn`This happened at ${time(f.at, '{date_short_pretty} {time}')}; it could not be told sooner.`)]
      : [];
  return {
    text: mrkdwn`Problem with the recording of ${escaped(s.channelName)}: ${escaped(f.what, 500)} ${escaped(f.next, 500)}`,
    blocks: [section(head), section(failureText(f)), ...(goesOnElsewhere(s, lead, parts) ? [others] : []), ...late],
  };
}

const others = context(
  mrkdwn`Another recorder goes on beside it or in its place: see the card before you start it again.`,
);

/** Other recorders of the same wish record, or are about to. */
function goesOnElsewhere(s: Session, lead: Session, parts: readonly Session[]): boolean {
  if (lead.groupStop || mayRecord(s)) return false;
  return (
    s.wantsPart === 'replacement' ||
    lead.others.some((o) => o.id !== s.id && !o.done) ||
    parts.some((p) => p.id !== s.id && mayRecord(p) && p.desired === 'recording')
  );
}
