import type { Bucket } from './bucket.ts';
import { encodeKey } from './encode-key.ts';
import { bucketAddress, s3Place } from './s3-place.ts';

/**
 * The https location of an object in its bucket. It opens only for those who may read the bucket; nothing is signed here.
 * Hosts: each vendor's own documentation of its buckets' addresses.
 */
export function objectUrl(b: Bucket, key: string): string {
  return `${bucketUrl(b)}/${encodeKey(key)}`;
}

function bucketUrl(b: Bucket): string {
  if (b.publicBaseUrl) return b.publicBaseUrl.replace(/\/+$/, '');
  if (b.vendor === 5) return azureContainerUrl(b);
  if (!b.linkEndpoint) {
    // These two have an address of their own beside the one for S3's protocol.
    if (b.vendor === 2) return bucketAddress(`oss-${b.region}.aliyuncs.com`, b.bucket, 'virtual');
    if (b.vendor === 8) return bucketAddress(`${b.region}.bcebos.com`, b.bucket, 'virtual');
  }
  const place = s3Place(b);
  return place.ok ? place.base : '';
}

/** Azure: the account's name stands where others have the access key, and the container where others have the bucket. */
export function azureContainerUrl(b: Bucket): string {
  if (b.publicBaseUrl) return b.publicBaseUrl.replace(/\/+$/, '');
  return bucketAddress(b.linkEndpoint ?? `${b.accessKey}.blob.core.windows.net`, b.bucket, 'path');
}
