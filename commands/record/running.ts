import type { Session } from '../../src/recording/session.ts';
import type { TaskSettings } from '../../src/recording/task-settings.ts';
import { seeCard, stopAnswer, unknownRecording } from '../../src/slack/actions/sentences.ts';
import { code, type Mrkdwn, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { cardLink } from '../../src/slack/services.ts';
import { paragraph } from '../../src/slack/views/blocks.ts';
import { lastEnded, noRecording } from './no-recording.ts';
import { type Answer, type Invocation, UserError } from './subcommand.ts';

/** The live recording of a channel, or the sentence that says why there is none. */
export async function running(i: Invocation, channelName: string): Promise<Session> {
  const s = await i.recordings.byChannelName(channelName);
  if (s) return s;
  const ended = await lastEnded(i, channelName);
  if (ended) throw new UserError(stopAnswer('ended', ended, await cardLink(i.client, ended)));
  throw await noRecording(i, channelName);
}

/** Saves a change of what runs. The thread says what Agora made of it. */
export async function change(i: Invocation, s: Session, wanted: TaskSettings, what: Mrkdwn): Promise<Answer> {
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
