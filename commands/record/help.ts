import { code, escaped, mrkdwn } from '../../src/slack/mrkdwn.ts';
import type { View } from '../../src/slack/views/blocks.ts';
import { section, sections } from '../../src/slack/views/blocks.ts';
import type { Subcommand } from './subcommand.ts';

/** `/record start <channel> [--for 45m]` */
export function usageOf(command: string, s: Pick<Subcommand, 'name' | 'usage'>): string {
  return `${command} ${s.name}${s.usage ? ` ${s.usage}` : ''}`;
}

/** Help from the subcommands themselves. */
export function helpView(command: string, subcommands: readonly Subcommand[]): View {
  const lines = subcommands.map((s) => mrkdwn`${code(usageOf(command, s))}\n      ${escaped(s.summary)}`);
  const text = mrkdwn`${code(command)} records Agora channels and says where the files are.`;
  const hint = mrkdwn`Durations are like ${code('90s')}, ${code('45m')} or ${code('1h30m')}. A channel name with spaces goes in quotes.`;
  return { text, blocks: [section(text), ...sections(lines), section(hint)] };
}

/** Made with the list it describes, which includes itself. */
export function createHelp(subcommands: () => readonly Subcommand[]): Subcommand {
  return {
    name: 'help',
    usage: '',
    summary: 'Shows this.',
    needs: 'nothing',
    run: async (i) => helpView(i.command, subcommands()),
  };
}
