import { createHmac } from 'node:crypto';
import { encodeKey, encodeText } from './encode-key.ts';

/**
 * Qiniu's own private link on a space's download domain: the deadline in `e`, then a token over the whole address (developer.qiniu.com, download
 * token). It cannot say the object's type.
 */
export function signQiniu(
  baseUrl: string,
  key: string,
  r: { now: number; seconds: number; accessKey: string; secretKey: string; downloadName?: string | undefined },
): string {
  const name = r.downloadName ? `attname=${encodeText(r.downloadName.toWellFormed())}&` : '';
  const url = `${baseUrl.replace(/\/+$/, '')}/${encodeKey(key)}?${name}e=${Math.floor(r.now / 1000) + r.seconds}`;
  return `${url}&token=${r.accessKey}:${urlSafe(createHmac('sha1', r.secretKey).update(url).digest('base64'))}`;
}

/** Padding is kept: Qiniu checks it. */
const urlSafe = (base64: string) => base64.replaceAll('+', '-').replaceAll('/', '_');
