import type { IncomingMessage, ServerResponse } from 'node:http';

/** What each of S3's codes means, for the person who looks at the answer. */
const messages: Readonly<Record<string, string>> = {
  AccessDenied: 'Access denied.',
  AuthorizationHeaderMalformed: 'The Authorization header is malformed.',
  AuthorizationQueryParametersError: 'The X-Amz- parameters of the address are malformed.',
  EntityTooLarge: 'The object is larger than this bucket takes.',
  ExpiredToken: 'The token has run out.',
  InvalidAccessKeyId: 'There is no such access key.',
  InvalidToken: 'There is no such token.',
  MethodNotAllowed: 'This resource does not take this method.',
  NoSuchKey: 'There is no object with this key.',
  RequestTimeTooSkewed: 'The time of the request is too far from the time here.',
  SlowDown: 'The bucket is out of order.',
  XAmzContentSHA256Mismatch: 'The content does not have the hash that was signed.',
};

/** Answers in S3's error format (docs.aws.amazon.com, S3 API, error responses). */
export function sendError(req: IncomingMessage, res: ServerResponse, status: number, code: string): void {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${messages[code] ?? code}</Message></Error>`;
  // A page that may read objects may read why it cannot, too.
  const headers = { 'content-type': 'application/xml', 'access-control-allow-origin': '*' };
  res.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(xml) });
  res.end(req.method === 'HEAD' ? undefined : xml);
}
