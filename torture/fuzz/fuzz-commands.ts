import fc from 'fast-check';
import { subcommands } from '../../commands/record/index.ts';
import { problemsOf } from '../../test/slack/support/check-view.ts';
import { openBot } from './open-bot.ts';
import { type Fuzz, together, tryAll } from './try-all.ts';

/** What changes something when somebody who may types it. */
const acting = subcommands.filter((s) => s.needs === 'act').map((s) => s.name);
const words = [
  ...subcommands.map((s) => s.name),
  ...[
    '--for',
    '--for=45m',
    '--title',
    '--profile',
    '--mode',
    '--layout',
    '--web',
    '--redundant',
    '--dry-run',
    '--since',
  ],
  ...['--every', '--by', '--audio', 'only', 'except', 'all', '45m', '0s', '-1h', '9'.repeat(30), '1e9h', '99d', 'mix'],
  ...['math-1', 'math-2', 'a b', '<!channel>', '&lt;!here&gt;', '*bold*', '`code`', '"', '""', '“x”', '—for', '\u202e'],
  ...[
    'https://www.example.com/',
    'http://169.254.169.254/',
    'rtmp://x/y',
    'javascript:alert(1)',
    '<@U0ANA>',
    '__proto__',
  ],
  ...['x'.repeat(3_000), '\u0000', '𝒜', 'é', '1,2,3', '10s', '7d', '$(id)', '; drop table', '../..'],
];

const texts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...words), { maxLength: 7 }).map((all) => all.join(' ')) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...subcommands.map((s) => s.name)),
        fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 20 })), { maxLength: 5 }),
      )
      .map(([name, rest]) => [name, ...rest].join(' ')),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }).map((t) => `start ${t}`) },
);

/** Who may nothing: a guest, somebody of another workspace, somebody whom Slack does not know. */
const outsiders = ['U0GIL', 'U0SAM', 'U0NOBODY'];

/**
 * Whatever is typed gets an answer that Slack shows as it is meant. It changes nothing unless somebody who may has typed something that acts; and
 * a start that was answered with a refusal has started nothing.
 */
export const fuzzCommands: Fuzz = async (how) => {
  const bot = await openBot();
  try {
    const inputs = fc.record({ text: texts, user: fc.constantFrom('U0ANA', 'U0ANA', ...outsiders) });
    const typed = await tryAll('texts of commands', inputs, how, async ({ text, user }) => {
      // The recording that is to stay as it is has its own name, which nobody types here.
      if (text.includes(bot.kept.channelName)) return undefined;
      const before = await bot.wishes();
      const { status, text: said } = await bot.command(text, user);
      if (status !== 200) return `answered ${status}`;
      const after = await bot.wishes();
      // The sandbox's Slack and bucket have no https, as all real ones have.
      const secure = said.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'https://sandbox.test');
      const view: unknown = said === '' ? undefined : JSON.parse(secure);
      const mayAct = user === 'U0ANA' && acting.some((name) => text.toLowerCase().includes(name));
      if (!mayAct && after !== before) return `changed something, and may not: ${said}`;
      const begun = JSON.parse(after).length - JSON.parse(before).length;
      if (begun !== 0 && view !== undefined) return `started ${begun}, and said ${said}`;
      if (!mayAct && view === undefined) return 'no answer';
      const problems = view === undefined ? [] : problemsOf(view as Parameters<typeof problemsOf>[0]);
      if (problems.length > 0) return `not for Slack: ${problems.join('; ').slice(0, 500)}`;
      const trouble = bot.troubles().at(0);
      return trouble && `the bot had trouble: ${trouble.slice(0, 800)}`;
    });
    const harm = await bot.harm();
    return together([typed, { figures: [], violations: harm === undefined ? [] : [`after the commands ${harm}`] }]);
  } finally {
    await bot.close();
  }
};
