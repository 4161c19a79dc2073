import type { WebClient } from '@slack/web-api';
import type { Log } from '../recording/ports.ts';
import { slackErrorCode } from './error-code.ts';
import { createMemory } from './memory.ts';
import { channel, code, join, type Mrkdwn, mrkdwn, user, userGroup } from './mrkdwn.ts';
import { isGroup, MissingGroup, type UserGroups } from './user-groups.ts';

export interface Actor {
  user: string;
  /** The workspace that the person belongs to, as the payload says. */
  userTeam: string | undefined;
  /** Where the action was made. */
  channel: string;
}

export type Verdict = { ok: true } | { ok: false; sentence: Mrkdwn };

export interface Permissions {
  /** May this person start, stop and extend? Asked on each command and click, never when a card is drawn. */
  /** `allow`: a profile's own list, which takes the place of RECORD_ALLOWED unless it is empty. */
  mayAct(actor: Actor, allow?: readonly string[]): Promise<Verdict>;
  /** May this person read what is recorded in the whole workspace? Full members may, and whoever is named in RECORD_ALLOWED. */
  mayLook(actor: Actor): Promise<Verdict>;
}

/** Acknowledging has three seconds in all. Milliseconds. */
const patience = 1_500;

/**
 * RECORD_ALLOWED: users by id, members of user groups, and full members acting in a named channel. Empty: full members of this workspace.
 * Guests and people of other workspaces pass only when named themselves or through a group. When Slack does not answer, nobody passes.
 */
export function createPermissions(parts: {
  client: WebClient;
  userGroups: UserGroups;
  allowed: readonly string[];
  /** This app's workspace, known once Slack said so. */
  team: () => string | undefined;
  now: () => number;
  log: Log;
}): Permissions {
  const { client, userGroups, allowed, team, log } = parts;
  const remember = createMemory(parts.now);

  const isFullMember = (actor: Actor) =>
    remember(`user:${actor.user}`, async () => {
      const ours = team();
      // Without knowing our own workspace nobody can be told from a stranger.
      if (!ours) throw new Error('The own workspace is not known yet');
      const { user: u } = await client.users.info({ user: actor.user });
      const home = u?.team_id ?? actor.userTeam;
      return (
        !!u && !u.deleted && !u.is_bot && !u.is_restricted && !u.is_ultra_restricted && !u.is_stranger && home === ours
      );
    });

  /** `member`: being a full member is enough. */
  function allows(actor: Actor, { users, groups }: Allowed, member: boolean): Promise<boolean> {
    if (users.includes(actor.user)) return Promise.resolve(true);
    const ours = team();
    const fromElsewhere = ours !== undefined && actor.userTeam !== undefined && actor.userTeam !== ours;
    return anyOf([
      ...groups.map((group) => userGroups.includes(group, actor.user)),
      ...(member && !fromElsewhere ? [isFullMember(actor)] : []),
    ]);
  }

  /** `place`: where the list is written. */
  async function judge(allowed: Promise<boolean>, place: Mrkdwn, refusal: () => Mrkdwn): Promise<Verdict> {
    try {
      return (await inTime(allowed)) ? { ok: true } : { ok: false, sentence: refusal() };
    } catch (error) {
      if (error instanceof MissingGroup) {
        log.error({ group: error.group, place }, 'A user group is not in this workspace, so the action was refused');
        return { ok: false, sentence: missingGroup(error.group, place) };
      }
      log.error(
        { err: error, code: slackErrorCode(error) },
        'Slack did not say who somebody is, so the action was refused',
      );
      return {
        ok: false,
        sentence: mrkdwn`Slack did not tell me who you are just now, so I did nothing. Please try again in a moment.`,
      };
    }
  }

  return {
    mayAct(actor, allow = []) {
      const list = sorted(allow.length > 0 ? allow : allowed);
      const anywhere = list.users.length + list.groups.length + list.channels.length === 0;
      const place = allow.length > 0 ? ownList : commonList;
      return judge(allows(actor, list, anywhere || list.channels.includes(actor.channel)), place, () =>
        whoMay(list, place),
      );
    },
    mayLook: (actor) =>
      judge(
        allows(actor, sorted(allowed), true),
        commonList,
        () =>
          mrkdwn`Only full members of this workspace see what is recorded in it, not guests or people from other workspaces.`,
      ),
  };
}

/** True as soon as one is true. When none is and one could not be found out, that one's error: nobody knows then. */
async function anyOf(checks: Promise<boolean>[]): Promise<boolean> {
  const no = Symbol('no');
  try {
    return await Promise.any(checks.map((check) => check.then((yes) => yes || Promise.reject(no))));
  } catch (error) {
    const trouble = error instanceof AggregateError ? error.errors.find((e) => e !== no) : error;
    if (trouble !== undefined) throw trouble;
    return false;
  }
}

interface Allowed {
  users: string[];
  groups: string[];
  channels: string[];
}

function sorted(ids: readonly string[]): Allowed {
  return {
    users: ids.filter((id) => /^[UW]/.test(id)),
    groups: ids.filter(isGroup),
    channels: ids.filter((id) => /^[CG]/.test(id)),
  };
}

const commonList = mrkdwn`RECORD_ALLOWED`;
const ownList = mrkdwn`the profile's ${code('allow')}`;

/** Nobody can find out who is in a group that is not there, and trying again is of no use. */
function missingGroup(group: string, place: Mrkdwn): Mrkdwn {
  return mrkdwn`The user group ${code(group)} in ${place} is not in this workspace, so I cannot tell whether you may do this, and did nothing. Ask whoever runs this bot to correct its id in ${place}, or to take it out.`;
}

/** The refusal: who may, and how to get it. `place`: where that is written. */
function whoMay({ users, groups, channels }: Allowed, place: Mrkdwn): Mrkdwn {
  const who = [
    ...users.map((id) => user(id)),
    ...groups.map((id) => mrkdwn`members of ${userGroup(id)}`),
    ...channels.map((id) => mrkdwn`full members of this workspace in ${channel(id)}`),
  ];
  if (who.length === 0) {
    return mrkdwn`Only full members of this workspace may do this, not guests or people from other workspaces. Ask one of them, or have yourself added to RECORD_ALLOWED.`;
  }
  return mrkdwn`Only these may do this: ${join(who.slice(0, 20), ', ')}. Ask one of them, or have yourself added to ${place}.`;
}

function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('Slack took too long')), patience);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
