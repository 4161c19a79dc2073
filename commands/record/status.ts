import { placeOf } from '../../src/recording/place.ts';
import { isEnded, type Session } from '../../src/recording/session.ts';
import { seeCard } from '../../src/slack/actions/sentences.ts';
import { code, escaped, type Mrkdwn, mrkdwn, time, user } from '../../src/slack/mrkdwn.ts';
import { cardLink, type SlackServices } from '../../src/slack/services.ts';
import { paragraph, sections } from '../../src/slack/views/blocks.ts';
import { stateWords } from '../../src/slack/views/state-words.ts';
import { onlyOptions, recordingArgument } from './arguments.ts';
import { noRecording } from './no-recording.ts';
import type { Subcommand } from './subcommand.ts';

const usage = '[channel]';
/** More would be a list, and there is one. */
const shown = 5;

export const status: Subcommand = {
  name: 'status',
  usage,
  summary: 'Says what is being recorded now, or how one recording stands.',
  needs: 'look',
  async run(i) {
    onlyOptions(i, [], `status ${usage}`);
    if (i.words.plain.length === 0) {
      const live = await i.recordings.live();
      if (live.length === 0) {
        return paragraph(mrkdwn`Nothing is being recorded. To begin, type ${code(`${i.command} start <channel>`)}.`);
      }
      const lines = await Promise.all(live.slice(0, shown).map((s) => statusLine(s, i)));
      if (live.length > shown) lines.push(mrkdwn`… and ${live.length - shown} more: ${code(`${i.command} list`)}.`);
      const text = live.length === 1 ? mrkdwn`1 recording is live.` : mrkdwn`${live.length} recordings are live.`;
      return { text, blocks: sections(lines) };
    }
    const channelName = recordingArgument(i, `status ${usage}`);
    const meant = await i.recordings.named(channelName);
    const [only] = meant;
    if (!only) throw await noRecording(i, channelName);
    if (meant.length === 1) return paragraph(await statusLine(only, i));
    const text = mrkdwn`${code(channelName)} is being recorded in ${meant.length} Agora projects.`;
    return { text, blocks: sections(await Promise.all(meant.map((s) => statusLine(s, i)))) };
  },
};

async function statusLine(s: Session, services: SlackServices): Promise<Mrkdwn> {
  const { sign, words } = stateWords(s);
  const until = isEnded(s) || s.desired === 'stopped' ? mrkdwn`` : mrkdwn`, stops by itself at ${time(s.stopAt)}`;
  return mrkdwn`${escaped(sign)} ${code(placeOf(s.channelName, s.recipe.project))}: ${escaped(words)}, started by ${user(s.startedBy)} ${time(s.requestedAt, '{date_short_pretty} {time}')}${until}.${seeCard(await cardLink(services.client, s))}`;
}
