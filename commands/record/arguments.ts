import { channelNameProblem } from '../../src/recording/channel-name.ts';
import { formatDuration, parseDuration, typedDuration } from '../../src/recording/duration.ts';
import { pageName } from '../../src/recording/page-name.ts';
import { readPlace } from '../../src/recording/place.ts';
import { namePattern } from '../../src/recording/recipe/check-recipe.ts';
import { code, escaped, type Mrkdwn, mrkdwn } from '../../src/slack/mrkdwn.ts';
import { quoted } from './no-recording.ts';
import { flags } from './parse.ts';
import { type Invocation, UserError } from './subcommand.ts';

/** Shortest recording: a shorter one would end before Agora has proved it. Milliseconds. */
export const minDuration = 30_000;

/** The Agora channel, which is all plain words together unless more is expected after it. */
export function channelArgument(i: Invocation, usage: string): string {
  return nameArgument(i, usage, (typed) => ({ name: typed, instead: insteadOfChannel(i, usage, typed) }));
}

/** The name of a recording that there is: the Agora channel, or its project and the channel, as in `live/math-101`. */
export function recordingArgument(i: Invocation, usage: string): string {
  return nameArgument(i, usage, (typed) => {
    const [subcommand = ''] = usage.split(' ');
    if (isAddress(typed)) {
      const instead = code(`${i.command} ${subcommand} ${quoted(pageName(typed))}`);
      return { name: typed, instead: mrkdwn`A web page goes by its host and path: type ${instead}.` };
    }
    const { channelName, project } = readPlace(typed);
    return { name: project === undefined || namePattern.test(project) ? channelName : typed };
  });
}

const isAddress = (typed: string) => /^https?:\/\//.test(typed);

/** What whoever begins a recording may have meant by a name that is none. */
function insteadOfChannel(i: Invocation, usage: string, typed: string): Mrkdwn | undefined {
  if (!usage.startsWith('start')) return undefined;
  if (isAddress(typed))
    return mrkdwn`A web page goes after ${code('--web')}: type ${code(`${i.command} start --web ${typed}`)}.`;
  const { channelName, project } = readPlace(typed);
  if (project === undefined || channelNameProblem(channelName)) return undefined;
  return mrkdwn`The Agora project is that of the profile: type ${code(`${i.command} start ${quoted(channelName)} --profile …`)} with one of it.`;
}

/** `read`: what of the word has to be a channel name, and what to say in place of what is wrong with it. */
function nameArgument(
  i: Invocation,
  usage: string,
  read: (typed: string) => { name: string; instead?: Mrkdwn | undefined },
): string {
  const [typed, ...rest] = i.words.plain;
  if (typed === undefined) throw new UserError(mrkdwn`Which Agora channel? Type ${code(`${i.command} ${usage}`)}.`);
  if (rest.length > 0) {
    const all = i.words.plain.join(' ');
    throw new UserError(
      mrkdwn`I do not understand ${code(rest.join(' '))}. Type ${code(`${i.command} ${usage}`)}; a channel name with spaces goes in quotes: ${code(`"${all}"`)}.`,
    );
  }
  const { name, instead } = read(typed);
  const problem = channelNameProblem(name);
  if (problem && instead) throw new UserError(instead);
  if (problem)
    throw new UserError(
      mrkdwn`${escaped(problem, 400)} Type the name as your Agora app uses it: ${code(`${i.command} ${usage}`)}.`,
    );
  return typed;
}

/** Refuses options that this subcommand does not have. */
export function onlyOptions(i: Invocation, known: readonly string[], usage: string): void {
  for (const [name, value] of i.words.options) {
    if (!known.includes(name)) {
      throw new UserError(
        mrkdwn`I do not know the option ${code(`--${name}`)}. Type ${code(`${i.command} ${usage}`)}.`,
      );
    }
    if (flags.has(name) && value !== '') {
      throw new UserError(
        mrkdwn`${code(`--${name}`)} stands alone: type it without ${code(`=${value}`)}, or leave it out.`,
      );
    }
  }
}

/** What follows an option; undefined: it was not typed. `example`: what to type when nothing follows, or a lone @. */
export function optionValue(i: Invocation, name: string, example: string): string | undefined {
  const value = i.words.options.get(name);
  if (value === undefined || !/^@?\s*$/.test(value)) return value;
  throw new UserError(
    mrkdwn`Nothing follows ${code(`--${name}`)}. Type for example ${code(`${i.command} ${example}`)}, or leave it out.`,
  );
}

/** Refuses words after a subcommand that takes none. */
export function noWords(i: Invocation, usage: string): void {
  if (i.words.plain.length === 0) return;
  throw new UserError(
    mrkdwn`I do not understand ${code(i.words.plain.join(' '))}. Type ${code(`${i.command} ${usage}`)} alone.`,
  );
}

/** A duration in milliseconds between the bounds; `example` makes what to type instead, with a duration in it. */
export function durationArgument(
  typed: string,
  low: number,
  high: number,
  example: (duration: string) => string,
): number {
  const sensible = typedDuration(Math.min(Math.max(45 * 60_000, low), high));
  const ms = parseDuration(typed);
  if (ms === undefined) {
    const shown = typed === '' ? mrkdwn`The duration is missing.` : mrkdwn`${code(typed)} is not a duration.`;
    throw new UserError(
      mrkdwn`${shown} Type it like ${code('90s')}, ${code('45m')} or ${code('1h30m')}: ${code(example(sensible))}.`,
    );
  }
  if (ms < low || ms > high) {
    throw new UserError(
      mrkdwn`${code(typed)} is too ${escaped(ms < low ? 'short' : 'long')}: it must be from ${escaped(formatDuration(low))} to ${escaped(formatDuration(high))}. Type for example ${code(example(sensible))}.`,
    );
  }
  return ms;
}
