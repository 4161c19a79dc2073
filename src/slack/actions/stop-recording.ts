import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { errorMessage } from '../error-message.ts';
import { cardLink, type SlackServices } from '../services.ts';
import { tellPrivately } from '../tell-privately.ts';
import { paragraph } from '../views/blocks.ts';
import { mayActOn } from './may-act-on.ts';
import { readClick } from './read-click.ts';
import { stopAnswer, unknownRecording } from './sentences.ts';
import { STOP_RECORDING } from './stop-recording-id.ts';

/** The card's Stop button. The card itself shows the outcome; only what it does not show is said privately. */
export function registerStopRecording(app: App, services: SlackServices): void {
  const { recordings, client, log } = services;
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: STOP_RECORDING },
    async ({ ack, action, body, respond }) => {
      await ack();
      try {
        const { actor, sessionId, trigger } = readClick(body, action);
        const verdict = await mayActOn(services, actor, sessionId);
        if (!verdict.ok) return await tellPrivately(respond, paragraph(verdict.sentence), log);
        if (!(await recordings.firstTime(trigger))) return;
        const outcome = await recordings.stop(sessionId, actor.user);
        log.info({ session: sessionId, user: actor.user, outcome: outcome.kind }, 'Stop clicked');
        if (outcome.kind === 'asked') return;
        const text =
          outcome.kind === 'unknown'
            ? unknownRecording
            : stopAnswer(outcome.kind, outcome.session, await cardLink(client, outcome.session));
        await tellPrivately(respond, paragraph(text), log);
      } catch (error) {
        await tellPrivately(respond, paragraph(errorMessage(error, log)), log);
      }
    },
  );
}
