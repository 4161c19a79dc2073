import { stopAnswer, unknownRecording } from '../../src/slack/actions/sentences.ts';
import { cardLink } from '../../src/slack/services.ts';
import { paragraph } from '../../src/slack/views/blocks.ts';
import { onlyOptions, recordingArgument } from './arguments.ts';
import { running } from './running.ts';
import type { Subcommand } from './subcommand.ts';

const usage = '<channel>';

export const stop: Subcommand = {
  name: 'stop',
  usage,
  summary: 'Stops the recording of an Agora channel; the files follow in its thread.',
  needs: 'act',
  async run(i) {
    onlyOptions(i, [], `stop ${usage}`);
    const channelName = recordingArgument(i, `stop ${usage}`);
    const s = await running(i, channelName);
    const outcome = await i.recordings.stop(s.id, i.actor.user);
    i.log.info({ session: s.id, user: i.actor.user, outcome: outcome.kind }, 'Stop asked');
    if (outcome.kind === 'unknown') return paragraph(unknownRecording);
    return paragraph(stopAnswer(outcome.kind, outcome.session, await cardLink(i.client, outcome.session)));
  },
};
