import type { WebClient } from '@slack/web-api';
import type { Log } from '../recording/ports.ts';
import { slackErrorCode } from './error-code.ts';
import { createMemory } from './memory.ts';

/** A list of people names a user group that Slack does not know. Only who wrote the list can mend that. */
export class MissingGroup extends Error {
  readonly group: string;

  constructor(group: string, cause: unknown) {
    super(`Slack knows no user group ${group}`, { cause });
    this.group = group;
  }
}

/** A list of ids, and where it is written: `RECORD_ALLOWED`. */
export interface WrittenList {
  place: string;
  ids: readonly string[];
}

export interface UserGroups {
  /** @throws MissingGroup when there is no such group. */
  includes(group: string, person: string): Promise<boolean>;
  /** Asks for each group that a list names, and logs which are not there. What Slack does not say now is asked when somebody acts. */
  check(lists: readonly WrittenList[]): Promise<void>;
  /** Those that were not there when Slack was asked last. */
  missing(): string[];
}

/** The members of user groups, as Slack tells them. */
export function createUserGroups(parts: { client: WebClient; now: () => number; log: Log }): UserGroups {
  const { client, log } = parts;
  const remember = createMemory(parts.now);
  const gone = new Set<string>();

  const members = (group: string) =>
    remember(group, async () => {
      try {
        const { users = [] } = await client.usergroups.users.list({ usergroup: group });
        gone.delete(group);
        return users;
      } catch (error) {
        if (slackErrorCode(error) !== 'no_such_subteam') throw error;
        gone.add(group);
        throw new MissingGroup(group, error);
      }
    });

  return {
    includes: async (group, person) => (await members(group)).includes(person),
    async check(lists) {
      for (const { place, ids } of lists) {
        for (const group of ids.filter(isGroup)) {
          const found = await members(group).catch((error: unknown) => error);
          if (found instanceof MissingGroup) {
            log.warn(
              { group, place },
              `The user group ${group} in ${place} is not in this workspace, so nobody may act as a member of it. Correct the id, or take it out.`,
            );
          }
        }
      }
    },
    missing: () => [...gone],
  };
}

/** Ids of user groups begin with S. */
export function isGroup(id: string): boolean {
  return id.startsWith('S');
}
