import { formatDuration } from '../../recording/duration.ts';
import type { Session } from '../../recording/session.ts';
import { code, escaped, link, type Mrkdwn, mrkdwn, time } from '../mrkdwn.ts';
import { stateWords } from '../views/state-words.ts';

/** "See its card.", linked when the link is known. */
export function seeCard(href: string | undefined): Mrkdwn {
  return href ? mrkdwn` See ${link(href, 'its card')}.` : mrkdwn``;
}

export function stopAnswer(kind: 'asked' | 'stopping' | 'ended', s: Session, href: string | undefined): Mrkdwn {
  const name = code(s.channelName);
  switch (kind) {
    case 'asked':
      return mrkdwn`Stopping the recording of ${name}. The files follow in the card's thread.${seeCard(href)}`;
    case 'stopping':
      return mrkdwn`The recording of ${name} was stopped already: ${escaped(stateWords(s).words)}.${seeCard(href)}`;
    case 'ended':
      return mrkdwn`The recording of ${name} has ended already: ${escaped(stateWords(s).words)}.${seeCard(href)}`;
  }
}

export function extendAnswer(
  kind: 'extended' | 'capped' | 'at_max' | 'stopping' | 'ended',
  s: Session,
  href: string | undefined,
): Mrkdwn {
  const name = code(s.channelName);
  const longest = escaped(formatDuration(s.maxStopAt - s.requestedAt));
  switch (kind) {
    case 'extended':
      return mrkdwn`The recording of ${name} now stops at ${time(s.stopAt)}.${seeCard(href)}`;
    case 'capped':
      return mrkdwn`The recording of ${name} now stops at ${time(s.stopAt)}: it may last ${longest} at most.${seeCard(href)}`;
    case 'at_max':
      return mrkdwn`The recording of ${name} cannot be extended: it may last ${longest} at most, and stops at ${time(s.stopAt)}.${seeCard(href)}`;
    default:
      return stopAnswer(kind, s, href);
  }
}

export const unknownRecording = mrkdwn`I do not know this recording any more, so there is nothing to do. If something still records, look into Agora Console.`;

export const recovered = mrkdwn`My memory of this recording is lost, but its button knows enough: it is being stopped. The card shows how it goes.`;
