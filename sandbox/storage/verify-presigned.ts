import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Why S3 refuses a signed request, in its own codes. */
export type SignatureRefusal = {
  status: 400 | 403;
  code:
    | 'AuthorizationQueryParametersError'
    | 'AuthorizationHeaderMalformed'
    | 'InvalidAccessKeyId'
    | 'SignatureDoesNotMatch'
    | 'RequestTimeTooSkewed'
    | 'XAmzContentSHA256Mismatch'
    | 'AccessDenied';
};

export interface Keys {
  accessKey: string;
  secretKey: string;
}

/** The region of S3-compatible storage that was given no other. */
const region = 'us-east-1';
/** A clock may be a quarter of an hour off, ms. */
const skew = 900_000;

/**
 * Checks a presigned address (AWS Signature Version 4 in the query; docs.aws.amazon.com, sigv4-query-string-auth): key, region, method, path,
 * host, life. `path` and `query` are as they came over the wire. Undefined: it is right.
 */
export function verifyPresigned(
  request: { method: string; path: string; query: string; host: string },
  keys: Keys,
  /** Milliseconds since the epoch. */
  now: number,
): SignatureRefusal | undefined {
  const malformed = { status: 400, code: 'AuthorizationQueryParametersError' } as const;
  const denied = { status: 403, code: 'AccessDenied' } as const;
  const given = new URLSearchParams(request.query);
  const stamp = given.get('X-Amz-Date') ?? '';
  const issued = readStamp(stamp);
  const seconds = Number(given.get('X-Amz-Expires'));
  const [accessKey, ...scope] = (given.get('X-Amz-Credential') ?? '').split('/');
  const day = stamp.slice(0, 8);
  if (given.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || issued === undefined) return malformed;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 604_800) return malformed;
  if (scope.join('/') !== `${day}/${region}/s3/aws4_request`) return malformed;
  if (given.get('X-Amz-SignedHeaders') !== 'host') return denied;
  if (accessKey !== keys.accessKey) return { status: 403, code: 'InvalidAccessKeyId' };
  if (issued > now + skew || now >= issued + seconds * 1000) return denied;

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
  return isSigned(canonical, { stamp, scope, secretKey: keys.secretKey, signature: given.get('X-Amz-Signature') ?? '' })
    ? undefined
    : { status: 403, code: 'SignatureDoesNotMatch' };
}

/**
 * Checks a request that is signed in its Authorization header (AWS Signature Version 4; docs.aws.amazon.com, sig-v4-header-based-auth): key,
 * region, method, path, each signed header, age, and the content when its hash is given. Undefined: it is right.
 */
export function verifySignedHeaders(
  request: {
    method: string;
    path: string;
    headers: Readonly<Record<string, string | string[] | undefined>>;
    body: Buffer;
  },
  keys: Keys,
  /** Milliseconds since the epoch. */
  now: number,
): SignatureRefusal | undefined {
  const header = (name: string) => String(request.headers[name] ?? '');
  const [, credential = '', signedNames = '', signature = ''] =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+), ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      header('authorization'),
    ) ?? [];
  const [accessKey, ...scope] = credential.split('/');
  const stamp = header('x-amz-date');
  const issued = readStamp(stamp);
  if (signature === '' || issued === undefined || scope.join('/') !== `${stamp.slice(0, 8)}/${region}/s3/aws4_request`)
    return { status: 400, code: 'AuthorizationHeaderMalformed' };
  const names = signedNames.split(';');
  if (!names.includes('host') || !names.includes('x-amz-date')) return { status: 403, code: 'AccessDenied' };
  if (accessKey !== keys.accessKey) return { status: 403, code: 'InvalidAccessKeyId' };
  if (Math.abs(now - issued) > skew) return { status: 403, code: 'RequestTimeTooSkewed' };
  const payload = header('x-amz-content-sha256');
  const canonical = [
    request.method,
    request.path,
    '',
    ...names.map((name) => `${name}:${header(name).trim().replace(/ +/g, ' ')}`),
    '',
    signedNames,
    payload,
  ].join('\n');
  if (!isSigned(canonical, { stamp, scope, secretKey: keys.secretKey, signature }))
    return { status: 403, code: 'SignatureDoesNotMatch' };
  if (payload === 'UNSIGNED-PAYLOAD') return undefined;
  return payload === createHash('sha256').update(request.body).digest('hex')
    ? undefined
    : { status: 400, code: 'XAmzContentSHA256Mismatch' };
}

/** The time in `20260102T030405Z`, ms since the epoch. */
function readStamp(stamp: string): number | undefined {
  const time = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(stamp);
  if (!time) return undefined;
  const [, y, mo, d, h, mi, s] = time.map(Number);
  return Date.UTC(y ?? 0, (mo ?? 1) - 1, d, h, mi, s);
}

function isSigned(
  canonical: string,
  r: { stamp: string; scope: readonly string[]; secretKey: string; signature: string },
): boolean {
  const hash = createHash('sha256').update(canonical).digest('hex');
  const signed = ['AWS4-HMAC-SHA256', r.stamp, r.scope.join('/'), hash].join('\n');
  const key = r.scope.reduce<Buffer | string>((k, part) => hmac(k, part), `AWS4${r.secretKey}`);
  const wanted = hmac(key, signed);
  // What is decoded below would pass over anything behind the digits.
  if (!/^[0-9a-f]{64}$/.test(r.signature)) return false;
  const got = Buffer.from(r.signature, 'hex');
  return got.length === wanted.length && timingSafeEqual(got, wanted);
}

const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** AWS's own percent-encoding: everything but A-Z a-z 0-9 - . _ ~ */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
