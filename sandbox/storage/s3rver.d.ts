/** What is used of s3rver, which brings no types. */
declare module '@20minutes/s3rver' {
  export default class S3rver {
    constructor(options: {
      address: string;
      port: number;
      silent: boolean;
      directory: string;
      /** True: buckets are named in the host, too. */
      vhostBuckets?: boolean;
      configureBuckets: { name: string; configs: (string | Buffer)[] }[];
    });
    store: unknown;
    logger: unknown;
    context: { store: unknown; logger: unknown };
    run(): Promise<{ port: number }>;
    close(): Promise<void>;
  }
}
declare module '@20minutes/s3rver/lib/models/account.js' {
  const account: {
    DUMMY_ACCOUNT: { createKeyPair(accessKey: string, secretKey: string): void };
  };
  export default account;
}
