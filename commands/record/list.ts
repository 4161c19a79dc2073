import { isEnded } from '../../src/recording/session.ts';
import { channel, code, escaped, mrkdwn, time, user } from '../../src/slack/mrkdwn.ts';
import { section, sections } from '../../src/slack/views/blocks.ts';
import { stateWords } from '../../src/slack/views/state-words.ts';
import { noWords, onlyOptions } from './arguments.ts';
import type { Subcommand } from './subcommand.ts';

/** What a message can hold and a person can read. */
const shown = 20;

export const list: Subcommand = {
  name: 'list',
  usage: '',
  summary: 'Lists what is being recorded and what ended lately.',
  needs: 'look',
  async run(i) {
    onlyOptions(i, [], 'list');
    noWords(i, 'list');
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
    return { text, blocks: [section(text), ...sections(lines)] };
  },
};
