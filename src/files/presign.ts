import { createHash, createHmac } from 'node:crypto';

/**
 * A presigned address after AWS Signature Version 4 in the query (docs.aws.amazon.com, sigv4-query-string-auth). The method is part of the
 * signature: an address signed for HEAD is of no use for GET.
 */
export function presign(r: {
  method: 'GET' | 'HEAD';
  /** The object's address, its path already encoded. */
  url: string;
  region: string;
  accessKey: string;
  secretKey: string;
  /** Milliseconds since the epoch. */
  now: number;
  /** 1 to 604800. */
  seconds: number;
}): string {
  const url = new URL(r.url);
  const stamp = new Date(r.now).toISOString().replace(/[-:]|\.\d+/g, '');
  const day = stamp.slice(0, 8);
  const scope = `${day}/${r.region}/s3/aws4_request`;
  const query = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${r.accessKey}/${scope}`],
    ['X-Amz-Date', stamp],
    ['X-Amz-Expires', String(r.seconds)],
    ['X-Amz-SignedHeaders', 'host'],
  ]
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`)
    .join('&');
  const request = [r.method, url.pathname, query, `host:${url.host}`, '', 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const text = ['AWS4-HMAC-SHA256', stamp, scope, createHash('sha256').update(request).digest('hex')].join('\n');
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  const key = hmac(hmac(hmac(hmac(`AWS4${r.secretKey}`, day), r.region), 's3'), 'aws4_request');
  return `${url.origin}${url.pathname}?${query}&X-Amz-Signature=${createHmac('sha256', key).update(text).digest('hex')}`;
}
