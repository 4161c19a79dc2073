import { describe, expect, test } from 'vitest';
import { openToken } from '../../sandbox/agora/token.ts';
import { recorderToken } from '../../src/agora/token.ts';

const keys = { appId: '0123456789abcdef0123456789abcdef', appCertificate: 'fedcba9876543210fedcba9876543210' };
const request = { ...keys, channelName: 'math-101', uid: '4294967295', seconds: 3600, now: Date.now() };

describe('the recorder token', () => {
  test('opens as Agora opens it: its channel, its uid, its life', () => {
    const token = openToken(recorderToken(request) ?? '', keys.appCertificate);
    expect(token).toMatchObject({
      appId: keys.appId,
      channelName: 'math-101',
      uid: '4294967295',
      expire: 3600,
      joinExpire: 3600,
      signatureOk: true,
    });
  });

  test('counts from the time that is said, whatever the clock of the machine says', () => {
    const now = Date.UTC(2031, 0, 1);
    expect(openToken(recorderToken({ ...request, now }) ?? '', keys.appCertificate)).toMatchObject({
      issuedAt: now / 1000,
      expire: 3600,
      signatureOk: true,
    });
  });

  test('lives 24 hours at most', () => {
    expect(openToken(recorderToken({ ...request, seconds: 1e9 }) ?? '', keys.appCertificate)?.expire).toBe(86_400);
  });

  test.each([
    ['a certificate that is not 32 hex digits', { appCertificate: 'x' }],
    ['an App ID that is not 32 hex digits', { appId: '123' }],
    ['uid 0, which would be anybody', { uid: '0' }],
    ['a uid that is no number', { uid: 'ana' }],
    ['a uid above 32 bits', { uid: '4294967296' }],
  ])('is refused for %s', (_what, wrong) => {
    expect(recorderToken({ ...request, ...wrong })).toBeUndefined();
  });
});
