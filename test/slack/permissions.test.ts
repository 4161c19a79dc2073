import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebClient } from '@slack/web-api';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createBoltLogger } from '../../src/slack/bolt-logger.ts';
import { type Actor, createPermissions } from '../../src/slack/permissions.ts';
import { createUserGroups } from '../../src/slack/user-groups.ts';
import { captureLog } from '../support/quiet-log.ts';

/** What Slack's users.info and usergroups.users.list answer here; `hang` never does. */
const people: Record<string, object> = {
  U1MEMBER: {},
  U2GROUPED: {},
  U3GUEST: { is_restricted: true },
  U4SINGLE: { is_ultra_restricted: true },
  U5STRANGER: { team_id: 'T2', is_stranger: true },
  U6OTHER: { team_id: 'T2' },
  U7BOT: { is_bot: true },
  U8GONE: { deleted: true },
  U9GUESTIN: { is_restricted: true },
};
const oneSign: Record<string, object> = { UASTRANGER: { is_stranger: true }, UBOTHER: { team_id: 'T2' } };
let server: Server;
let asked: string[] = [];
let mood: 'well' | 'error' | 'hang' = 'well';
const clock = { now: 0 };

beforeAll(async () => {
  server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += String(chunk);
    const args = new URLSearchParams(body);
    asked.push(`${req.url} ${args.get('user') ?? args.get('usergroup') ?? ''}`);
    if (mood === 'hang') return;
    const id = args.get('user') ?? '';
    const group = args.get('usergroup');
    const answer =
      mood === 'error'
        ? { ok: false, error: 'internal_error' }
        : group
          ? group === 'S1'
            ? { ok: true, users: ['U2GROUPED', 'U9GUESTIN'] }
            : { ok: false, error: 'no_such_subteam' }
          : id in people || id in oneSign
            ? { ok: true, user: { id, team_id: 'T1', ...people[id], ...oneSign[id] } }
            : { ok: false, error: 'user_not_found' };
    res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  mood = 'well';
  asked = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function permissions(allowed: string[], team: () => string | undefined = () => 'T1') {
  const slackApiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  const log = captureLog();
  const logger = createBoltLogger(log.log.child({}, { level: 'silent' }));
  const client = new WebClient('xoxb-1', { slackApiUrl, retryConfig: { retries: 0 }, logger });
  const now = () => clock.now;
  const userGroups = createUserGroups({ client, now, log: log.log });
  return { log, userGroups, ...createPermissions({ client, userGroups, allowed, team, now, log: log.log }) };
}
const actor = (user: string, more: Partial<Actor> = {}): Actor => ({
  user,
  userTeam: people[user] && 'team_id' in people[user] ? 'T2' : 'T1',
  channel: 'C1',
  ...more,
});

describe('who may act and look', () => {
  const lists: Record<string, string[]> = {
    nobody: [],
    guest: ['U3GUEST'],
    stranger: ['U5STRANGER'],
    group: ['S1'],
    channel: ['C1'],
    'other channel': ['C9'],
    'private channel and group': ['G1', 'S1'],
  };
  // Of the columns, those whose list lets the person act; everything that is not here is refused.
  const mayAct: Record<string, string[]> = {
    U1MEMBER: ['nobody', 'channel'],
    U2GROUPED: ['nobody', 'channel', 'group', 'private channel and group'],
    U3GUEST: ['guest'],
    U4SINGLE: [],
    U5STRANGER: ['stranger'],
    U6OTHER: [],
    U7BOT: [],
    U8GONE: [],
    U9GUESTIN: ['group', 'private channel and group'],
  };
  const alwaysLook = ['U1MEMBER', 'U2GROUPED'];

  test.each(Object.keys(people).flatMap((user) => Object.keys(lists).map((list) => [user, list] as const)))(
    '%s with RECORD_ALLOWED naming %s',
    async (user, list) => {
      const p = permissions(lists[list] ?? []);
      const act = mayAct[user]?.includes(list) ?? false;
      expect((await p.mayAct(actor(user))).ok).toBe(act);
      expect((await p.mayLook(actor(user))).ok).toBe(act || alwaysLook.includes(user));
    },
  );

  test('an empty list and a payload from another workspace: no, whatever users.info says', async () => {
    expect((await permissions([]).mayAct(actor('U1MEMBER', { userTeam: 'T2' }))).ok).toBe(false);
  });

  test.each([
    ['Slack calls the person a stranger', 'UASTRANGER', 'T1'],
    ['Slack names another workspace, and the payload none', 'UBOTHER', undefined],
  ])('%s: that alone is enough to refuse', async (_name, user, userTeam) => {
    expect((await permissions([]).mayAct(actor(user, { userTeam }))).ok).toBe(false);
    expect((await permissions([]).mayAct(actor('U1MEMBER', { userTeam }))).ok).toBe(true);
  });

  test('one group that Slack does not know takes nothing from the others', async () => {
    expect((await permissions(['S9', 'S1']).mayAct(actor('U2GROUPED'))).ok).toBe(true);
    expect((await permissions(['S9', 'C1']).mayAct(actor('U1MEMBER'))).ok).toBe(true);
  });
});

describe('the refusal', () => {
  test.each<[string[], RegExp]>([
    [[], /Only full members of this workspace.*not guests/],
    [
      ['U1MEMBER', 'S1', 'C9'],
      /<@U1MEMBER>, members of <!subteam\^S1>, full members of this workspace in <#C9>.*RECORD_ALLOWED/,
    ],
  ])('says who may', async (allowed, wanted) => {
    const verdict = await permissions(allowed).mayAct(actor('U3GUEST'));
    expect(verdict.ok ? '' : verdict.sentence).toMatch(wanted);
  });
});

describe('a user group that is not there', () => {
  const sentence =
    /^The user group `S9` in (.*) is not in this workspace, so I cannot tell .* did nothing\. Ask whoever runs this bot to correct its id in \1, or to take it out\.$/;
  const said = (verdict: Awaited<ReturnType<ReturnType<typeof permissions>['mayAct']>>) =>
    verdict.ok ? '' : verdict.sentence;

  test('whoever is asked to mend it is told, and not to try again', async () => {
    const p = permissions(['S9', 'S1']);
    expect(said(await p.mayAct(actor('U1MEMBER')))).toMatch(sentence);
    expect(said(await p.mayLook(actor('U3GUEST')))).toMatch(/in RECORD_ALLOWED is not in this workspace/);
    expect(said(await p.mayAct(actor('U1MEMBER'), ['S9']))).toMatch(
      /in the profile's `allow` is not in this workspace/,
    );
    expect(p.userGroups.missing()).toEqual(['S9']);
  });

  test('operators hear of it before anybody is refused', async () => {
    const { userGroups, log } = permissions([]);
    await userGroups.check([
      { place: 'RECORD_ALLOWED', ids: ['U1MEMBER', 'S1', 'C1', 'S9'] },
      { place: 'allow of the profile board', ids: ['S8'] },
    ]);
    expect(log.entries.map((e) => e.msg)).toEqual([
      'The user group S9 in RECORD_ALLOWED is not in this workspace, so nobody may act as a member of it. Correct the id, or take it out.',
      'The user group S8 in allow of the profile board is not in this workspace, so nobody may act as a member of it. Correct the id, or take it out.',
    ]);
    expect(userGroups.missing()).toEqual(['S9', 'S8']);
  });

  test('a Slack that does not answer is no missing group', async () => {
    mood = 'error';
    const { userGroups, log } = permissions([]);
    await userGroups.check([{ place: 'RECORD_ALLOWED', ids: ['S1'] }]);
    expect(userGroups.missing()).toEqual([]);
    expect(log.entries).toEqual([]);
  });
});

describe('when Slack does not say', () => {
  const unknown = /did not tell me who you are.*did nothing/;

  test.each(['error', 'hang'] as const)('%s: nobody passes, and an operator can see why', async (how) => {
    mood = how;
    const p = permissions([]);
    const verdict = await p.mayAct(actor('U1MEMBER'));
    expect(verdict.ok ? '' : verdict.sentence).toMatch(unknown);
    expect(p.log.entries.filter((e) => e.level === 50)).toHaveLength(1);
  });

  test('who is named needs no answer', async () => {
    mood = 'error';
    expect((await permissions(['U3GUEST']).mayAct(actor('U3GUEST'))).ok).toBe(true);
    expect(asked).toEqual([]);
  });

  test('nobody can be told from a stranger while the own workspace is not known', async () => {
    const verdict = await permissions([], () => undefined).mayAct(actor('U1MEMBER'));
    expect(verdict.ok ? '' : verdict.sentence).toMatch(unknown);
  });

  test('a failure is not remembered', async () => {
    const p = permissions([]);
    mood = 'error';
    expect((await p.mayAct(actor('U1MEMBER'))).ok).toBe(false);
    mood = 'well';
    expect((await p.mayAct(actor('U1MEMBER'))).ok).toBe(true);
  });
});

test('an answer is believed for five minutes', async () => {
  const p = permissions(['S1', 'C1']);
  const ask = () => p.mayAct(actor('U1MEMBER'));
  await ask();
  await ask();
  expect(asked).toEqual(['/api/usergroups.users.list S1', '/api/users.info U1MEMBER']);
  clock.now += 5 * 60_000;
  await ask();
  expect(asked).toHaveLength(4);
  // A clock that was set back makes it no truer.
  clock.now -= 3_600_000;
  await ask();
  expect(asked).toHaveLength(6);
});
