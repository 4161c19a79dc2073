import fc from 'fast-check';
import { signWatchToken, verifyWatchToken } from '../../src/http/watch-token.ts';
import { damaged } from './damaged.ts';
import { type Fuzz, tryAll } from './try-all.ts';

const secret = new Uint8Array(32).fill(7);
const grant = { sessionId: 'Ab3_-xyz', key: 'acme/prod/film 1.m3u8', expiresAt: 4_000_000_000_000 };
const token = signWatchToken(grant, secret);
const foreign = signWatchToken(grant, new Uint8Array(32).fill(8));

/** Tokens of the player page that this bot did not make open nothing. */
export const fuzzWatchTokens: Fuzz = (how) => {
  const inputs = fc.oneof(
    damaged(token),
    damaged(foreign),
    fc.constant(foreign),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b).toString('base64url')),
  );
  return tryAll('watch tokens', inputs, how, (input) => {
    const read = verifyWatchToken(input, secret, 0);
    return read.ok && input !== token ? `a token was taken that was never made: ${JSON.stringify(input)}` : undefined;
  });
};
