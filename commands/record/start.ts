import { pageName } from '../../src/recording/page-name.ts';
import type { Choice } from '../../src/recording/presets.ts';
import { recorderService, servicesOf } from '../../src/recording/recipe/extension-service-config.ts';
import { given } from '../../src/recording/recipe/fields.ts';
import type { Recipe } from '../../src/recording/recipe/recipe.ts';
import type { StartRequest } from '../../src/recording/recordings.ts';
import { holdsChannel, type Session } from '../../src/recording/session.ts';
import { seeCard } from '../../src/slack/actions/sentences.ts';
import { code, escaped, type Mrkdwn, mrkdwn, preformatted, user } from '../../src/slack/mrkdwn.ts';
import { cardLink } from '../../src/slack/services.ts';
import { paragraph, section } from '../../src/slack/views/blocks.ts';
import { webPage } from '../../src/slack/views/in-force.ts';
import { stateWords } from '../../src/slack/views/state-words.ts';
import { channelArgument, durationArgument, minDuration, onlyOptions } from './arguments.ts';
import { quoted } from './no-recording.ts';
import { type Answer, type Invocation, type Subcommand, UserError } from './subcommand.ts';

const usage = '<channel> [--for 45m] [--profile name] [--layout name] [--title "Week 3"]';
const options = ['for', 'profile', 'mode', 'layout', 'title', 'web', 'redundant', 'dry-run'];
/** Longest title; it stands in one line of the card. */
const maxTitle = 100;
/** A section takes 3,000 characters, and signs of markup count for more (Slack docs, Block Kit). */
const pageLength = 2_400;

export const start: Subcommand = {
  name: 'start',
  usage,
  summary:
    'Records an Agora channel, by itself until the time is over or somebody stops it. Also: --mode mix or individual, --redundant, --dry-run; --web https://… records a web page.',
  needs: 'act',
  begins: true,
  async run(i) {
    if (i.words.options.has('every')) {
      const [name = '<channel>'] = i.words.plain;
      throw new UserError(
        mrkdwn`Pictures are taken with ${code(`${i.command} snap ${quoted(name)} --every 10s`)}; together with a recording, by a profile that has a ${code('snapshotConfig')}.`,
      );
    }
    onlyOptions(i, options, `start ${usage}`);
    const web = i.words.options.get('web');
    if (web === '') {
      throw new UserError(
        mrkdwn`Which page? Type its address after ${code('--web')}, for example ${code('--web https://example.com/page')}.`,
      );
    }
    // A web page needs no channel, but a name all the same: the one that was typed, or one that follows from its address.
    const channelName =
      web === undefined || i.words.plain.length > 0 ? channelArgument(i, `start ${usage}`) : await nameOf(i, web);
    const choice: Choice = {
      ...chosen(i, 'profile'),
      ...chosen(i, 'mode'),
      ...chosen(i, 'layout'),
      ...(web === undefined ? {} : { web }),
      ...(i.words.options.has('redundant') ? { redundant: true } : {}),
    };
    return begin(i, 'start', channelName, choice);
  },
};

/** What `start` and `snap` have in common once it is clear what is to be recorded. */
export async function begin(i: Invocation, name: string, channelName: string, choice: Choice): Promise<Answer> {
  const found = i.presets.choose(choice);
  if (!found.ok) throw new UserError(mrkdwn`${escaped(found.problem, 600)}`);
  const { preset } = found;
  const typed = i.words.options.get('for');
  const duration =
    typed === undefined
      ? preset.defaultDuration
      : durationArgument(
          typed,
          minDuration,
          preset.maxDuration,
          (d) => `${i.command} ${name} ${quoted(channelName)} --for ${d}`,
        );
  const title = i.words.options.get('title');
  if (title !== undefined && (title === '' || title.length > maxTitle)) {
    throw new UserError(
      mrkdwn`A title has 1 to ${maxTitle} characters. Type it in quotes, for example ${code(`${i.command} ${name} ${quoted(channelName)} --title "Week 3"`)}.`,
    );
  }
  const request: StartRequest = {
    channelName,
    duration,
    team: i.team,
    channel: i.actor.channel,
    by: i.actor.user,
    recipe: preset.recipe,
    maxDuration: preset.maxDuration,
    replace: preset.replace,
    redundant: preset.redundant,
    allow: preset.allow,
    ...(title === undefined ? {} : { title }),
    ...(preset.alertChannel === undefined ? {} : { alertChannel: preset.alertChannel }),
  };
  if (i.words.options.has('dry-run')) return dryRun(i, request);
  const outcome = await i.recordings.start(request);
  i.log.info({ session: outcome.session.id, user: i.actor.user, outcome: outcome.kind }, 'Start asked');
  // The card in the channel is the answer.
  if (outcome.kind === 'started') return undefined;
  const s = outcome.session;
  const href = await cardLink(i.client, s);
  const what = mrkdwn`started by ${user(s.startedBy)}: ${escaped(stateWords(s).words)}.${seeCard(href)}`;
  return paragraph(
    s.desired === 'stopped'
      ? mrkdwn`${code(channelName)} has a recording that is not finished yet, ${what} Start the next one when it is.`
      : mrkdwn`${code(channelName)} is being recorded already, ${what}${another(i, preset.recipe, s)}`,
  );
}

async function dryRun(i: Invocation, request: StartRequest): Promise<Answer> {
  const sent = await i.recordings.preview(request);
  if (sent.class !== 'done') {
    throw new UserError(
      mrkdwn`Nothing was started, and nothing could be. ${escaped(sent.cause, 400)} ${escaped(sent.next, 400)}`,
    );
  }
  const twice = request.redundant ? mrkdwn`, twice because there would be two recorders` : mrkdwn``;
  const text = mrkdwn`Nothing was started. This is what Agora would be sent for ${code(request.channelName)}${twice}, without secrets:`;
  const pages = inPages(JSON.stringify(sent.value, null, 2).split('\n'));
  return { text, blocks: [section(text), ...pages.map((lines) => section(preformatted(lines.join('\n'))))] };
}

/** Lines in lots that a section holds. */
function inPages(lines: readonly string[]): string[][] {
  const pages: string[][] = [[]];
  let used = 0;
  for (const line of lines) {
    used += line.length + 1;
    if (used > pageLength) {
      pages.push([]);
      used = line.length + 1;
    }
    pages.at(-1)?.push(line);
  }
  return pages;
}

/** The name of a page; or its host, where the version before records that same page under it still. */
async function nameOf(i: Invocation, web: string): Promise<string> {
  const name = pageName(web);
  const host = URL.canParse(web) ? new URL(web).host : name;
  if (host === name) return name;
  const older = (await i.recordings.named(host)).filter(holdsChannel).map(webPage);
  return older.some((page) => page !== undefined && pageName(`https://${page}`) === name) ? host : name;
}

/** What runs under the name that was asked for, where it is something else, and what to type to have both. */
function another(i: Invocation, asked: Recipe, s: Session): Mrkdwn {
  const [wanted, runs] = [asked, s.recipe].map(urlOf);
  if (wanted === runs) return mrkdwn``;
  const page = webPage(s);
  const what =
    page === undefined
      ? mrkdwn`an Agora channel`
      : page === webPage({ recipe: asked })
        ? mrkdwn`the page ${code(page)} with something else after that`
        : mrkdwn`the page ${code(page)}`;
  return wanted === undefined
    ? mrkdwn` What is recorded is ${what}; stop it to record the channel of that name.`
    : mrkdwn` What is recorded is ${what}; give yours a name of its own: ${code(`${i.command} start my-page --web https://…`)}.`;
}

function urlOf(recipe: Recipe): unknown {
  const recorder = servicesOf(recipe.extensionServiceConfig).find((s) => s.serviceName === recorderService);
  return recipe.mode === 'web' ? given(recorder?.serviceParam).url : undefined;
}

/** What was typed after an option that chooses by name. */
export function chosen(i: Invocation, name: 'profile' | 'mode' | 'layout'): Choice {
  const value = i.words.options.get(name);
  if (value === undefined) return {};
  if (value === '') throw new UserError(mrkdwn`Which ${escaped(name)}? Type it after ${code(`--${name}`)}.`);
  return { [name]: value };
}
