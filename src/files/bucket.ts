/** A bucket as links and checks need it. */
export interface Bucket {
  vendor: number;
  /** The vendor's own region id, e.g. `us-east-1`; `''` where there is none. */
  region: string;
  bucket: string;
  accessKey: string;
  secretKey: string;
  /** Vendor 11: where the storage answers, scheme and port included. Addressed path style. */
  endpoint?: string | undefined;
}
