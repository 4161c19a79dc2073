import { createHmac, timingSafeEqual } from 'node:crypto';
import { inflateSync } from 'node:zlib';

/** What a recorder's token says. Times in seconds. */
export interface OpenedToken {
  appId: string;
  issuedAt: number;
  expire: number;
  channelName: string;
  /** `''`: any uid. */
  uid: string;
  joinExpire: number | undefined;
  signatureOk: boolean;
}

/** Opens an AccessToken2 ("007…", little-endian fields, AgoraIO/Tools DynamicKey) and checks its signature; undefined when it is none. */
export function openToken(token: string, appCertificate: string): OpenedToken | undefined {
  if (!token.startsWith('007')) return undefined;
  try {
    const bytes = inflateSync(Buffer.from(token.slice(3), 'base64'), { maxOutputLength: 64 * 1024 });
    const reader = read(bytes);
    const signature = reader.bytes();
    const signed = bytes.subarray(reader.at());
    const appId = reader.bytes().toString();
    const issuedAt = reader.u32();
    const expire = reader.u32();
    const salt = reader.u32();
    const services = reader.u16();
    // Services are sorted by type and RTC is 1, so it is the first; others carry no length and cannot be skipped.
    if (services < 1 || reader.u16() !== 1) return undefined;
    const privileges = new Map<number, number>();
    for (let left = reader.u16(); left > 0; left--) privileges.set(reader.u16(), reader.u32());
    const channelName = reader.bytes().toString();
    const uid = reader.bytes().toString();
    const hmac = (key: Buffer, message: Buffer | string) => createHmac('sha256', key).update(message).digest();
    const wanted = hmac(hmac(le32(salt), hmac(le32(issuedAt), appCertificate)), signed);
    const signatureOk = signature.length === wanted.length && timingSafeEqual(signature, wanted);
    return { appId, issuedAt, expire, channelName, uid, joinExpire: privileges.get(1), signatureOk };
  } catch {
    return undefined;
  }
}

/**
 * Whether the recorder may join, and for how many seconds from `nowSeconds`. Agora does not refuse a start for its token: the recorder fails
 * to join, and event 1 says 110 (wrong) or 109 (expired).
 */
export function judgeToken(
  token: string | undefined,
  wanted: { appId: string; appCertificate: string; channelName: string; uid: string; nowSeconds: number },
): { ok: true; seconds: number } | { ok: false; errorCode: 109 | 110 } {
  const t = token === undefined ? undefined : openToken(token, wanted.appCertificate);
  const fits =
    t?.signatureOk &&
    t.appId === wanted.appId &&
    (t.channelName === wanted.channelName || t.channelName === '' || t.channelName === '*') &&
    (t.uid === wanted.uid || t.uid === '' || t.uid === '*') &&
    t.joinExpire !== undefined &&
    t.issuedAt <= wanted.nowSeconds + 300;
  if (!t || !fits) return { ok: false, errorCode: 110 };
  const life = t.joinExpire ? Math.min(t.expire, t.joinExpire) : t.expire;
  const seconds = t.issuedAt + life - wanted.nowSeconds;
  return seconds > 0 ? { ok: true, seconds } : { ok: false, errorCode: 109 };
}

function read(b: Buffer) {
  let at = 0;
  const u16 = () => {
    const v = b.readUInt16LE(at);
    at += 2;
    return v;
  };
  return {
    at: () => at,
    u16,
    u32: () => {
      const v = b.readUInt32LE(at);
      at += 4;
      return v;
    },
    bytes: () => {
      const length = u16();
      if (at + length > b.length) throw new RangeError('token too short');
      at += length;
      return b.subarray(at - length, at);
    },
  };
}

function le32(n: number): Buffer {
  const b = Buffer.alloc(4);
  b.writeUInt32LE(n);
  return b;
}
