import { withDefaults } from '../recording/recipe/recipe-defaults.ts';
import type { Profile, Profiles, ProjectSettings, StorageSettings } from './profiles.ts';

/** What of the environment is needed here; durations in milliseconds. The bot's Config is one. */
export interface EnvironmentSettings {
  AGORA_APP_ID: string;
  AGORA_APP_CERTIFICATE?: string | undefined;
  AGORA_CUSTOMER_ID: string;
  AGORA_CUSTOMER_SECRET: string;
  AGORA_API_URLS: readonly string[];
  AGORA_QPS: number;
  MAX_CONCURRENT: number;
  STORAGE_BUCKET: string;
  STORAGE_ACCESS_KEY?: string | undefined;
  STORAGE_SECRET_KEY?: string | undefined;
  STORAGE_PREFIX: readonly string[];
  STORAGE_READ_ACCESS_KEY?: string | undefined;
  STORAGE_READ_SECRET_KEY?: string | undefined;
  DEFAULT_DURATION: number;
  MAX_DURATION: number;
  MAX_IDLE_TIME: number;
  storage: Pick<StorageSettings, 'vendor' | 'region' | 'regionName' | 'endpointHost' | 'endpointUrl' | 'credentials'>;
}

/** Where there is no file: one composite profile, with the environment's storage, project and durations. */
export function builtInProfiles(config: EnvironmentSettings): Profiles {
  const { MAX_IDLE_TIME: maxIdleTime, MAX_DURATION: maxDuration } = config;
  const profile: Profile = {
    recipe: withDefaults(
      { profile: 'default', project: 'default', storage: 'default', mode: 'mix' },
      { maxIdleTime, maxDuration },
    ),
    defaultDuration: config.DEFAULT_DURATION,
    maxDuration,
    allow: [],
    replace: 0,
    redundant: false,
  };
  return {
    default: 'default',
    names: ['default'],
    get: (name) => (name === 'default' ? profile : undefined),
    layouts: new Map(),
    storages: new Map([['default', storageOf(config)]]),
    projects: new Map([['default', projectOf(config)]]),
    webPages: { allow: [] },
    maxIdleTime,
  };
}

function storageOf(config: EnvironmentSettings): StorageSettings {
  const { STORAGE_READ_ACCESS_KEY: accessKey, STORAGE_READ_SECRET_KEY: secretKey } = config;
  return {
    name: 'default',
    ...config.storage,
    bucket: config.STORAGE_BUCKET,
    accessKey: config.STORAGE_ACCESS_KEY ?? '',
    secretKey: config.STORAGE_SECRET_KEY ?? '',
    prefix: config.STORAGE_PREFIX,
    ...(accessKey && secretKey ? { read: { accessKey, secretKey } } : {}),
  };
}

function projectOf(config: EnvironmentSettings): ProjectSettings {
  return {
    name: 'default',
    appId: config.AGORA_APP_ID,
    ...(config.AGORA_APP_CERTIFICATE ? { appCertificate: config.AGORA_APP_CERTIFICATE } : {}),
    customerId: config.AGORA_CUSTOMER_ID,
    customerSecret: config.AGORA_CUSTOMER_SECRET,
    apiUrls: config.AGORA_API_URLS,
    qps: config.AGORA_QPS,
    maxConcurrent: config.MAX_CONCURRENT,
  };
}
