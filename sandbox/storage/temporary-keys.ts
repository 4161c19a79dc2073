import { randomBytes } from 'node:crypto';
import type { Keys } from './verify-presigned.ts';

/** Keys that run out, as a security token service gives them. `until`: ms since the epoch. */
export interface TemporaryKeys extends Keys {
  stsToken: string;
  until: number;
}

export interface KeyRing {
  /** New ones beside all others. */
  issue(seconds: number): TemporaryKeys;
  /** The lasting ones, and all that were issued. */
  all(): readonly Keys[];
  /** The keys that a request is to be signed with, by the token that it shows; a string: S3's code for a token that is none, or is over. */
  keysFor(stsToken: string | null | undefined): Keys | 'ExpiredToken' | 'InvalidToken';
}

/** The lasting keys of a bucket, and temporary ones as many as are asked for. `now`: the clock that they run out by. */
export function createKeyRing(lasting: Keys, now: () => number): KeyRing {
  const issued = new Map<string, TemporaryKeys>();
  return {
    issue(seconds) {
      const hex = (bytes: number) => randomBytes(bytes).toString('hex');
      const keys: TemporaryKeys = {
        accessKey: `ASIA${hex(8)}`,
        secretKey: hex(20),
        stsToken: randomBytes(60).toString('base64'),
        until: now() + seconds * 1000,
      };
      issued.set(keys.stsToken, keys);
      return keys;
    },
    all: () => [lasting, ...issued.values()],
    keysFor(stsToken) {
      if (!stsToken) return lasting;
      const keys = issued.get(stsToken);
      if (!keys) return 'InvalidToken';
      return now() >= keys.until ? 'ExpiredToken' : keys;
    },
  };
}
