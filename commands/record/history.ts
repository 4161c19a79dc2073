import { parseDuration } from '../../src/recording/duration.ts';
import { isEnded } from '../../src/recording/session.ts';
import { code, escaped, mrkdwn, user } from '../../src/slack/mrkdwn.ts';
import { section, sections } from '../../src/slack/views/blocks.ts';
import { noWords, onlyOptions, optionValue } from './arguments.ts';
import { recordingLine } from './recording-line.ts';
import { type Invocation, type Subcommand, UserError } from './subcommand.ts';

const usage = '[--by @name] [--since 7d]';
/** What a message can hold and a person can read. */
const shown = 30;
const searched = 500;
/** So many people Slack is asked for the name of. */
const asked = 20;

export const history: Subcommand = {
  name: 'history',
  usage,
  summary: 'Lists recordings that have ended, of somebody or of the last days.',
  needs: 'look',
  async run(i) {
    onlyOptions(i, ['by', 'since'], `history ${usage}`);
    noWords(i, 'history');
    const typed = optionValue(i, 'since', 'history --since 7d') ?? '30d';
    const since = parseDuration(typed);
    if (since === undefined) {
      throw new UserError(
        mrkdwn`${code(typed)} is not a duration. Type for example ${code(`${i.command} history --since 7d`)}.`,
      );
    }
    const by = optionValue(i, 'by', 'history --by me');
    const all = await i.recordings.recent(searched);
    const ended = all.filter((s) => isEnded(s) && s.others.every((o) => o.done) && s.endedAt >= i.now() - since);
    const who = by === undefined ? undefined : await person(i, by, [...new Set(ended.map((s) => s.startedBy))]);
    const found = ended.filter((s) => who === undefined || s.startedBy === who);
    const lines = found.slice(0, shown).map((s) => recordingLine(s));
    if (found.length > shown) lines.push(mrkdwn`… and ${found.length - shown} older ones: shorten ${code('--since')}.`);
    const of = mrkdwn`${who === undefined ? mrkdwn`` : mrkdwn` by ${user(who)}`} of the last ${code(typed)}`;
    const text =
      found.length > 1
        ? mrkdwn`${found.length} recordings${of} have ended.`
        : mrkdwn`${escaped(found.length === 0 ? 'No' : '1')} recording${of} has ended.`;
    // Those that were asked for before the ones that were searched may have ended lately too.
    if (all.length === searched) lines.push(mrkdwn`I have looked through the ${searched} newest recordings only.`);
    return { text, blocks: [section(text), ...sections(lines)] };
  },
};

/** Who is meant: a mention, an id, `me`, or the name of somebody who has recorded here. */
async function person(i: Invocation, typed: string, candidates: readonly string[]): Promise<string> {
  const id = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$|^@?([UW][A-Z0-9]{6,})$/.exec(typed);
  if (id) return id[1] ?? id[2] ?? '';
  const name = typed.replace(/^@/, '').toLowerCase();
  if (name === 'me') return i.actor.user;
  let unknown = candidates.length > asked;
  for (const candidate of candidates.slice(0, asked)) {
    const { user: u } = await i.client.users.info({ user: candidate }).catch(() => ({ user: undefined }));
    if (!u) unknown = true;
    const names = [u?.name, u?.real_name, u?.profile?.display_name, u?.profile?.real_name];
    if (names.some((n) => n?.toLowerCase() === name)) return candidate;
  }
  if (unknown) {
    throw new UserError(
      mrkdwn`I could not find out who ${code(typed)} is. Name the person by the member ID, which is in the profile in Slack: ${code(`${i.command} history --by U0123456789`)}.`,
    );
  }
  throw new UserError(
    mrkdwn`${code(typed)} has recorded nothing in that time. Type a name as Slack shows it in quotes, or ${code('me')}: ${code(`${i.command} history --by me`)}.`,
  );
}
