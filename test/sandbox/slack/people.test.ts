import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appToken, createRig, type Rig } from './rig.ts';

/** Who is in the workspace, and who the app is. */
let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

describe('users.info', () => {
  test.each<[string, object]>([
    ['U0ANA', { team_id: 'T0SANDBOX', is_bot: false, is_restricted: false, is_ultra_restricted: false }],
    ['U0GIL', { team_id: 'T0SANDBOX', is_bot: false, is_restricted: true }],
    ['U0SAM', { team_id: 'T0OTHER', is_stranger: true, is_restricted: false, profile: { team: 'T0OTHER' } }],
    ['U0BOT', { team_id: 'T0SANDBOX', is_bot: true }],
  ])('of %s', async (user, expected) => {
    const { body } = await rig.call('users.info', { user });
    expect(body).toMatchObject({ ok: true, user: { id: user, deleted: false, ...expected } });
    if (user !== 'U0SAM') expect(body.user).not.toHaveProperty('is_stranger');
  });

  test('of nobody', async () => {
    expect((await rig.call('users.info', { user: 'U0NOBODY' })).body).toEqual({ ok: false, error: 'user_not_found' });
  });
});

describe('user groups', () => {
  test('are listed, with their people when asked', async () => {
    const group = { id: 'S0TEACHERS', handle: 'teachers', name: 'Teachers', team_id: 'T0SANDBOX' };
    const list = async (args: object) => (await rig.call('usergroups.list', { ...args })).body.usergroups;
    const [plain] = (await list({})) as object[];
    expect(plain).toMatchObject(group);
    expect(plain).not.toHaveProperty('users');
    expect(await list({ include_users: true })).toMatchObject([{ ...group, users: ['U0BEN'] }]);
  });

  test('have people', async () => {
    expect((await rig.call('usergroups.users.list', { usergroup: 'S0TEACHERS' })).body.users).toEqual(['U0BEN']);
    expect((await rig.call('usergroups.users.list', { usergroup: 'S0NONE' })).body.error).toBe('no_such_subteam');
  });
});

test('auth.test says who the app is', async () => {
  expect((await rig.call('auth.test')).body).toMatchObject({
    ok: true,
    team_id: 'T0SANDBOX',
    user_id: 'U0BOT',
    bot_id: 'B0SANDBOX',
    is_enterprise_install: false,
  });
});

test('apps.connections.open is refused in HTTP mode', async () => {
  const http = await createRig({ requestUrl: () => 'http://127.0.0.1:9/slack/events' });
  expect((await http.call('apps.connections.open', {}, appToken)).body.error).toBe('forbidden_team');
  await http.close();
  expect((await rig.call('apps.connections.open', {}, appToken)).body.url).toMatch(/^ws:.*ticket=/);
});
