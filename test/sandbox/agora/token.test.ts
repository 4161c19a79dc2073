import { createHmac } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { judgeToken, openToken } from '../../../sandbox/agora/token.ts';

/** The published vector of Agora's own package (AgoraIO/Tools, AccessToken2 tests). */
const published = {
  token:
    '007eJxTYBBbsMMnKq7p9Hf/HcIX5kce9b518kCiQgSr5Zrp4X1Tu6UUGCzNDZwdjU1TUs0Mkk1MzExMk5ISUy0SjQxNDcwMk4yN3b8IMEQwMTAwMoAwBIL4CgzmKeZGxmamqUmWFsYmFqbGluapxqnGaZYpJmYGSSkpiVwMRhYWRsYmhkbmxgDCaiTj',
  appCertificate: '5CFd2fd1755d40ecb72977518be15d3b',
  says: {
    appId: '970CA35de60c44645bbae8a215061b33',
    issuedAt: 1_111_111,
    expire: 600,
    channelName: '7d72365eb983485397e3e3f9d460bdda',
    uid: '2882341273',
    joinExpire: 600,
  },
};
/** Made with that package and invented keys. */
const invented = {
  token:
    '007eJxTYHA5zqR6puf/DdM2kTkpn1vXV/xQshT3uPns63KZimfsiowKDAaGRsYmpmbmFpaJSckpqWnofIadoZkCfAwMfol7GBihEMRnZyguScxLKS1gYzA1MrcwMQQALuEf7Q==',
  appCertificate: 'fedcba9876543210fedcba9876543210',
  says: {
    appId: '0123456789abcdef0123456789abcdef',
    issuedAt: 1_767_225_600,
    expire: 3600,
    channelName: 'standup',
    uid: '527841',
    joinExpire: 3600,
  },
};

/** Packs a token by the published layout, so that also those can be made that the package would not make. */
function pack(r: { service?: number; privileges?: [number, number][]; channelName?: string; uid?: string }): string {
  const numbers = (size: 2 | 4, ...all: number[]) => {
    const b = Buffer.alloc(size * all.length);
    for (const [i, n] of all.entries()) b.writeUIntLE(n, i * size, size);
    return b;
  };
  const text = (t: string | Buffer) => Buffer.concat([numbers(2, t.length), Buffer.from(t)]);
  const { service = 1, privileges = [[1, 3600]], channelName = 'standup', uid = '527841' } = r;
  const signed = Buffer.concat([
    text(invented.says.appId),
    numbers(4, invented.says.issuedAt, 3600, 12_345_678),
    numbers(2, 1, service, privileges.length),
    ...privileges.flatMap(([key, value]) => [numbers(2, key), numbers(4, value)]),
    text(channelName),
    text(uid),
  ]);
  const hmac = (key: Buffer, message: string | Buffer) => createHmac('sha256', key).update(message).digest();
  const inner = hmac(numbers(4, invented.says.issuedAt), invented.appCertificate);
  const signature = hmac(hmac(numbers(4, 12_345_678), inner), signed);
  return `007${deflateSync(Buffer.concat([text(signature), signed])).toString('base64')}`;
}

describe('a token is opened', () => {
  test.each([published, invented])('$says.channelName', ({ token, appCertificate, says }) => {
    expect(openToken(token, appCertificate)).toEqual({ ...says, signatureOk: true });
    expect(openToken(token, appCertificate.replace('d', 'e'))).toEqual({ ...says, signatureOk: false });
    // The certificate is signed with as text: its case counts.
    expect(openToken(token, appCertificate.toUpperCase())?.signatureOk).toBe(false);
  });

  test.each(['', '007', '006eJxT', invented.token.slice(0, 60), `007${Buffer.from('no zlib').toString('base64')}`])(
    '%s is none',
    (token) => {
      expect(openToken(token, invented.appCertificate)).toBeUndefined();
    },
  );
});

describe('a token is judged', () => {
  const { token, appCertificate, says } = invented;
  const wanted = {
    appId: says.appId,
    appCertificate,
    channelName: 'standup',
    uid: '527841',
    nowSeconds: says.issuedAt,
  };
  const wrong = { ok: false, errorCode: 110 };

  test.each([
    ['as it was made', {}, { ok: true, seconds: 3600 }],
    ['a while later', { nowSeconds: says.issuedAt + 600 }, { ok: true, seconds: 3000 }],
    ['in its last second', { nowSeconds: says.issuedAt + 3599 }, { ok: true, seconds: 1 }],
    ['when it has run out', { nowSeconds: says.issuedAt + 3600 }, { ok: false, errorCode: 109 }],
    ['a little before it was made', { nowSeconds: says.issuedAt - 300 }, { ok: true, seconds: 3900 }],
    ['long before it was made', { nowSeconds: says.issuedAt - 301 }, wrong],
    ['for another channel', { channelName: 'Standup' }, wrong],
    ['for another uid', { uid: '527842' }, wrong],
    ['for another App ID', { appId: '1123456789abcdef0123456789abcdef' }, wrong],
    ['with another certificate', { appCertificate: '0'.repeat(32) }, wrong],
  ])('%s', (_, change, verdict) => {
    expect(judgeToken(token, { ...wanted, ...change })).toEqual(verdict);
  });

  test.each([
    ['as published', {}, { ok: true, seconds: 3600 }],
    ['with a shorter right to join', { privileges: [[1, 60]] }, { ok: true, seconds: 60 }],
    ['with a longer one', { privileges: [[1, 9999]] }, { ok: true, seconds: 3600 }],
    ['with one of no limit', { privileges: [[1, 0]] }, { ok: true, seconds: 3600 }],
    [
      'with more rights',
      {
        privileges: [
          [1, 60],
          [2, 10],
          [3, 10],
        ],
      },
      { ok: true, seconds: 60 },
    ],
    ['without the right to join', { privileges: [[2, 60]] }, wrong],
    ['without any right', { privileges: [] }, wrong],
    ['for every uid', { uid: '' }, { ok: true, seconds: 3600 }],
    ['for uid 0 spelt out', { uid: '0' }, wrong],
    ['for every channel', { channelName: '*' }, { ok: true, seconds: 3600 }],
    ['of another service', { service: 2 }, wrong],
  ] satisfies [string, Parameters<typeof pack>[0], object][])('%s', (_, change, verdict) => {
    expect(judgeToken(pack(change), wanted)).toEqual(verdict);
  });

  test('one that is missing is wrong', () => {
    expect(judgeToken(undefined, wanted)).toEqual(wrong);
  });
});
