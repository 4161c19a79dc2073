import type { SignatureV4 } from '@smithy/signature-v4';
import { encodeKey, encodeText } from './encode-key.ts';
import type { LinkRequest } from './link-request.ts';
import type { S3Place } from './s3-place.ts';

/** The signer takes memory, so it comes with the first link. */
let signing: Promise<typeof import('@smithy/signature-v4') & typeof import('@aws-crypto/sha256-js')> | undefined;

async function signer(region: string, credentials: SignatureCredentials): Promise<SignatureV4> {
  signing ??= Promise.all([import('@smithy/signature-v4'), import('@aws-crypto/sha256-js')]).then(([a, b]) => ({
    ...a,
    ...b,
  }));
  const { SignatureV4, Sha256 } = await signing;
  // S3 is the one service whose path is encoded once only.
  return new SignatureV4({ service: 's3', region, credentials, sha256: Sha256, uriEscapePath: false });
}

interface SignatureCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/**
 * A presigned address after AWS Signature Version 4 in the query (docs.aws.amazon.com, sigv4-query-string-auth). Only the host is signed beside
 * the query: no checksum and no `x-id`, which other vendors than Amazon stumble over.
 */
export async function signS3(
  place: S3Place,
  key: string,
  r: LinkRequest & { stsToken?: string | undefined },
): Promise<string> {
  const query: Record<string, string> = {
    ...(r.contentType ? { 'response-content-type': r.contentType } : {}),
    ...(r.disposition ? { 'response-content-disposition': r.disposition } : {}),
  };
  return presign(place, new URL(`${place.base}/${encodeKey(key)}`), query, r);
}

/** Where a page of a list begins: by the second version's token, or after a name, as the first version has it. */
export interface From {
  kind: 'token' | 'name';
  at: string;
}

/** An address that lists the bucket's objects under a prefix, a thousand at a time, good for five minutes (docs.aws.amazon.com, ListObjectsV2). */
export function signListing(
  place: S3Place,
  r: {
    now: number;
    accessKey: string;
    secretKey: string;
    stsToken?: string | undefined;
    prefix: string;
    /** Where the page before ended. */
    from: From | undefined;
  },
): Promise<string> {
  const query: Record<string, string> = {
    'list-type': '2',
    'encoding-type': 'url',
    prefix: r.prefix,
    // `marker` is what the first version goes on after, and the second one does not know.
    ...(r.from ? { [r.from.kind === 'token' ? 'continuation-token' : 'marker']: r.from.at } : {}),
  };
  return presign(place, new URL(place.base), query, { ...r, method: 'GET', seconds: 300 });
}

async function presign(
  place: S3Place,
  url: URL,
  asked: Record<string, string>,
  r: {
    method: 'GET' | 'HEAD';
    now: number;
    seconds: number;
    accessKey: string;
    secretKey: string;
    stsToken?: string | undefined;
  },
): Promise<string> {
  const sign = await signer(place.region, {
    accessKeyId: r.accessKey,
    secretAccessKey: r.secretKey,
    ...(r.stsToken ? { sessionToken: r.stsToken } : {}),
  });
  const unsigned = new Set(['x-amz-content-sha256']);
  const { query = {} } = await sign.presign(
    {
      method: r.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      headers: { host: url.host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      query: asked,
    },
    {
      signingDate: new Date(r.now),
      expiresIn: r.seconds,
      // Tells the signer what the payload's hash is; it must not appear in the link.
      unhoistableHeaders: unsigned,
      unsignableHeaders: unsigned,
    },
  );
  const text = Object.entries(query)
    .map(([name, value]) => `${encodeText(name)}=${encodeText(String(value))}`)
    .join('&');
  return `${url.origin}${url.pathname}?${text}`;
}
