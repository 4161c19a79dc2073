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
    const live = await i.recordings.live();
    const known = new Set(live.map((s) => s.id));
    // One more than can be shown, to know whether there are more.
    const ended = (await i.recordings.recent(known.size + shown + 1)).filter((s) => isEnded(s) && !known.has(s.id));
    if (live.length + ended.length === 0) {
      const text = mrkdwn`There are no recordings yet. To begin, type ${code(`${i.command} start <channel>`)}.`;
      return { text, blocks: [section(text)] };
    }
    const listed = ended.slice(0, Math.max(0, shown - live.length));
    const lines = [...live.slice(0, shown), ...listed].map((s) => recordingLine(s, 'place'));
    if (live.length > shown) lines.push(mrkdwn`… and ${live.length - shown} more that are live.`);
    if (ended.length > listed.length) lines.push(mrkdwn`… and older ones.`);
    const text = mrkdwn`${live.length} live and ${listed.length} ended recordings.`;
    return { text, blocks: [section(text), ...sections(lines)] };
  },
};
