import { holdsChannel, isEnded, type Session } from '../../src/recording/session.ts';
import { seeCard, stopAnswer, unknownRecording } from '../../src/slack/actions/sentences.ts';
import { code, type Mrkdwn, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { cardLink } from '../../src/slack/services.ts';
import { paragraph } from '../../src/slack/views/blocks.ts';
import { noRecording } from './no-recording.ts';
import { type Answer, type Invocation, UserError } from './subcommand.ts';

/** The live recording of the channel that is named, or the sentence that says why there is none. `say`: how that is said of one that is over. */
export async function running(
  i: Invocation,
  channelName: string,
  say: (kind: 'stopping' | 'ended', s: Session, href: string | undefined) => Mrkdwn = stopAnswer,
): Promise<Session> {
  const s = i.recording;
  if (!s) throw await noRecording(i, channelName);
  if (holdsChannel(s)) return s;
  throw new UserError(say(isEnded(s) ? 'ended' : 'stopping', s, await cardLink(i.client, s)));
}

/** Saves a change of what runs. The thread says what Agora made of it. */
export async function change(
  i: Invocation,
  s: Session,
  wanted: Parameters<Invocation['recordings']['change']>[1],
  what: Mrkdwn,
): Promise<Answer> {
  const outcome = await i.recordings.change(s.id, wanted, i.actor.user);
  i.log.info({ session: s.id, user: i.actor.user, outcome: outcome.kind }, 'Change asked');
  if (outcome.kind === 'unknown') return paragraph(unknownRecording);
  const href = await cardLink(i.client, outcome.session);
  if (outcome.kind === 'stopping' || outcome.kind === 'ended') {
    return paragraph(stopAnswer(outcome.kind, outcome.session, href));
  }
  const name = code(s.channelName);
  return paragraph(
    outcome.kind === 'same'
      ? mrkdwn`${name}: ${what}. It is so already, or will be as soon as it records.${seeCard(href)}`
      : mrkdwn`${name}: ${what}. The thread says when Agora has confirmed it.${seeCard(href)}`,
  );
}
