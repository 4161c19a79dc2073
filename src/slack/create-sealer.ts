import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Sealer } from './actions/stop-value.ts';

/** 128 bits: enough against guessing. */
const macLength = 16;

/** Seals texts with HMAC-SHA256. They can be read by anybody, and changed by nobody. */
export function createSealer(secret: string | Uint8Array): Sealer {
  // Bound to this use, so that a secret that signs other things too opens nothing by accident.
  const mac = (body: Buffer) =>
    createHmac('sha256', secret).update('seal\0').update(body).digest().subarray(0, macLength);
  return {
    seal(text) {
      const body = Buffer.from(text);
      return Buffer.concat([mac(body), body]).toString('base64url');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      // One text has one spelling only.
      if (bytes.length <= macLength || bytes.toString('base64url') !== sealed) return undefined;
      const body = bytes.subarray(macLength);
      return timingSafeEqual(bytes.subarray(0, macLength), mac(body)) ? body.toString() : undefined;
    },
  };
}
