import { code, escaped, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { onlyOptions, recordingArgument } from './arguments.ts';
import { change, running } from './running.ts';
import { type Subcommand, UserError } from './subcommand.ts';

const usage = '<channel> bestfit|floating|vertical|<name> [uid]';

export const layout: Subcommand = {
  name: 'layout',
  usage,
  summary: 'Changes the picture of a composite recording while it runs.',
  needs: 'act',
  async run(i) {
    onlyOptions(i, [], `layout ${usage}`);
    const [channelName, name, uid, ...rest] = i.words.plain;
    if (channelName === undefined || name === undefined || rest.length > 0) {
      throw new UserError(
        mrkdwn`Type ${code(`${i.command} layout ${usage}`)}; a channel name with spaces goes in quotes.`,
      );
    }
    recordingArgument({ ...i, words: { ...i.words, plain: [channelName] } }, `layout ${usage}`);
    const s = await running(i, channelName);
    if (s.recipe.mode !== 'mix') {
      throw new UserError(
        mrkdwn`${code(channelName)} is not a composite recording, so it has no layout: Agora mixes no picture of it.`,
      );
    }
    const chosen = i.presets.layout(name, uid, s.recipe);
    if (!chosen.ok) throw new UserError(mrkdwn`${escaped(chosen.problem, 600)}`);
    return change(i, s, { layout: chosen.layout, layoutName: name }, mrkdwn`layout ${code(name)}`);
  },
};
