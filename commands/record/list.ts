import { isEnded } from '../../src/recording/session.ts';
import { channel, code, escaped, join, mrkdwn, time, user } from '../../src/slack/mrkdwn.ts';
import { section } from '../../src/slack/views/blocks.ts';
import { stateWords } from '../../src/slack/views/card.ts';
import { onlyOptions } from './arguments.ts';
import type { Subcommand } from './subcommand.ts';

/** What a message can hold and a person can read. */
const shown = 20;

export const list: Subcommand = {
  name: 'list',
  usage: '',
  summary: 'Lists what is being recorded and what ended lately.',
  acts: false,
  async run(i) {
    onlyOptions(i, [], 'list');
    const all = await i.recordings.recent(shown + 1);
    if (all.length === 0) {
      const text = mrkdwn`There are no recordings yet. To begin, type ${code(`${i.command} start <channel>`)}.`;
      return { text, blocks: [section(text)] };
    }
    const live = all.filter((s) => !isEnded(s)).length;
    const lines = all.slice(0, shown).map((s) => {
      const { sign, words } = stateWords(s);
      return mrkdwn`${escaped(sign)} ${code(s.channelName)} ${escaped(words)} · ${user(s.startedBy)} in ${channel(s.channel)}, ${time(s.requestedAt, '{date_short_pretty} {time}')}`;
    });
    if (all.length > shown) lines.push(mrkdwn`… and older ones.`);
    const text = mrkdwn`${live} live and ${Math.min(all.length, shown) - Math.min(live, shown)} ended recordings.`;
    // Section texts hold 3,000 characters: ten lines each stay well below.
    const blocks = [section(text), section(join(lines.slice(0, 10), '\n'))];
    if (lines.length > 10) blocks.push(section(join(lines.slice(10), '\n')));
    return { text, blocks };
  },
};
