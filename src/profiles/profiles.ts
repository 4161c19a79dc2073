import type { Preset } from '../recording/presets.ts';
import type { LayoutConfig } from '../recording/recipe/layout-config.ts';

/**
 * What a profile gives a recording. Its recipe is complete, but for the address of a web page, which may be left to the person who starts it:
 * take it from chooseRecipe.
 */
export type Profile = Preset;

/** A bucket, with its secrets. Never goes into a session, a message or a log. */
export interface StorageSettings {
  name: string;
  /** Agora's numbers. */
  vendor: number;
  region: number;
  /** The vendor's own region id; `''` if it has none. */
  regionName: string;
  bucket: string;
  /** Both are empty where `credentials` says where to read them. */
  accessKey: string;
  secretKey: string;
  /** Where temporary credentials are read from, again and again, in place of the keys. `authorization` is a secret. */
  credentials?: { file: string } | { url: string; authorization?: string };
  /** Temporary credentials; `stsExpiration` in seconds since the epoch. */
  stsToken?: string;
  stsExpiration?: number;
  /** Folders before each file's name. */
  prefix: readonly string[];
  /** Agora's extensionParams: server-side encryption and tag of the objects. */
  sse?: 'kms' | 'aes256';
  tag?: string;
  /** S3-compatible storage: what Agora gets, a bare host. */
  endpointHost?: string;
  /** S3-compatible storage: what links and checks use, with scheme and port. */
  endpointUrl?: string;
  /** A key that may read, for links and checks. */
  read?: { accessKey: string; secretKey: string };
  linkEndpoint?: string;
  signingRegion?: string;
  addressing?: 'virtual' | 'path';
  publicBaseUrl?: string;
}

/** An Agora project, with its secrets. Never goes into a session, a message or a log. */
export interface ProjectSettings {
  name: string;
  appId: string;
  appCertificate?: string;
  customerId: string;
  customerSecret: string;
  /** Tried in order. */
  apiUrls: readonly string[];
  /** Requests a second that Agora grants. */
  qps: number;
  /** Recorders that Agora grants at once. */
  maxConcurrent: number;
}

/** All that the operator has set up. */
export interface Profiles {
  /** Name of the profile that is taken when nobody says. */
  default: string;
  names: string[];
  get(name: string): Profile | undefined;
  layouts: ReadonlyMap<string, LayoutConfig>;
  /** By name; `default` is the environment's. */
  storages: ReadonlyMap<string, StorageSettings>;
  /** By name; `default` is the environment's. */
  projects: ReadonlyMap<string, ProjectSettings>;
  webPages: {
    /** Patterns of hosts; empty: any public host. */
    allow: readonly string[];
  };
  /** How long a recorder stays in an empty channel where a profile does not say. Milliseconds. */
  maxIdleTime: number;
}
