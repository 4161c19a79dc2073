import type { EnvironmentSettings } from '../../../src/profiles/built-in-profiles.ts';

/** What an environment says. */
export const environmentSettings: EnvironmentSettings = {
  AGORA_APP_ID: 'a'.repeat(32),
  AGORA_CUSTOMER_ID: 'customer',
  AGORA_CUSTOMER_SECRET: 'secret',
  AGORA_API_URLS: ['http://127.0.0.1:1'],
  AGORA_QPS: 10,
  MAX_CONCURRENT: 50,
  STORAGE_BUCKET: 'bucket',
  STORAGE_ACCESS_KEY: 'k',
  STORAGE_SECRET_KEY: 's',
  STORAGE_PREFIX: ['acme'],
  STORAGE_READ_ACCESS_KEY: 'rk',
  STORAGE_READ_SECRET_KEY: 'rs',
  DEFAULT_DURATION: 3_600_000,
  MAX_DURATION: 3 * 3_600_000,
  MAX_IDLE_TIME: 60_000,
  storage: { vendor: 1, region: 0, regionName: 'us-east-1' },
};
