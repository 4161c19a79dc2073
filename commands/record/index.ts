import { setTimeout as delay } from 'node:timers/promises';
import type { App, SlashCommand } from '@slack/bolt';
import type { Session } from '../../src/recording/session.ts';
import { ackBefore } from '../../src/slack/ack-when-done.ts';
import { allowOf } from '../../src/slack/allow-of.ts';
import { asStarter } from '../../src/slack/as-starter.ts';
import { errorMessage } from '../../src/slack/error-message.ts';
import { code, mrkdwn } from '../../src/slack/mrkdwn.ts';
import type { Verdict } from '../../src/slack/permissions.ts';
import type { SlackServices } from '../../src/slack/services.ts';
import { tellPrivately } from '../../src/slack/tell-privately.ts';
import { paragraph, type View } from '../../src/slack/views/blocks.ts';
import { extend } from './extend.ts';
import { files } from './files.ts';
import { createHelp } from './help.ts';
import { history } from './history.ts';
import { layout } from './layout.ts';
import { list } from './list.ts';
import { nearest, parse, type Words } from './parse.ts';
import { pause, resume } from './pause.ts';
import { push } from './push.ts';
import { severalOf } from './several-of.ts';
import { snap } from './snap.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { type Subcommand, UserError } from './subcommand.ts';
import { subscribe } from './subscribe.ts';

/** Every subcommand. A new one is a file beside this and a line here. */
export const subcommands: readonly Subcommand[] = [
  start,
  snap,
  stop,
  extend,
  layout,
  subscribe,
  pause,
  resume,
  push,
  status,
  list,
  files,
  history,
  createHelp(() => subcommands),
];

/**
 * The slash command. What is wanted is saved before Slack gets its answer, so an acknowledged command is never lost; Agora is asked
 * afterwards, so its bad days do not cost the three seconds that Slack allows. When saving takes too long all the same, Slack is answered
 * first, and the person a little later.
 */
export function registerRecord(app: App, services: SlackServices, patience = ackBefore): void {
  app.command(services.command, async ({ command, ack, respond }) => {
    const answer = answerOf(command, services);
    const inTime = await Promise.race([answer.then((view) => ({ view })), delay(patience, undefined, { ref: false })]);
    const first = inTime ? inTime.view : paragraph(slow);
    const isAcked = await (first ? ack({ response_type: 'ephemeral', ...first }) : ack()).then(
      () => true,
      (error: unknown) => {
        services.log.warn({ err: error }, 'A command could not be acknowledged; its answer goes another way');
        return false;
      },
    );
    if (inTime && isAcked) return;
    const view = await answer;
    if (view) await tellPrivately(respond, view, services.log);
  });
}

const slow = mrkdwn`This takes longer than usual. I am still at it, and say here if it does not work.`;

async function answerOf(command: SlashCommand, services: SlackServices): Promise<View | undefined> {
  const { recordings, permissions, log } = services;
  try {
    // Whatever the types say, what comes over the wire may lack it.
    const { subcommand: typed, words } = parse(command.text ?? '');
    const subcommand = subcommands.find((s) => s.name === (typed || 'help'));
    if (!subcommand) return paragraph(unknownWord(typed, services.command));
    const actor = { user: command.user_id, userTeam: command.team_id, channel: command.channel_id };
    if (subcommand.needs === 'look') {
      const verdict = await permissions.mayLook(actor);
      if (!verdict.ok) return paragraph(verdict.sentence);
    }
    let recording: Session | undefined;
    if (subcommand.needs === 'act') {
      const meant = subcommand.begins ? [] : await named(words, services);
      const allowed: Session[] = [];
      let refusal: Verdict | undefined;
      for (const s of meant.length > 0 ? meant : [undefined]) {
        const who = s ? asStarter(actor, s) : actor;
        const verdict = await permissions.mayAct(who, listFor(subcommand, words, s, services));
        if (!verdict.ok) refusal ??= verdict;
        else if (s) allowed.push(s);
      }
      if (refusal && !refusal.ok && allowed.length === 0) return paragraph(refusal.sentence);
      // Which of them is meant is asked also where only one is open to whoever types.
      if (meant.length > 1) throw severalOf(meant, allowed, services.command, subcommand.name);
      [recording] = allowed;
      // Slack now and then delivers a command twice; the second one changes nothing.
      if (!(await recordings.firstTime(command.trigger_id))) return undefined;
    }
    return await subcommand.run({ ...services, words, actor, team: command.team_id, recording });
  } catch (error) {
    return paragraph(error instanceof UserError ? error.sentence : errorMessage(error, log));
  }
}

/** The recordings that the first word may mean. */
async function named({ plain: [typed] }: Words, { recordings }: SlackServices): Promise<Session[]> {
  return typed === undefined ? [] : recordings.named(typed);
}

/** Whose list decides: the profile that is asked for, or that of the recording which is meant. */
function listFor(
  subcommand: Subcommand,
  words: Words,
  s: Session | undefined,
  { presets }: SlackServices,
): readonly string[] {
  if (!subcommand.begins && s) return allowOf(presets, { ...s, profile: s.recipe.profile });
  const asked = subcommand.begins ? words.options.get('profile') : undefined;
  // One that there is not is refused in its own words.
  return presets.allowOf(asked || presets.default) ?? [];
}

function unknownWord(typed: string, command: string) {
  const near = nearest(
    typed,
    subcommands.map((s) => s.name),
  );
  return near
    ? mrkdwn`I do not know ${code(typed)}. Did you mean ${code(`${command} ${near}`)}? All there is: ${code(`${command} help`)}.`
    : mrkdwn`I do not know ${code(typed)}. See what there is with ${code(`${command} help`)}.`;
}
