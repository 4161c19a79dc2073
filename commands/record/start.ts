import { seeCard } from '../../src/slack/actions/sentences.ts';
import { code, escaped, mrkdwn, user } from '../../src/slack/mrkdwn.ts';
import { cardLink } from '../../src/slack/services.ts';
import { paragraph } from '../../src/slack/views/blocks.ts';
import { stateWords } from '../../src/slack/views/card.ts';
import { channelArgument, durationArgument, minDuration, onlyOptions } from './arguments.ts';
import { quoted } from './no-recording.ts';
import type { Subcommand } from './subcommand.ts';

const usage = '<channel> [--for 45m]';

export const start: Subcommand = {
  name: 'start',
  usage,
  summary: 'Records an Agora channel, by itself until the time is over or somebody stops it.',
  needs: 'act',
  async run(i) {
    onlyOptions(i, ['for'], `start ${usage}`);
    const channelName = channelArgument(i, `start ${usage}`);
    const typed = i.words.options.get('for');
    const duration =
      typed === undefined
        ? i.settings.defaultDuration
        : durationArgument(
            typed,
            minDuration,
            i.settings.maxDuration,
            (d) => `${i.command} start ${quoted(channelName)} --for ${d}`,
          );
    const outcome = await i.recordings.start({
      channelName,
      duration,
      team: i.team,
      channel: i.actor.channel,
      by: i.actor.user,
    });
    i.log.info({ session: outcome.session.id, user: i.actor.user, outcome: outcome.kind }, 'Start asked');
    // The card in the channel is the answer.
    if (outcome.kind === 'started') return undefined;
    const s = outcome.session;
    const href = await cardLink(i.client, s);
    const what = mrkdwn`started by ${user(s.startedBy)}: ${escaped(stateWords(s).words)}.${seeCard(href)}`;
    return paragraph(
      s.desired === 'stopped'
        ? mrkdwn`${code(channelName)} has a recording that is not finished yet, ${what} Start the next one when it is.`
        : mrkdwn`${code(channelName)} is being recorded already, ${what}`,
    );
  },
};
