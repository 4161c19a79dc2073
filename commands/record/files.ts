import { code, escaped, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { paragraph } from '../../src/slack/views/blocks.ts';
import { filesAnswer } from '../../src/slack/views/files-answer.ts';
import { stateWords } from '../../src/slack/views/state-words.ts';
import { onlyOptions, recordingArgument } from './arguments.ts';
import { neverRecorded } from './no-recording.ts';
import { type Subcommand, UserError } from './subcommand.ts';

const usage = '<channel>';

export const files: Subcommand = {
  name: 'files',
  usage,
  summary: 'Gives fresh links to the files of the last recording of an Agora channel, privately.',
  needs: 'act',
  async run(i) {
    onlyOptions(i, [], `files ${usage}`);
    const channelName = recordingArgument(i, `files ${usage}`);
    const s = i.recording;
    if (!s) throw new UserError(neverRecorded(i, channelName));
    const parts = await i.recordings.parts(s);
    if (parts.every((p) => p.files.length === 0)) {
      return paragraph(mrkdwn`${code(channelName)} has no files yet: ${escaped(stateWords(s).words)}.`);
    }
    return filesAnswer(s, parts, i);
  },
};
