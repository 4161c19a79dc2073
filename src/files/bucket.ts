/** A bucket as links and checks need it. Plain data; keys never go into a message, a log or an error. */
export interface Bucket {
  /** Agora's number of the vendor. */
  vendor: number;
  /** The vendor's own region id, e.g. `us-east-1`; `''` where there is none. */
  region: string;
  /** Name of the bucket (Azure: of the container). */
  bucket: string;
  /** The recording key, which Agora gets too (Azure: name of the storage account). Empty: its temporary credentials cannot be had at the moment. */
  accessKey: string;
  secretKey: string;
  /** Of temporary credentials: a link that is signed with them dies when they do, whatever its own expiry says. */
  stsToken?: string | undefined;
  /** When these run out, ms since the epoch. */
  until?: number | undefined;
  /** A key that may read. Agora advises a recording key that may only write, and links signed with such a key answer 403. */
  read?: { accessKey: string; secretKey: string } | undefined;
  /** Vendor 11: where the storage answers, as a host or as an address with scheme and port. */
  endpoint?: string | undefined;
  /** In place of the vendor's own endpoint, for links and checks only: an address without the bucket. */
  linkEndpoint?: string | undefined;
  /** In place of the region that the vendor's signatures name. */
  signingRegion?: string | undefined;
  /** Whether the bucket's name stands in the host or in the path. */
  addressing?: 'virtual' | 'path' | undefined;
  /**
   * A custom domain that is bound to this bucket, such as `https://files.example.com`: links lead there and are signed for it. Qiniu: the
   * space's download domain.
   */
  publicBaseUrl?: string | undefined;
}

/** A bucket that recordings can be written to, under the name that profiles use. */
export interface Storage extends Bucket {
  name: string;
  /** Folders before each file's name (Agora: fileNamePrefix). */
  prefix: readonly string[];
}
