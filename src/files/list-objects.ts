import type { Bucket } from './bucket.ts';
import { refused, unreached } from './look-up.ts';
import { s3Place } from './s3-place.ts';
import { listAzure } from './sign-azure.ts';
import { type From, signListing } from './sign-s3.ts';

/** `keys`: those that begin with the prefix; `more`: there are too many to have them all. */
export type Listing =
  | { kind: 'listed'; keys: string[]; more: boolean }
  /** The key may not list the bucket, or its vendor has no way that is known here. */
  | { kind: 'forbidden' }
  | { kind: 'unknown'; why: string };

/** Milliseconds for one page. */
const patience = 10_000;
/** A page has a thousand names of at most 1024 bytes, and what stands around them. Bytes. */
const longestPage = 4 * 1024 * 1024;

/**
 * The names of a bucket's objects that begin with `prefix`, at most `mostPages` thousand of them. Never throws for what the bucket answers. By
 * ListObjectsV2 (docs.aws.amazon.com, S3 API), or by the first version of it where a server knows no other, and List Blobs at Azure.
 */
export async function listObjects(
  bucket: Bucket,
  prefix: string,
  { now = Date.now(), mostPages = 20 }: { now?: number; mostPages?: number } = {},
): Promise<Listing> {
  const keys = bucket.read ?? bucket;
  if (keys.accessKey === '')
    return { kind: 'unknown', why: 'The temporary credentials of the bucket cannot be had at the moment.' };
  const place = bucket.vendor === 5 ? undefined : s3Place(bucket);
  if (place && (!place.ok || bucket.vendor === 0)) return { kind: 'forbidden' };
  const isAzure = place === undefined;
  const found = new Set<string>();
  let from: From | undefined;
  for (let page = 0; page < mostPages; page++) {
    const query = place?.ok
      ? await signListing(place, {
          now,
          accessKey: keys.accessKey,
          secretKey: keys.secretKey,
          stsToken: bucket.read ? undefined : bucket.stsToken,
          prefix,
          from,
        })
      : await listAzure(bucket, { now, ...keys, prefix, from: from?.at });
    const got = await fetchText(query, now);
    if (got.kind !== 'text') return got;
    const before = found.size;
    const names = keysOn(got.text, isAzure);
    for (const key of names) found.add(key);
    const onward = next(got.text, isAzure, [...found].at(-1));
    if (!onward) return listed(found, prefix, !isAzure && isCut(got.text));
    // A server that does not understand where to go on begins anew each time. A page without a name is none of that: Azure sends some on the way
    // (learn.microsoft.com, List Blobs).
    const goesOn = names.length > 0 ? found.size > before : onward.at !== from?.at;
    if (!goesOn) break;
    from = onward;
  }
  return listed(found, prefix, true);
}

function listed(found: ReadonlySet<string>, prefix: string, more: boolean): Listing {
  return { kind: 'listed', keys: [...found].filter((key) => key.startsWith(prefix)), more };
}

/** S3 says that there are more names than this page has. */
function isCut(page: string): boolean {
  return /<IsTruncated>true</.test(page);
}

/** The names on a page. */
function keysOn(page: string, isAzure: boolean): string[] {
  // That was asked for at S3, because XML cannot hold every name; a server that cannot do it does not say that it did.
  const isEncoded = page.includes('<EncodingType>url</EncodingType>');
  const names = [...page.matchAll(isAzure ? /<Blob><Name>([^<]*)<\/Name>/g : /<Key>([^<]*)<\/Key>/g)];
  return names.map((m) => (isEncoded ? decode(unescapeXml(m[1] ?? '')) : unescapeXml(m[1] ?? '')));
}

/**
 * Where the page after this one begins; undefined: this is the last, or nobody can say. A server that knows the first version of ListObjects only gives no token: it
 * goes on after a name (docs.aws.amazon.com, ListObjects).
 */
function next(page: string, isAzure: boolean, lastKey: string | undefined): From | undefined {
  const tag = isAzure ? /<NextMarker>([^<]+)</ : /<NextContinuationToken>([^<]+)</;
  const token = tag.exec(page)?.[1];
  if (token !== undefined) return { kind: 'token', at: unescapeXml(token) };
  return !isAzure && lastKey !== undefined && isCut(page) ? { kind: 'name', at: lastKey } : undefined;
}

type Fetched = { kind: 'text'; text: string } | { kind: 'forbidden' } | { kind: 'unknown'; why: string };

async function fetchText(url: string, now: number): Promise<Fetched> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(patience) });
    if (response.status !== 200) {
      await response.body?.cancel();
      const refusal = refused(response, now);
      // A bucket that is not there is as good as one that may not be listed.
      return refusal.kind === 'absent' ? { kind: 'forbidden' } : refusal;
    }
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > longestPage) return { kind: 'unknown', why: "The bucket's list is too long." };
      chunks.push(chunk);
    }
    return { kind: 'text', text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    return { kind: 'unknown', why: unreached(error) };
  }
}

function unescapeXml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replace(/&#(\d{1,7});/g, (_, n) => String.fromCodePoint(Math.min(Number(n), 0x10ffff)))
    .replaceAll('&amp;', '&');
}

/** A name that is not encoded after all stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
