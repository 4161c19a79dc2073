import type { Bucket } from './bucket.ts';

/**
 * The https location of an object in its bucket. It opens only for those who may read the bucket; nothing is signed here.
 * Hosts: each vendor's own documentation of virtual-hosted addresses. S3-compatible storage is addressed path style.
 */
export function objectUrl(b: Bucket, key: string): string {
  const path = encodeKey(key);
  switch (b.vendor) {
    case 1: {
      const suffix = b.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
      // A dot in the bucket's name does not fit the wildcard of the certificate.
      return b.bucket.includes('.')
        ? `https://s3.${b.region}.${suffix}/${b.bucket}/${path}`
        : `https://${b.bucket}.s3.${b.region}.${suffix}/${path}`;
    }
    case 2:
      return `https://${b.bucket}.oss-${b.region}.aliyuncs.com/${path}`;
    case 3:
      return `https://${b.bucket}.cos.${b.region}.myqcloud.com/${path}`;
    case 5:
      // Azure: the account's name stands where others have the access key, and the container where others have the bucket.
      return `https://${b.accessKey}.blob.core.windows.net/${b.bucket}/${path}`;
    case 6:
      return `https://storage.googleapis.com/${b.bucket}/${path}`;
    case 7:
      return `https://${b.bucket}.obs.${b.region}.myhuaweicloud.com/${path}`;
    case 8:
      return `https://${b.bucket}.${b.region}.bcebos.com/${path}`;
    default:
      return `${(b.endpoint ?? '').replace(/\/$/, '')}/${b.bucket}/${path}`;
  }
}

/** Percent-encodes a key once, slashes kept, as AWS does it: also `! ' ( ) *`. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/');
}
