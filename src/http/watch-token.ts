import { createHmac, timingSafeEqual } from 'node:crypto';

/** What the holder of a link may watch, and until when. */
export interface WatchGrant {
  sessionId: string;
  /** Object key of a list or a film. */
  key: string;
  /** Milliseconds since the epoch, in whole seconds. */
  expiresAt: number;
}

const version = 1;
/** 128 bits: enough against guessing, and the link stays short. */
const macLength = 16;
/** Longer than any that is made: object keys have 1024 bytes at most (AWS docs, object keys). */
const longest = 2_000;

/**
 * A grant in a form that stands in an address: base64url of a shortened HMAC-SHA256 and what it is about. Whoever has it may watch this one
 * recording until it expires. `secret` is the bot's own, of 32 bytes or more.
 */
export function signWatchToken(grant: WatchGrant, secret: string | Uint8Array): string {
  const id = Buffer.from(grant.sessionId);
  if (id.length > 255) throw new RangeError('The id of a session has at most 255 bytes');
  const head = Buffer.alloc(6);
  head.writeUInt8(version, 0);
  head.writeUInt32BE(Math.floor(grant.expiresAt / 1000), 1);
  head.writeUInt8(id.length, 5);
  const body = Buffer.concat([head, id, Buffer.from(grant.key)]);
  return Buffer.concat([mac(body, secret), body]).toString('base64url');
}

/** The grant of a token that this bot made. `forged`: it did not, or not all of it. `expired`: it did, and its time is over. */
export function verifyWatchToken(
  token: string,
  secret: string | Uint8Array,
  now: number,
): { ok: true; grant: WatchGrant } | { ok: false; why: 'forged' | 'expired' } {
  const forged = { ok: false, why: 'forged' } as const;
  if (token.length > longest || !/^[\w-]+$/.test(token)) return forged;
  const bytes = Buffer.from(token, 'base64url');
  const body = bytes.subarray(macLength);
  // One token has one spelling only.
  if (bytes.toString('base64url') !== token || body.length < 6) return forged;
  if (!timingSafeEqual(bytes.subarray(0, macLength), mac(body, secret)) || body[0] !== version) return forged;
  const expiresAt = body.readUInt32BE(1) * 1000;
  const idEnd = 6 + (body[5] ?? 0);
  if (now >= expiresAt) return { ok: false, why: 'expired' };
  return {
    ok: true,
    grant: { sessionId: body.toString('utf8', 6, idEnd), key: body.toString('utf8', idEnd), expiresAt },
  };
}

/** Bound to this use, so that a secret that signs other things too makes no tokens by accident. */
function mac(body: Uint8Array, secret: string | Uint8Array): Buffer {
  return createHmac('sha256', secret).update('watch\0').update(body).digest().subarray(0, macLength);
}
