import type { IncomingMessage, ServerResponse } from 'node:http';

export interface StoredObject {
  body: Buffer;
  /** In double quotes, as it is sent. */
  etag: string;
  modified: Date;
}

const types: Readonly<Record<string, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  ts: 'video/mp2t',
  mp4: 'video/mp4',
  jpg: 'image/jpeg',
};

/** Answers GET or HEAD of an object, whole or one range of it (RFC 9110, 14.1.2); a Range that cannot be read is ignored, as the RFC says. */
export function sendObject(req: IncomingMessage, res: ServerResponse, key: string, object: StoredObject): void {
  const { body, etag, modified } = object;
  res.setHeader('content-type', types[key.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
  res.setHeader('etag', etag);
  res.setHeader('last-modified', modified.toUTCString());
  res.setHeader('accept-ranges', 'bytes');
  // The list of a running recording is overwritten all the time.
  res.setHeader('cache-control', 'no-store');
  const range = parseRange(req.headers.range, body.length);
  if (range === 'unsatisfiable') {
    res.setHeader('content-range', `bytes */${body.length}`);
    sendError(req, res, 416, 'InvalidRange', { Resource: key });
    return;
  }
  const part = range ? body.subarray(range.from, range.to + 1) : body;
  if (range) res.setHeader('content-range', `bytes ${range.from}-${range.to}/${body.length}`);
  res.writeHead(range ? 206 : 200, { 'content-length': part.length });
  res.end(req.method === 'HEAD' ? undefined : part);
}

function parseRange(
  header: string | undefined,
  length: number,
): { from: number; to: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  return from > to ? 'unsatisfiable' : { from, to };
}

/** What each of S3's codes means, for the person who looks at the answer. */
const messages: Readonly<Record<string, string>> = {
  AccessDenied: 'Access denied.',
  AuthorizationHeaderMalformed: 'The Authorization header is malformed.',
  AuthorizationQueryParametersError: 'The X-Amz- parameters of the address are malformed.',
  EntityTooLarge: 'The object is larger than this bucket takes.',
  ExpiredToken: 'The token has run out.',
  InvalidAccessKeyId: 'There is no such access key.',
  InvalidArgument: 'A parameter is not one that is known here.',
  InvalidRange: 'The range lies outside the object.',
  InvalidToken: 'There is no such token.',
  MethodNotAllowed: 'This resource does not take this method.',
  NoSuchBucket: 'There is no such bucket.',
  NoSuchKey: 'There is no object with this key.',
  RequestTimeTooSkewed: 'The time of the request is too far from the time here.',
  SignatureDoesNotMatch: 'The signature does not fit the request and the secret key.',
  SlowDown: 'The bucket is out of order.',
  XAmzContentSHA256Mismatch: 'The content does not have the hash that was signed.',
};

/** Answers in S3's error format (docs.aws.amazon.com, S3 API, error responses). */
export function sendError(
  req: IncomingMessage,
  res: ServerResponse,
  status: number,
  code: string,
  about: Record<string, string> = {},
): void {
  const rows = Object.entries({ Code: code, Message: messages[code] ?? code, ...about });
  const fields = rows.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`).join('');
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${fields}</Error>`;
  res.writeHead(status, { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(xml) });
  res.end(req.method === 'HEAD' ? undefined : xml);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
