import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methods } from '../../../sandbox/slack/methods.ts';
import { allScopes, appToken, botToken, createRig, manifestWith, type Rig } from './rig.ts';

/** What is the same for every method: tokens, scopes, the shape of requests and arguments, and rate limits. */
let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());

const form = 'application/x-www-form-urlencoded';
const bearer = { authorization: `Bearer ${botToken}` };
const refusal = (problem: string) => [`[ERROR] ${problem}`];

/** Good enough to get past the checks of arguments, whatever comes then. */
const fitting = { text: 'x', whole: '1', flag: 'true', json: '[]' };
const argumentsOf = (name: string) =>
  Object.fromEntries(
    Object.entries(methods[name]?.args ?? {}).flatMap(([arg, rule]) =>
      rule.endsWith('!') ? [[arg, fitting[rule.slice(0, -1) as keyof typeof fitting]]] : [],
    ),
  );
const everyMethod = Object.keys(methods);

describe('tokens', () => {
  describe.each(everyMethod)('%s', (name) => {
    const [right, wrong] = methods[name]?.token === 'app' ? [appToken, botToken] : [botToken, appToken];

    test.each([
      ['none', '', 'not_authed'],
      ['an unknown one', 'xoxb-2000000000-stolen', 'invalid_auth'],
      ['one of the other kind', wrong, 'not_allowed_token_type'],
    ])('refuses %s', async (_, token, error) => {
      expect((await rig.call(name, argumentsOf(name), token)).body).toMatchObject({ ok: false, error });
    });

    test('refuses a revoked one until it is restored', async () => {
      const kind = right === botToken ? 'bot' : 'app';
      const error = kind === 'bot' ? 'account_inactive' : 'invalid_auth';
      rig.slack.revokeToken(kind);
      expect((await rig.call(name, argumentsOf(name), right)).body).toEqual({ ok: false, error });
      rig.slack.restoreToken(kind);
      expect((await rig.call(name, argumentsOf(name), right)).body.error).not.toBe(error);
    });
  });

  test('count in a form field, and neither in the address nor in JSON', async () => {
    const asField = await rig.request('auth.test', { method: 'POST', body: new URLSearchParams({ token: botToken }) });
    expect(asField.body.ok).toBe(true);
    const inAddress = await rig.request('auth.test', { method: 'POST' }, `?token=${botToken}`);
    expect(inAddress.body.error).toBe('not_authed');
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const inJson = await rig.request('auth.test', { method: 'POST', headers, body: `{"token":"${botToken}"}` });
    expect(inJson.body.error).toBe('not_authed');
  });

  test('of the app level count in the header only, and in a POST only', async () => {
    const body = new URLSearchParams({ token: appToken });
    const asField = await rig.request('apps.connections.open', { method: 'POST', body });
    expect(asField.body.error).toBe('not_authed');
    const headers = { authorization: `Bearer ${appToken}` };
    expect((await rig.request('apps.connections.open', { headers })).body.error).toBe('insecure_request');
  });
});

describe('scopes', () => {
  let bare: Rig;
  beforeAll(async () => {
    bare = await createRig({ manifest: manifestWith(['commands']) });
  });
  afterAll(() => bare.close());

  const rows: [string, string][] = [
    ['chat.postMessage', 'chat:write'],
    ['chat.update', 'chat:write'],
    ['chat.postEphemeral', 'chat:write'],
    ['chat.delete', 'chat:write'],
    ['users.info', 'users:read'],
    ['usergroups.list', 'usergroups:read'],
    ['usergroups.users.list', 'usergroups:read'],
    ['files.getUploadURLExternal', 'files:write'],
    ['files.completeUploadExternal', 'files:write'],
    ['conversations.open', 'im:write'],
    ['conversations.info', 'channels:read,groups:read,im:read,mpim:read'],
    ['conversations.members', 'channels:read,groups:read,im:read,mpim:read'],
    ['conversations.history', 'channels:history,groups:history,im:history,mpim:history'],
    ['conversations.replies', 'channels:history,groups:history,im:history,mpim:history'],
  ];
  const free = ['auth.test', 'apps.connections.open', 'chat.getPermalink', 'views.open', 'views.update'];

  test.each(rows)('%s needs %s', async (name, needed) => {
    expect((await bare.call(name, argumentsOf(name))).body).toEqual({
      ok: false,
      error: 'missing_scope',
      needed,
      provided: 'commands',
    });
  });

  test.each(free)('%s needs none', async (name) => {
    const token = methods[name]?.token === 'app' ? appToken : botToken;
    expect((await bare.call(name, argumentsOf(name), token)).body.error).not.toBe('missing_scope');
  });

  test('are known of every method', () => {
    expect([...rows.map(([name]) => name), ...free].sort()).toEqual([...everyMethod].sort());
  });

  test('are told in headers', async () => {
    const { headers } = await rig.call('users.info', { user: 'U0ANA' });
    expect(headers.get('x-oauth-scopes')).toBe(allScopes.join(','));
    expect(headers.get('x-accepted-oauth-scopes')).toBe('users:read');
  });
});

describe('requests', () => {
  const send = (type: string | undefined, body: BodyInit, method = 'users.info') =>
    rig.request(method, { method: 'POST', headers: { ...bearer, ...(type ? { 'content-type': type } : {}) }, body });
  const bytes = new TextEncoder().encode('user=U0ANA');
  const ana = { ok: true };

  test.each<[string, string | undefined, BodyInit, object]>([
    ['a form', form, 'user=U0ANA', ana],
    ['a form with a charset', `${form}; charset=utf-8`, 'user=U0ANA', { ...ana, warning: 'superfluous_charset' }],
    ['a body of no type', undefined, bytes, { ok: false, error: 'missing_post_type' }],
    ['XML', 'application/xml', '<user/>', { ok: false, error: 'invalid_post_type' }],
    ['an unknown charset', `${form}; charset=koi8-r`, 'user=U0ANA', { ok: false, error: 'invalid_charset' }],
    ['a broken multipart form', 'multipart/form-data; boundary=x', 'y', { ok: false, error: 'invalid_form_data' }],
    ['a list as argument', form, 'user[]=U0ANA', { ok: false, error: 'invalid_array_arg' }],
    ['an odd name', form, 'us%20er=U0ANA', { ok: false, error: 'invalid_arg_name' }],
    [
      'JSON where it is not read',
      'application/json; charset=utf-8',
      '{"user":"U0ANA"}',
      { ok: false, error: 'invalid_arguments' },
    ],
  ])('%s', async (_, type, body, expected) => {
    expect((await send(type, body)).body).toMatchObject(expected);
  });

  test.each([
    ['no JSON', '{', 'invalid_json'],
    ['a list', '[]', 'json_not_object'],
    ['a text', '"x"', 'json_not_object'],
  ])('as JSON: %s', async (_, body, error) => {
    expect((await send('application/json; charset=utf-8', body, 'auth.test')).body).toEqual({ ok: false, error });
  });

  test('as multipart form, as a query, and as JSON, which has to name its charset', async () => {
    const multipart = new FormData();
    multipart.set('user', 'U0ANA');
    expect((await rig.request('users.info', { method: 'POST', headers: bearer, body: multipart })).body.ok).toBe(true);
    expect((await rig.request('users.info', { headers: bearer }, '?user=U0ANA')).body.ok).toBe(true);
    const body = JSON.stringify({ channel: 'C0CLASSES', text: null, blocks: [{ type: 'divider' }] });
    expect((await send('application/json', body, 'chat.postMessage')).body).toMatchObject({
      ok: true,
      warning: 'missing_charset',
      response_metadata: { warnings: ['missing_charset'] },
    });
    const asText = JSON.stringify({ channel: 'C0CLASSES', blocks: '[{"type":"divider"}]' });
    const answer = await send('application/json; charset=utf-8', asText, 'chat.postMessage');
    expect(answer.body).toMatchObject({ ok: true, message: { blocks: [{ type: 'divider' }] } });
    expect(answer.body.warning).toBeUndefined();
  });

  test('for a method that is not there', async () => {
    expect((await rig.call('chat.postMesage', { channel: 'C0CLASSES' })).body).toEqual({
      ok: false,
      error: 'unknown_method',
      req_method: 'chat.postMesage',
    });
  });
});

describe('arguments', () => {
  const token = (name: string) => (methods[name]?.token === 'app' ? appToken : botToken);
  const required = everyMethod.flatMap((name) =>
    Object.keys(argumentsOf(name)).map((arg): [string, string] => [name, arg]),
  );

  test('that are required are known of', () => {
    expect(required.map((r) => r.join(' '))).toEqual([
      'chat.postMessage channel',
      'chat.update channel',
      'chat.update ts',
      'chat.postEphemeral channel',
      'chat.postEphemeral user',
      'chat.delete channel',
      'chat.delete ts',
      'chat.getPermalink channel',
      'chat.getPermalink message_ts',
      'conversations.info channel',
      'conversations.members channel',
      'conversations.history channel',
      'conversations.replies channel',
      'conversations.replies ts',
      'users.info user',
      'usergroups.users.list usergroup',
      'files.getUploadURLExternal filename',
      'files.getUploadURLExternal length',
      'files.completeUploadExternal files',
      'views.open view',
      'views.update view',
    ]);
  });

  test.each(required)('%s misses %s', async (name, missing) => {
    for (const value of [undefined, '']) {
      const { body } = await rig.call(name, { ...argumentsOf(name), [missing]: value });
      expect(body.error).toBe('invalid_arguments');
      expect(body.response_metadata?.messages).toEqual(refusal(`missing required field: ${missing}`));
    }
  });

  test.each(everyMethod)('%s knows no nonsense', async (name) => {
    const { body } = await rig.call(name, { ...argumentsOf(name), nonsense: 'x' }, token(name));
    expect(body.error).toBe('invalid_arguments');
    expect(body.response_metadata?.messages).toEqual(refusal('invalid additional property: nonsense'));
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['conversations.history', { channel: 'C0CLASSES', limit: 'ten' }, 'must be an integer [json-pointer:/limit]'],
    [
      'conversations.history',
      { channel: 'C0CLASSES', inclusive: 'yes' },
      'must be a boolean [json-pointer:/inclusive]',
    ],
    ['files.getUploadURLExternal', { filename: 'a', length: '1.5' }, 'must be an integer [json-pointer:/length]'],
    ['views.open', { view: '{', trigger_id: 'x' }, 'invalid JSON: view'],
  ])('%s with %o', async (name, args, problem) => {
    const { body } = await rig.call(name, args);
    expect([body.error, body.response_metadata?.messages]).toEqual(['invalid_arguments', refusal(problem)]);
  });

  test('that are texts are no numbers in JSON', async () => {
    const headers = { ...bearer, 'content-type': 'application/json; charset=utf-8' };
    const body = JSON.stringify({ channel: 5, text: 'x' });
    const answer = await rig.request('chat.postMessage', { method: 'POST', headers, body });
    expect(answer.body.response_metadata?.messages).toEqual(refusal('must be a string [json-pointer:/channel]'));
  });
});

describe('rate limits', () => {
  let limited: Rig;
  beforeAll(async () => {
    limited = await createRig({ rateLimits: true });
  });
  afterAll(() => limited.close());
  const untilRefused = async (method: string, args: Record<string, string>, most: number) => {
    for (let n = 0; n <= most; n++) {
      const answer = await limited.call(method, args);
      if (answer.status !== 200) return { n, answer };
    }
    throw new Error(`${method} was never refused`);
  };

  test('a channel takes a burst of posts, then about one a second; others are not touched', async () => {
    const { n, answer } = await untilRefused('chat.postMessage', { channel: 'C0CLASSES', text: 'x' }, 40);
    expect(n).toBeGreaterThanOrEqual(15);
    expect([answer.status, answer.body]).toEqual([429, { ok: false, error: 'ratelimited' }]);
    const wait = Number(answer.headers.get('retry-after'));
    expect(wait).toBe(1);
    expect((await limited.call('chat.postMessage', { channel: 'C0OPS', text: 'x' })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    expect((await limited.call('chat.postMessage', { channel: 'C0CLASSES', text: 'x' })).status).toBe(200);
  });

  test.each([
    ['usergroups.list', {}, 20],
    ['conversations.info', { channel: 'C0CLASSES' }, 50],
    ['users.info', { user: 'U0ANA' }, 100],
  ])('%s %o has its tier', async (method, args, perMinute) => {
    const { n, answer } = await untilRefused(method, args as Record<string, string>, perMinute + 60);
    expect(n).toBeGreaterThanOrEqual(perMinute);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  test('meet the real client', async () => {
    const client = new WebClient(botToken, { slackApiUrl: rig.slack.apiUrl, rejectRateLimitedCalls: true });
    rig.slack.failNext({ method: 'auth.test', error: 'ratelimited', retryAfter: 7 });
    await expect(client.auth.test()).rejects.toMatchObject({ code: 'slack_webapi_rate_limited_error', retryAfter: 7 });
  });
});
