/** What a signed link is made of, beside the bucket and the key; all vendors' signers take it. */
export interface LinkRequest {
  method: 'GET' | 'HEAD';
  /** Milliseconds since the epoch. */
  now: number;
  seconds: number;
  accessKey: string;
  secretKey: string;
  /** What the bucket is to say of the object. */
  contentType?: string | undefined;
  /** A Content-Disposition that the bucket is to send. */
  disposition?: string | undefined;
}
