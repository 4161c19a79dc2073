import type { StorageConfig } from './agora/requests.ts';
import type { Storage } from './files/bucket.ts';
import { createCredentialSource } from './files/temporary-credentials.ts';
import type { StorageSettings } from './profiles/profiles.ts';
import type { CredentialsReading } from './recording/ports.ts';

/** The storages that are set up, as each adapter wants them. */
export interface Storages {
  /** For Agora, by name. */
  agora: ReadonlyMap<string, StorageConfig>;
  /** The temporary keys of a storage as they are now; undefined where it has keys of its own. */
  credentials(name: string): Promise<CredentialsReading | undefined>;
  isTemporary(name: string): boolean;
  /** For links and checks, with the keys of this moment. */
  bucketOf(name: string): Promise<Storage | undefined>;
  prefixOf(name: string): readonly string[];
}

/** Makes storages of the settings. `onSecret` is told each secret that is read later on. */
export function wireStorages(
  settings: ReadonlyMap<string, StorageSettings>,
  parts: { now: () => number; onSecret?: ((secret: string) => void) | undefined },
): Storages {
  const sources = new Map(
    [...settings].flatMap(([name, s]) =>
      s.credentials ? [[name, createCredentialSource(s.credentials, parts)] as const] : [],
    ),
  );
  const buckets = new Map([...settings].map(([name, s]) => [name, linkStorage(s)]));
  const credentials = async (name: string) => sources.get(name)?.();
  return {
    agora: new Map([...settings].map(([name, s]) => [name, agoraStorage(s)])),
    credentials,
    // Temporary ones that stand in the settings run out too.
    isTemporary: (name) => sources.has(name) || settings.get(name)?.stsExpiration !== undefined,
    async bucketOf(name) {
      const bucket = buckets.get(name);
      if (!bucket) return undefined;
      const reading = bucket.read ? undefined : await credentials(name);
      return reading?.ok ? { ...bucket, ...reading.credentials } : bucket;
    },
    prefixOf: (name) => buckets.get(name)?.prefix ?? [],
  };
}

/** A storage as Agora wants it. */
function agoraStorage(s: StorageSettings): StorageConfig {
  const { vendor, region, bucket, accessKey, secretKey, stsToken, stsExpiration, sse, tag } = s;
  const params = { ...(sse ? { sse } : {}), ...(tag ? { tag } : {}) };
  return {
    vendor,
    region,
    bucket,
    accessKey,
    secretKey,
    stsToken,
    stsExpiration,
    fileNamePrefix: [...s.prefix],
    ...(Object.keys(params).length > 0 ? { extensionParams: params } : {}),
    endpoint: s.endpointHost,
  };
}

/** A storage as links and checks need it. */
function linkStorage(s: StorageSettings): Storage {
  const { name, vendor, bucket, accessKey, secretKey, stsToken, stsExpiration, read, prefix } = s;
  const { linkEndpoint, signingRegion, addressing, publicBaseUrl } = s;
  return {
    name,
    vendor,
    region: s.regionName,
    bucket,
    accessKey,
    secretKey,
    stsToken,
    until: stsExpiration === undefined ? undefined : stsExpiration * 1000,
    read,
    prefix,
    endpoint: s.endpointUrl,
    linkEndpoint,
    signingRegion,
    addressing,
    publicBaseUrl,
  };
}
