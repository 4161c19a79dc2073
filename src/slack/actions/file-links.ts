import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { ackWhenDone } from '../ack-when-done.ts';
import { errorMessage } from '../error-message.ts';
import type { SlackServices } from '../services.ts';
import { tellPrivately } from '../tell-privately.ts';
import { paragraph } from '../views/blocks.ts';
import { filesAnswer } from '../views/files-answer.ts';
import { DOWNLOAD_RECORDING, NEW_LINK, WATCH_RECORDING } from './file-link-ids.ts';
import { mayActOn } from './may-act-on.ts';
import { readClick } from './read-click.ts';
import { unknownRecording } from './sentences.ts';

/** The buttons of a finished card. */
export function registerFileLinks(app: App, services: SlackServices): void {
  const { recordings, log } = services;
  // Slack has opened the address already; without an answer it would show a warning.
  for (const id of [WATCH_RECORDING, DOWNLOAD_RECORDING]) {
    app.action<BlockAction<ButtonAction>>(
      { type: 'block_actions', action_id: new RegExp(`^${id}_\\d$`) },
      async ({ ack }) => ack(),
    );
  }
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: NEW_LINK },
    async ({ ack, action, body, respond }) => {
      const act = async () => {
        try {
          const { actor, sessionId } = readClick(body, action);
          const verdict = await mayActOn(services, actor, sessionId);
          if (!verdict.ok) return await tellPrivately(respond, paragraph(verdict.sentence), log);
          const lead = await recordings.get(sessionId);
          if (!lead) return await tellPrivately(respond, paragraph(unknownRecording), log);
          log.info({ session: sessionId, user: actor.user }, 'New links asked');
          await tellPrivately(respond, await filesAnswer(lead, await recordings.parts(lead), services), log);
        } catch (error) {
          await tellPrivately(respond, paragraph(errorMessage(error, log)), log);
        }
      };
      await ackWhenDone(ack, act());
    },
  );
}
