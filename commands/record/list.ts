import { isEnded } from '../../src/recording/session.ts';
import { code, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { section, sections } from '../../src/slack/views/blocks.ts';
import { noWords, onlyOptions } from './arguments.ts';
import { recordingLine } from './recording-line.ts';
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
    const listed = all.slice(0, shown);
    const live = listed.filter((s) => !isEnded(s)).length;
    const lines = listed.map((s) => recordingLine(s, 'place'));
    if (all.length > shown) lines.push(mrkdwn`… and older ones.`);
    const text = mrkdwn`${live} live and ${listed.length - live} ended recordings.`;
    return { text, blocks: [section(text), ...sections(lines)] };
  },
};
