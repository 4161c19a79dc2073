import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCredentialSource } from '../../src/files/temporary-credentials.ts';

/** Temporary credentials as operators have them: a file that something renews, or an address of the platform. */
let folder: string;
let server: Server;
let answers: { status: number; body: string; location?: string }[];
let asked: { authorization: string | undefined; path: string }[];
let time: number;
const start = Date.UTC(2027, 0, 15, 12);
const now = () => time;
beforeEach(async () => {
  time = start;
  answers = [];
  asked = [];
  folder = mkdtempSync(join(tmpdir(), 'agora-recording-credentials-'));
  server = createServer((req, res) => {
    asked.push({ authorization: req.headers.authorization, path: req.url ?? '' });
    const { status, body, location } = answers.shift() ?? { status: 500, body: '' };
    res.writeHead(status, location ? { location } : {}).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  server.close();
  server.closeAllConnections();
});
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/creds/canary-path`;
const file = () => join(folder, 'sts.json');
const keys = { accessKey: 'canary-id', secretKey: 'canary-secret', stsToken: 'canary-token' };
const good = { AccessKeyId: keys.accessKey, SecretAccessKey: keys.secretKey, SessionToken: keys.stsToken };
const at = '2027-01-15T18:00:00Z';
const until = Date.parse(at);

describe('what is read', () => {
  test.each([
    ['credential_process of AWS', { Version: 1, ...good, Expiration: at }],
    ['with another way to write the time', { ...good, Expiration: '2027-01-15T19:00:00.000+01:00' }],
    ['a container of AWS', { RoleArn: 'r', ...good, SessionToken: undefined, Token: keys.stsToken, Expiration: at }],
    ['the answer to AssumeRole', { Credentials: { ...good, Expiration: at }, AssumedRoleUser: {} }],
    [
      'a role of Alibaba',
      {
        AccessKeyId: keys.accessKey,
        AccessKeySecret: keys.secretKey,
        SecurityToken: keys.stsToken,
        Expiration: at,
        Code: 'Success',
      },
    ],
    [
      'a role of Tencent',
      {
        TmpSecretId: keys.accessKey,
        TmpSecretKey: keys.secretKey,
        Token: keys.stsToken,
        ExpiredTime: until / 1000,
        Code: 'Success',
      },
    ],
  ])('%s', async (_what, value) => {
    writeFileSync(file(), JSON.stringify(value));
    const secrets: string[] = [];
    const read = createCredentialSource({ file: file() }, { now, onSecret: (s) => secrets.push(s) });
    expect(await read()).toEqual({ ok: true, credentials: { ...keys, until } });
    expect(secrets).toEqual(Object.values(keys));
  });

  test('from an address, with what it wants in its header', async () => {
    answers.push({ status: 200, body: JSON.stringify({ ...good, Expiration: at }) });
    const read = createCredentialSource({ url: url(), authorization: 'canary-authorization' }, { now });
    expect((await read()).ok).toBe(true);
    expect(asked).toEqual([{ authorization: 'canary-authorization', path: '/creds/canary-path' }]);
  });
});

describe('what is no use', () => {
  test.each([
    ['nothing', undefined, /cannot be read \(ENOENT\)/],
    ['no JSON', 'canary-secret', /not JSON/],
    ['something else', '["canary-secret"]', /shape|lack/],
    ['null', 'null', /shape/],
    ['a secret that is missing', JSON.stringify({ ...good, SecretAccessKey: undefined, Expiration: at }), /lack/],
    ['no token', JSON.stringify({ ...good, SessionToken: '', Expiration: at }), /lack/],
    ['no end', JSON.stringify(good), /lack Expiration/],
    ['an end that is none', JSON.stringify({ ...good, Expiration: 'canary-soon' }), /lack Expiration/],
    ['an end that has passed', JSON.stringify({ ...good, Expiration: '2027-01-15T11:59:59Z' }), /have run out/],
    ['far too much', `"${'canary'.repeat(20_000)}"`, /too long/],
  ])('%s', async (_what, text, why) => {
    if (text !== undefined) writeFileSync(file(), text);
    const got = await createCredentialSource({ file: file() }, { now })();
    expect(got).toMatchObject({ ok: false, why: expect.stringMatching(why) });
    expect(JSON.stringify(got)).not.toContain('canary');
  });

  test.each([
    [500, 'canary', /answered 500/],
    [404, '', /answered 404/],
    [200, `"${'canary'.repeat(20_000)}"`, /too long/],
  ])('an address that answers %d', async (status, body, why) => {
    answers.push({ status, body });
    const got = await createCredentialSource({ url: url(), authorization: 'canary-authorization' }, { now })();
    expect(got).toMatchObject({ ok: false, why: expect.stringMatching(why) });
    expect(JSON.stringify(got)).not.toContain('canary');
  });

  test('an address that sends somewhere else is not followed, and none that is away is named', async () => {
    answers.push({ status: 302, body: '', location: '/elsewhere' });
    const read = createCredentialSource({ url: url(), authorization: 'canary-authorization' }, { now });
    expect(await read()).toEqual({ ok: false, why: 'Their address could not be reached.' });
    expect(asked).toHaveLength(1);
    await new Promise((resolve) => server.close(resolve));
    expect(await read()).toEqual({ ok: false, why: 'Their address could not be reached.' });
  });

  test('what never ends does not fill the memory', async () => {
    const got = await createCredentialSource({ file: '/dev/zero' }, { now })();
    expect(got).toMatchObject({ ok: false, why: 'The file is too long.' });
  });
});

describe('over time', () => {
  const write = (n: number, end: number) =>
    writeFileSync(
      file(),
      JSON.stringify({ ...good, SessionToken: `token-${n}`, Expiration: new Date(end).toISOString() }),
    );

  test('what is renewed is noticed, and many who ask at once are one reading', async () => {
    answers.push(
      { status: 200, body: JSON.stringify({ ...good, Expiration: at }) },
      { status: 200, body: JSON.stringify({ ...good, SessionToken: 'newer', Expiration: at }) },
    );
    const read = createCredentialSource({ url: url() }, { now });
    await Promise.all([read(), read(), read()]);
    expect(asked).toHaveLength(1);
    time += 11_000;
    expect(await read()).toMatchObject({ credentials: { stsToken: 'newer' } });
    expect(asked).toHaveLength(2);
  });

  test('while what renews them is away the last ones are given, as long as they live', async () => {
    const read = createCredentialSource({ file: file() }, { now });
    write(1, start + 3_600_000);
    expect((await read()).ok).toBe(true);
    rmSync(file());
    time += 3_000_000;
    expect(await read()).toMatchObject({ ok: true, credentials: { stsToken: 'token-1' } });
    time += 600_000;
    expect(await read()).toMatchObject({ ok: false });
    write(2, time + 3_600_000);
    expect(await read()).toMatchObject({ ok: true, credentials: { stsToken: 'token-2' } });
  });
});
