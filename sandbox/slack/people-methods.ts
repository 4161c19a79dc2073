import { failure, isOn, type Method } from './method.ts';
import { type Person, team, type UserGroup } from './world.ts';

function userObject(p: Person) {
  const isGuest = p.role === 'guest';
  return {
    id: p.id,
    team_id: p.team,
    name: p.name,
    deleted: false,
    color: p.color,
    real_name: p.real_name,
    tz: 'Etc/UTC',
    tz_label: 'Coordinated Universal Time',
    tz_offset: 0,
    profile: {
      real_name: p.real_name,
      real_name_normalized: p.real_name,
      display_name: p.name,
      display_name_normalized: p.name,
      team: p.team,
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: isGuest,
    is_ultra_restricted: false,
    is_bot: p.role === 'bot',
    is_app_user: false,
    updated: 0,
    ...(p.role === 'stranger' ? { is_stranger: true } : {}),
  };
}

const groupObject = (g: UserGroup, withUsers: boolean) => ({
  id: g.id,
  team_id: team.id,
  is_usergroup: true,
  is_external: false,
  name: g.name,
  handle: g.handle,
  user_count: g.users.length,
  ...(withUsers ? { users: g.users } : {}),
});

/** users.* and usergroups.* (docs.slack.dev/reference/methods). */
export const peopleMethods: Record<string, Method> = {
  'users.info': {
    token: 'bot',
    scope: 'users:read',
    tier: 4,
    json: false,
    args: { user: 'text!', include_locale: 'flag' },
    run(c, args) {
      const person = c.world.users.get(String(args.user));
      return person ? { ok: true, user: userObject(person) } : failure('user_not_found');
    },
  },
  'usergroups.list': {
    token: 'bot',
    scope: 'usergroups:read',
    tier: 2,
    json: false,
    args: { include_count: 'flag', include_disabled: 'flag', include_users: 'flag', team_id: 'text' },
    run: (c, args) => ({
      ok: true,
      usergroups: c.world.groups.map((g) => groupObject(g, isOn(args.include_users))),
    }),
  },
  'usergroups.users.list': {
    token: 'bot',
    scope: 'usergroups:read',
    tier: 2,
    json: false,
    args: { usergroup: 'text!', include_disabled: 'flag', team_id: 'text' },
    run(c, args) {
      const group = c.world.groups.find((g) => g.id === args.usergroup);
      return group ? { ok: true, users: group.users } : failure('no_such_subteam');
    },
  },
};
