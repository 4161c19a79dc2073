import { parseDuration } from '../../src/recording/duration.ts';
import { code, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { channelArgument, onlyOptions, optionValue } from './arguments.ts';
import { quoted } from './no-recording.ts';
import { begin, chosen } from './start.ts';
import { type Subcommand, UserError } from './subcommand.ts';

const usage = '<channel> [--every 10s] [--for 45m]';
/** Agora's range of captureInterval, seconds (Agora docs, rest-api/start; older pages say from 1). */
const range = { least: 5, most: 3600 };

export const snap: Subcommand = {
  name: 'snap',
  usage,
  summary:
    'Takes pictures of everybody in an Agora channel (49 people at most) at intervals, and records nothing else.',
  needs: 'act',
  begins: true,
  async run(i) {
    onlyOptions(i, ['every', 'for', 'profile', 'title', 'dry-run'], `snap ${usage}`);
    const channelName = channelArgument(i, `snap ${usage}`);
    const typed = optionValue(i, 'every', `snap ${quoted(channelName)} --every 10s`) ?? '10s';
    const ms = parseDuration(typed);
    if (ms === undefined || ms % 1000 !== 0 || ms < range.least * 1000 || ms > range.most * 1000) {
      throw new UserError(
        mrkdwn`${code(`--every ${typed}`)} is not possible: it must be from 5s to 1h in whole seconds. Type for example ${code(`${i.command} snap ${quoted(channelName)} --every 10s`)}.`,
      );
    }
    return begin(i, 'snap', channelName, {
      ...chosen(i, 'profile'),
      every: ms / 1000,
      snapshotOnly: true,
    });
  },
};
