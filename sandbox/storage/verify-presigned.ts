import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Why S3 refuses a presigned request, in its own codes. */
export type SignatureRefusal = {
  status: 400 | 403;
  code: 'AuthorizationQueryParametersError' | 'InvalidAccessKeyId' | 'SignatureDoesNotMatch' | 'AccessDenied';
};

/** The region of S3-compatible storage that was given no other. */
const region = 'us-east-1';

/**
 * Checks a presigned address (AWS Signature Version 4 in the query; docs.aws.amazon.com, sigv4-query-string-auth): key, region, method, path,
 * host, life. `path` and `query` are as they came over the wire. Undefined: it is right.
 */
export function verifyPresigned(
  request: { method: string; path: string; query: string; host: string },
  keys: { accessKey: string; secretKey: string },
  /** Milliseconds since the epoch. */
  now: number,
): SignatureRefusal | undefined {
  const malformed = { status: 400, code: 'AuthorizationQueryParametersError' } as const;
  const denied = { status: 403, code: 'AccessDenied' } as const;
  const given = new URLSearchParams(request.query);
  const stamp = given.get('X-Amz-Date') ?? '';
  const time = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp);
  const seconds = Number(given.get('X-Amz-Expires'));
  const [accessKey, ...scope] = (given.get('X-Amz-Credential') ?? '').split('/');
  const day = stamp.slice(0, 8);
  if (given.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || !time) return malformed;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 604_800) return malformed;
  if (scope.join('/') !== `${day}/${region}/s3/aws4_request`) return malformed;
  if (given.get('X-Amz-SignedHeaders') !== 'host') return denied;
  if (accessKey !== keys.accessKey) return { status: 403, code: 'InvalidAccessKeyId' };
  const [, y, mo, d, h, mi, s] = time.map(Number);
  const issued = Date.UTC(y ?? 0, (mo ?? 1) - 1, d, h, mi, s);
  // A clock may be a quarter of an hour off.
  if (issued > now + 900_000 || now >= issued + seconds * 1000) return denied;

  const canonicalQuery = [...given]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const canonical = [
    request.method,
    request.path,
    canonicalQuery,
    `host:${request.host}`,
    '',
    'host',
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  const signed = ['AWS4-HMAC-SHA256', stamp, scope.join('/'), hash].join('\n');
  const key = [...scope].reduce<Buffer | string>((k, part) => hmac(k, part), `AWS4${keys.secretKey}`);
  const wanted = hmac(key, signed);
  const got = Buffer.from(given.get('X-Amz-Signature') ?? '', 'hex');
  const same = got.length === wanted.length && timingSafeEqual(got, wanted);
  return same ? undefined : { status: 403, code: 'SignatureDoesNotMatch' };
}

const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** AWS's own percent-encoding: everything but A-Z a-z 0-9 - . _ ~ */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
