import { Agent, request } from 'node:http';

/** Where a recording's files go, and with which keys. `base`: the address of the bucket's server; undefined: there is none that would take them. */
export interface UploadTarget {
  vendor: number;
  base: string | undefined;
  bucket: string;
  accessKey: string;
  secretKey: string;
  stsToken?: string;
}

/**
 * `refused`: the server said no, and would again: wrong keys, no such bucket. `expired`: the keys were right and have run out. `unreachable`: no
 * answer, or one that says nothing about the keys.
 */
export type PutOutcome = 'stored' | 'refused' | 'expired' | 'unreachable';

export interface BucketClient {
  put(target: UploadTarget, key: string, body: Buffer): Promise<PutOutcome>;
  close(): void;
}

const azure = 5;
/** So long a server may keep silent, ms. */
const patience = 10_000;

/** Writes objects as Agora's uploader does: signed PUTs to S3 and what speaks its protocol, the Blob API for Azure. */
export function createBucketClient(): BucketClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 6 });
  const closing = new AbortController();

  async function putS3(target: UploadTarget, url: URL, body: Buffer): Promise<{ status: number; said: string }> {
    const headers = await signedHeaders(target, url, body.length);
    return new Promise((resolve, reject) => {
      const req = request(
        url,
        { method: 'PUT', agent, headers, timeout: patience, signal: closing.signal },
        (answer) => {
          let said = '';
          answer.setEncoding('utf8');
          answer.on('data', (text: string) => {
            said = (said + text).slice(0, 2_000);
          });
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, said }));
          answer.on('error', reject);
        },
      );
      req.on('timeout', () => req.destroy(new Error('timeout')));
      req.on('error', reject);
      req.end(body);
    });
  }

  return {
    async put(target, key, body) {
      if (target.base === undefined) return 'refused';
      try {
        const { status, said } =
          target.vendor === azure
            ? { status: await putBlob(target, target.base, key, body, closing.signal), said: '' }
            : await putS3(
                target,
                new URL(`${target.base}/${[target.bucket, ...key.split('/')].map(encode).join('/')}`),
                body,
              );
        if (status >= 200 && status < 300) return 'stored';
        if (said.includes('<Code>ExpiredToken</Code>')) return 'expired';
        return status >= 400 && status < 500 && status !== 408 && status !== 429 ? 'refused' : 'unreachable';
      } catch {
        return 'unreachable';
      }
    },
    close() {
      closing.abort();
      agent.destroy();
    },
  };
}

/** AWS's own percent-encoding: everything but A-Z a-z 0-9 - . _ ~ */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The libraries come with the first upload, so that a sandbox starts without them. */
let signing: Promise<typeof import('@smithy/signature-v4') & typeof import('@aws-crypto/sha256-js')> | undefined;

/** AWS Signature Version 4 in the headers (docs.aws.amazon.com, sig-v4-header-based-auth). The date is the machine's, as the server's is. */
async function signedHeaders(target: UploadTarget, url: URL, length: number): Promise<Record<string, string>> {
  signing ??= Promise.all([import('@smithy/signature-v4'), import('@aws-crypto/sha256-js')]).then(([a, b]) => ({
    ...a,
    ...b,
  }));
  const { SignatureV4, Sha256 } = await signing;
  const signer = new SignatureV4({
    service: 's3',
    region: 'us-east-1',
    credentials: {
      accessKeyId: target.accessKey,
      secretAccessKey: target.secretKey,
      ...(target.stsToken === undefined ? {} : { sessionToken: target.stsToken }),
    },
    sha256: Sha256,
    uriEscapePath: false,
  });
  const signed = await signer.sign({
    method: 'PUT',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    headers: { host: url.host, 'content-length': String(length), 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
    query: {},
  });
  return signed.headers;
}

async function putBlob(
  target: UploadTarget,
  base: string,
  key: string,
  body: Buffer,
  abortSignal: AbortSignal,
): Promise<number> {
  const { BlobServiceClient, RestError, StorageSharedKeyCredential } = await import('@azure/storage-blob');
  try {
    const credential = new StorageSharedKeyCredential(target.accessKey, target.secretKey);
    const service = new BlobServiceClient(base, credential, { retryOptions: { maxTries: 1 } });
    const blob = service.getContainerClient(target.bucket).getBlockBlobClient(key);
    return (await blob.upload(body, body.length, { abortSignal }))._response.status;
  } catch (error) {
    if (error instanceof RestError && error.statusCode !== undefined) return error.statusCode;
    throw error;
  }
}
