import type { Bucket } from './bucket.ts';
import { contentType } from './content-type.ts';
import { keyProblem } from './encode-key.ts';
import { azureContainerUrl } from './object-url.ts';
import { bucketAddress, s3Place } from './s3-place.ts';
import { signAzure } from './sign-azure.ts';
import { signBos } from './sign-bos.ts';
import { signQiniu } from './sign-qiniu.ts';
import { signS3 } from './sign-s3.ts';

export type SignedLink = { ok: true; url: string } | { ok: false; why: string };

/** AWS's limit, and that of all who speak its protocol. Seconds. */
export const longestLink = 7 * 24 * 3600;

export interface LinkOptions {
  /** Part of the signature: a link for GET answers 403 to HEAD, and the reverse (not at Azure and Qiniu). */
  method: 'GET' | 'HEAD';
  /** Milliseconds since the epoch. */
  now: number;
  /** Cut to 1 s and 7 d. */
  seconds: number;
  /** What the bucket is to say of the object; by default what its name says. GET only. */
  contentType?: string | undefined;
  /** Makes browsers save the object under this name. GET only. */
  downloadName?: string | undefined;
}

/**
 * A link that opens one object of a private bucket for a while, or one sentence on why there is none. It is computed: the bucket is not asked,
 * so a key without the right to read gives a link that answers 403. Signed with the read key where there is one.
 */
export async function signLink(bucket: Bucket, key: string, options: LinkOptions): Promise<SignedLink> {
  const problem = keyProblem(key);
  if (problem) return { ok: false, why: problem };
  const keys = bucket.read ?? bucket;
  if (keys.accessKey === '')
    return { ok: false, why: 'The temporary credentials of the bucket cannot be had at the moment.' };
  const reading = options.method === 'GET';
  const request = {
    method: options.method,
    now: options.now,
    seconds: Math.min(Math.max(Math.floor(options.seconds), 1), longestLink),
    accessKey: keys.accessKey,
    secretKey: keys.secretKey,
    contentType: reading ? (options.contentType ?? contentType(key)) : undefined,
    disposition: reading && options.downloadName ? attachment(options.downloadName) : undefined,
  };
  if (bucket.vendor === 5) return { ok: true, url: await signAzure(bucket, key, request) };
  if (bucket.vendor === 0 && bucket.publicBaseUrl) {
    return {
      ok: true,
      url: signQiniu(bucket.publicBaseUrl, key, {
        ...request,
        downloadName: reading ? options.downloadName : undefined,
      }),
    };
  }
  const place = s3Place(bucket);
  if (!place.ok) {
    const own = ownAddress(bucket);
    return own === undefined ? place : { ok: true, url: signBos(own, key, request) };
  }
  const stsToken = bucket.read ? undefined : bucket.stsToken;
  return { ok: true, url: await signS3(place, key, { ...request, stsToken }) };
}

/** Scheme, host and port of the links to a bucket; `''` when there are none. */
export function linkOrigin(bucket: Bucket): string {
  const place = s3Place(bucket);
  const base = bucket.vendor === 5 ? azureContainerUrl(bucket) : place.ok ? place.base : (ownAddress(bucket) ?? '');
  return URL.canParse(base) ? new URL(base).origin : '';
}

/** Baidu's own address of a bucket has https in every region, its S3 endpoint has not (cloud.baidu.com/doc/BOS, domains). */
function ownAddress({ vendor, region, bucket }: Bucket): string | undefined {
  return vendor === 8 && region !== '' ? bucketAddress(`${region}.bcebos.com`, bucket, 'virtual') : undefined;
}

/** A Content-Disposition that keeps a name of any letters (RFC 6266), with a plain one for old readers. */
function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%/]/g, '_');
  return plain === name
    ? `attachment; filename="${plain}"`
    : `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, '_')}`;
}
