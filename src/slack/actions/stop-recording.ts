import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { ackWhenDone } from '../ack-when-done.ts';
import { errorMessage } from '../error-message.ts';
import { cardLink, type SlackServices } from '../services.ts';
import { tellPrivately } from '../tell-privately.ts';
import { paragraph } from '../views/blocks.ts';
import { mayActOn } from './may-act-on.ts';
import { readClick } from './read-click.ts';
import { recovered, stopAnswer, unknownRecording } from './sentences.ts';
import { STOP_RECORDING } from './stop-recording-id.ts';
import { readStopValue } from './stop-value.ts';

/** The card's Stop button. The card itself shows the outcome; only what it does not show is said privately. */
export function registerStopRecording(app: App, services: SlackServices): void {
  const { recordings, client, log } = services;
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: STOP_RECORDING },
    async ({ ack, action, body, respond }) => {
      const act = async () => {
        try {
          const { actor, sessionId: value, trigger } = readClick(body, action);
          const { id: sessionId, capsule } = readStopValue(value, services.sealer);
          const verdict = await mayActOn(services, actor, sessionId, capsule);
          if (!verdict.ok) return await tellPrivately(respond, paragraph(verdict.sentence), log);
          if (!(await recordings.firstTime(trigger))) return;
          const outcome = await recordings.stop(sessionId, actor.user);
          log.info({ session: sessionId, user: actor.user, outcome: outcome.kind }, 'Stop clicked');
          if (outcome.kind === 'asked') return;
          const place = placeOf(body);
          if (outcome.kind === 'unknown' && capsule && place) {
            await recordings.recover(capsule, actor.user, place);
            log.warn(
              { session: sessionId, user: actor.user },
              'Stopped from what the button remembers; the store did not know it',
            );
            return await tellPrivately(respond, paragraph(recovered), log);
          }
          const text =
            outcome.kind === 'unknown'
              ? unknownRecording
              : stopAnswer(outcome.kind, outcome.session, await cardLink(client, outcome.session));
          await tellPrivately(respond, paragraph(text), log);
        } catch (error) {
          await tellPrivately(respond, paragraph(errorMessage(error, log)), log);
        }
      };
      await ackWhenDone(ack, act());
    },
  );
}

/** The message that was clicked. */
function placeOf(body: BlockAction): { channel: string; ts: string } | undefined {
  const channel = body.channel?.id ?? body.container?.channel_id;
  const ts = body.message?.ts ?? body.container?.message_ts;
  return channel && ts ? { channel, ts } : undefined;
}
