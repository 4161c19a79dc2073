import { stopAnswer, unknownRecording } from '../../src/slack/actions/sentences.ts';
import { code, escaped, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { cardLink } from '../../src/slack/services.ts';
import { paragraph } from '../../src/slack/views/blocks.ts';
import { onlyOptions, recordingArgument } from './arguments.ts';
import { running } from './running.ts';
import { type Subcommand, UserError } from './subcommand.ts';

const usage = '<channel> rtmp://host/app/key';

export const push: Subcommand = {
  name: 'push',
  usage,
  summary: 'Sends a web page recording to an RTMP address as well.',
  needs: 'act',
  async run(i) {
    onlyOptions(i, [], `push ${usage}`);
    const [channelName, url, ...rest] = i.words.plain;
    if (channelName === undefined || url === undefined || rest.length > 0) {
      throw new UserError(mrkdwn`Type ${code(`${i.command} push ${usage}`)}.`);
    }
    recordingArgument({ ...i, words: { ...i.words, plain: [channelName] } }, `push ${usage}`);
    // Slack makes links of addresses when it is told to escape.
    const address = url.replace(/^<(.*?)(?:\|.*)?>$/, '$1');
    const problem = i.presets.rtmpProblem(address);
    if (problem) throw new UserError(mrkdwn`${escaped(problem, 400)}`);
    const s = await running(i, channelName);
    if (s.recipe.mode !== 'web') {
      throw new UserError(
        mrkdwn`${code(channelName)} is not a web page recording, and Agora pushes only those to RTMP.`,
      );
    }
    const outcome = await i.recordings.push(s.id, address, i.actor.user);
    i.log.info({ session: s.id, user: i.actor.user, outcome: outcome.kind }, 'Push asked');
    switch (outcome.kind) {
      case 'unknown':
        return paragraph(unknownRecording);
      case 'stopping':
      case 'ended':
        return paragraph(stopAnswer(outcome.kind, outcome.session, await cardLink(i.client, outcome.session)));
      case 'not_yet':
        return paragraph(mrkdwn`${code(channelName)} does not record yet. Push it when its card says Recording.`);
      case 'busy':
        return paragraph(
          mrkdwn`Another change of ${code(channelName)} is on its way to Agora, and they follow each other. Push it again in a few seconds.`,
        );
      case 'refused':
        return paragraph(
          mrkdwn`It is not pushed: ${escaped(outcome.refusal.cause, 400)} ${escaped(outcome.refusal.next, 400)} (${code(outcome.refusal.code)})`,
        );
      case 'done':
        return paragraph(
          mrkdwn`Agora pushes ${code(channelName)} to ${code(new URL(address).host)} now. If nothing arrives there, check the address and push it again.`,
        );
    }
  },
};
