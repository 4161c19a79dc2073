import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { ackWhenDone } from '../ack-when-done.ts';
import { errorMessage } from '../error-message.ts';
import { cardLink, type SlackServices } from '../services.ts';
import { tellPrivately } from '../tell-privately.ts';
import { paragraph } from '../views/blocks.ts';
import { EXTEND_1_H, EXTEND_15_MIN, extensions } from './extend-recording-ids.ts';
import { mayActOn } from './may-act-on.ts';
import { readClick } from './read-click.ts';
import { extendAnswer, unknownRecording } from './sentences.ts';

/** The card's Extend buttons. */
export function registerExtendRecording(app: App, services: SlackServices): void {
  const { recordings, client, log } = services;
  for (const id of [EXTEND_15_MIN, EXTEND_1_H] as const) {
    app.action<BlockAction<ButtonAction>>(
      { type: 'block_actions', action_id: id },
      async ({ ack, action, body, respond }) => {
        const act = async () => {
          try {
            const { actor, sessionId, trigger } = readClick(body, action);
            const verdict = await mayActOn(services, actor, sessionId);
            if (!verdict.ok) return await tellPrivately(respond, paragraph(verdict.sentence), log);
            if (!(await recordings.firstTime(trigger))) return;
            const outcome = await recordings.extend(sessionId, extensions[id].ms, actor.user);
            log.info({ session: sessionId, user: actor.user, outcome: outcome.kind }, 'Extend clicked');
            if (outcome.kind === 'extended') return;
            const text =
              outcome.kind === 'unknown'
                ? unknownRecording
                : extendAnswer(outcome.kind, outcome.session, await cardLink(client, outcome.session));
            await tellPrivately(respond, paragraph(text), log);
          } catch (error) {
            await tellPrivately(respond, paragraph(errorMessage(error, log)), log);
          }
        };
        await ackWhenDone(ack, act());
      },
    );
  }
}
