import { describe, expect, test } from 'vitest';
import { signWatchToken, verifyWatchToken } from '../../src/http/watch-token.ts';

const secret = Buffer.alloc(32, 1);
const grant = { sessionId: 'Ab3_-xyz', key: 'acme/prod/abc_mäth 101.m3u8', expiresAt: 1_767_323_045_000 };
const token = signWatchToken(grant, secret);

describe('the token of a player page', () => {
  test('opens what it was made for, until it expires', () => {
    expect(verifyWatchToken(token, secret, grant.expiresAt - 1)).toEqual({ ok: true, grant });
    expect(verifyWatchToken(token, secret, grant.expiresAt)).toEqual({ ok: false, why: 'expired' });
  });

  test('is short and stands in an address as it is', () => {
    expect(token).toMatch(/^[\w-]+$/);
    const usual = { ...grant, key: `acme/prod/${'f'.repeat(32)}_math-101.m3u8` };
    expect(signWatchToken(usual, secret).length).toBeLessThan(140);
  });

  test('no changed letter gets through, and no cut or lengthened one', () => {
    for (let i = 0; i < token.length; i++) {
      for (const other of ['A', 'b', '_']) {
        if (token[i] === other) continue;
        const changed = token.slice(0, i) + other + token.slice(i + 1);
        expect(verifyWatchToken(changed, secret, 0)).toEqual({ ok: false, why: 'forged' });
      }
      expect(verifyWatchToken(token.slice(0, i), secret, 0)).toEqual({ ok: false, why: 'forged' });
    }
    for (const changed of [`${token}A`, `${token}=`, `${token}%00`, ` ${token}`, 'A'.repeat(5_000), 'ü']) {
      expect(verifyWatchToken(changed, secret, 0)).toEqual({ ok: false, why: 'forged' });
    }
  });

  test('one grant has one spelling only', () => {
    // Of the last letter some bits mean nothing, so others would read the same.
    const uneven = [0, 1, 2].map((n) => signWatchToken({ ...grant, key: 'k'.repeat(n) }, secret));
    for (const t of uneven) {
      const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.split('');
      const read = letters.filter((c) => verifyWatchToken(t.slice(0, -1) + c, secret, 0).ok);
      expect(read).toEqual([t.at(-1)]);
    }
  });

  test('one of another secret or another object opens nothing', () => {
    expect(verifyWatchToken(token, Buffer.alloc(32, 2), 0)).toEqual({ ok: false, why: 'forged' });
    const other = signWatchToken({ ...grant, key: 'acme/prod/other.m3u8' }, secret);
    // The signature of one on the body of the other: 16 bytes are not whole letters, so the bytes are put together.
    const mixed = Buffer.concat([
      Buffer.from(token, 'base64url').subarray(0, 16),
      Buffer.from(other, 'base64url').subarray(16),
    ]).toString('base64url');
    expect(verifyWatchToken(mixed, secret, 0)).toEqual({ ok: false, why: 'forged' });
  });

  test('where the id ends and the key begins is signed too', () => {
    const a = signWatchToken({ ...grant, sessionId: 'ab', key: 'c' }, secret);
    const b = signWatchToken({ ...grant, sessionId: 'a', key: 'bc' }, secret);
    expect(a).not.toBe(b);
    expect(verifyWatchToken(b, secret, 0)).toMatchObject({ grant: { sessionId: 'a', key: 'bc' } });
  });
});
