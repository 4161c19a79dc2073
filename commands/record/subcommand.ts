import type { Session } from '../../src/recording/session.ts';
import type { Mrkdwn } from '../../src/slack/mrkdwn.ts';
import type { Actor } from '../../src/slack/permissions.ts';
import type { SlackServices } from '../../src/slack/services.ts';
import type { View } from '../../src/slack/views/blocks.ts';
import type { Words } from './parse.ts';

/** One thing that can follow the slash command. Its usage and summary live here, so help, README and manifest cannot drift from it. */
export interface Subcommand {
  name: string;
  /** What stands after the name, e.g. `<channel> [--for 45m]`. */
  usage: string;
  /** One sentence. */
  summary: string;
  /**
   * What one must be allowed to do: `act` on recordings (RECORD_ALLOWED), `look` at what the whole workspace records (full members), or
   * `nothing`.
   */
  needs: 'act' | 'look' | 'nothing';
  /** It begins a recording, so the profile that is asked for decides who may. */
  begins?: true;
  /** Runs within Slack's three seconds: it saves what is wanted and does not wait for Agora. */
  run(invocation: Invocation): Promise<Answer>;
}

export interface Invocation extends SlackServices {
  /**
   * The newest recording of the Agora channel that is named, for subcommands that act on one: it is this one that the person was found to be
   * allowed to act on, and another one may have begun since.
   */
  recording?: Session | undefined;
  words: Words;
  actor: Actor;
  team: string;
}

/** What the person is told privately; undefined: nothing, because the channel shows it. */
export type Answer = View | undefined;

/** The person asked for something that cannot be. One sentence, with what to type instead. */
export class UserError extends Error {
  readonly sentence: Mrkdwn;
  constructor(sentence: Mrkdwn) {
    super(sentence);
    this.name = 'UserError';
    this.sentence = sentence;
  }
}
