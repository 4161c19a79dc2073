import { createHmac } from 'node:crypto';
import { encodeKey, encodeText } from './encode-key.ts';
import type { LinkRequest } from './link-request.ts';

/**
 * A link in Baidu's own way, for the regions whose S3 endpoint has no https: `bce-auth-v1` in the query, over method, path, query and host
 * (cloud.baidu.com/doc/Reference, generating the authentication string). Unverified against the real service: that `responseContentType` and
 * `responseContentDisposition` work as the page on GetObject says.
 */
export function signBos(baseUrl: string, key: string, r: LinkRequest): string {
  const url = `${baseUrl}/${encodeKey(key)}`;
  const { host, pathname } = new URL(url);
  const query = [
    ...(r.disposition ? [`responseContentDisposition=${encodeText(r.disposition)}`] : []),
    ...(r.contentType ? [`responseContentType=${encodeText(r.contentType)}`] : []),
  ].join('&');
  const authorization = bceAuthorization({ ...r, path: pathname, query, headers: { host } });
  return `${url}?${query === '' ? '' : `${query}&`}authorization=${encodeText(authorization)}`;
}

/** Baidu's authentication string. `path` and `query` as they are sent, encoded, the query sorted; `headers`: those that are signed, in lower case. */
export function bceAuthorization(r: {
  method: string;
  path: string;
  query: string;
  headers: Readonly<Record<string, string>>;
  now: number;
  seconds: number;
  accessKey: string;
  secretKey: string;
}): string {
  const names = Object.keys(r.headers).sort();
  const headers = names.map((name) => `${name}:${encodeText(r.headers[name] ?? '')}`);
  const time = `${new Date(r.now).toISOString().slice(0, 19)}Z`;
  const prefix = `bce-auth-v1/${r.accessKey}/${time}/${r.seconds}`;
  const signingKey = hmac(r.secretKey, prefix);
  const signature = hmac(signingKey, [r.method, r.path, r.query, ...headers].join('\n'));
  return `${prefix}/${names.join(';')}/${signature}`;
}

const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex');
