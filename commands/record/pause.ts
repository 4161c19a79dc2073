import { code, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { onlyOptions, recordingArgument } from './arguments.ts';
import { quoted } from './no-recording.ts';
import { change, running } from './running.ts';
import { type Answer, type Invocation, type Subcommand, UserError } from './subcommand.ts';

const usage = '<channel>';

export const pause: Subcommand = {
  name: 'pause',
  usage,
  summary: 'Pauses a web page recording; Agora cannot pause the other kinds.',
  needs: 'act',
  run: (i) => hold(i, 'pause', true),
};

export const resume: Subcommand = {
  name: 'resume',
  usage,
  summary: 'Lets a paused web page recording go on.',
  needs: 'act',
  run: (i) => hold(i, 'resume', false),
};

async function hold(i: Invocation, name: 'pause' | 'resume', onhold: boolean): Promise<Answer> {
  onlyOptions(i, [], `${name} ${usage}`);
  const channelName = recordingArgument(i, `${name} ${usage}`);
  const s = await running(i, channelName);
  if (s.recipe.mode !== 'web') {
    const typed = quoted(channelName);
    throw new UserError(
      mrkdwn`Agora can pause web page recordings only, and ${code(channelName)} is none. Stop it with ${code(`${i.command} stop ${typed}`)} and start it again later: that makes two files. ${code(`${i.command} subscribe ${typed} except <uid>`)} leaves people out, but the recorder runs on and is paid for.`,
    );
  }
  return change(i, s, { onhold }, onhold ? mrkdwn`pause` : mrkdwn`go on`);
}
