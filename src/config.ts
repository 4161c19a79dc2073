import { z } from 'zod';
import { asUrl, type Environment, environment } from './environment.ts';
import { parseRegion, parseVendor, type StorageVendor, stsVendors } from './files/storage-vendors.ts';
import { parseDuration } from './recording/duration.ts';
import { redisSecrets } from './store/redis-address.ts';

const minute = 60_000;
const hour = 60 * minute;
/** Agora takes orders for a task for 720 h at most; a day is kept for a late stop. */
const longestRecording = 29 * 24 * hour;

export interface Config extends Omit<Environment, 'STORAGE_VENDOR' | 'STORAGE_REGION' | 'STORAGE_ENDPOINT'> {
  storage: {
    /** Agora's numbers. */
    vendor: number;
    region: number;
    /** The vendor's own region id; `''` if it has none. */
    regionName: string;
    /** What Agora gets: a bare host. */
    endpointHost?: string;
    /** What links and checks use: scheme, host and port. */
    endpointUrl?: string;
    /** Where temporary credentials are read from, in place of the keys. */
    credentials?: { file: string } | { url: string; authorization?: string };
  };
}

export const secretNames = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'AGORA_CUSTOMER_SECRET',
  'AGORA_APP_CERTIFICATE',
  'AGORA_NOTIFICATION_SECRET',
  'STORAGE_SECRET_KEY',
  'STORAGE_CREDENTIALS_AUTHORIZATION',
  'STORAGE_READ_SECRET_KEY',
  'HEARTBEAT_URL',
] as const satisfies (keyof Environment)[];

/** Every secret of the environment in the forms in which it travels, for the log to hide. */
export function secretsIn(config: Config): string[] {
  const values = secretNames.flatMap((name) => config[name] ?? []);
  // The REST API's credentials also travel together, in one header.
  const rest = `${config.AGORA_CUSTOMER_ID}:${config.AGORA_CUSTOMER_SECRET}`;
  // As it is, and as it stands in the address.
  const asWritten = /^[a-z+]+:\/\/[^@/]*?:([^@/]+)@/.exec(config.STORE_URL)?.[1];
  return [...values, rest, ...redisSecrets(config.STORE_URL), ...(asWritten === undefined ? [] : [asWritten])];
}

/** Name, default and description of each variable, for the README and `.env.example`. `required`: no default and not optional. */
export function describeConfig(): { name: string; required: boolean; default: string; description: string }[] {
  return Object.entries(environment.shape).map(([name, field]) => {
    const empty = z.safeParse(field, undefined);
    const shown = z.toJSONSchema(field, { io: 'input', unrepresentable: 'any' }).default;
    return { name, required: !empty.success, default: String(shown ?? ''), description: field.description ?? '' };
  });
}

/** Reads the environment. Every problem at once, each a sentence that names the variable, what it must be and where it comes from. */
export function readConfig(
  env: Record<string, string | undefined>,
): { ok: true; config: Config } | { ok: false; problems: string[] } {
  // An empty variable is one that is not set: that is how people switch things off in .env files.
  const given = Object.fromEntries(
    Object.keys(environment.shape)
      .map((name) => [name, env[name]?.trim()])
      .filter(([, value]) => value),
  );
  const problems: string[] = [];
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0]);
      const description = environment.shape[name as keyof Environment]?.description ?? '';
      problems.push(given[name] === undefined ? `${name} is missing. ${description}` : `${name} ${issue.message}.`);
    }
  }
  // Rules between fields are checked even when other fields are wrong, so that nobody has to come back twice.
  const raw = given as Record<string, string | undefined>;
  if (!raw.SLACK_APP_TOKEN && !raw.SLACK_SIGNING_SECRET) {
    problems.push(
      `SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing. ${environment.shape.SLACK_APP_TOKEN.description}`,
    );
  }
  const { STORAGE_READ_ACCESS_KEY: readKey, STORAGE_READ_SECRET_KEY: readSecret } = raw;
  if (Boolean(readKey) !== Boolean(readSecret)) {
    const [missing, there] = readKey
      ? ['STORAGE_READ_SECRET_KEY', 'STORAGE_READ_ACCESS_KEY']
      : ['STORAGE_READ_ACCESS_KEY', 'STORAGE_READ_SECRET_KEY'];
    problems.push(`${missing} is missing. It goes together with ${there}; set both, or neither.`);
  }
  const storage = readStorage(raw, problems);
  const lengths = readLengths(raw);
  if (lengths.max > longestRecording)
    problems.push('MAX_DURATION must be at most 29d, because Agora takes orders for a recording for 30 days.');
  if (lengths.default > lengths.max) problems.push('DEFAULT_DURATION must not be longer than MAX_DURATION.');
  if (lengths.default < 30_000) problems.push('DEFAULT_DURATION must be at least 30s.');
  if (lengths.idle < 5_000 || lengths.idle > 30 * 24 * hour) problems.push('MAX_IDLE_TIME must be from 5s to 30d.');
  if (!parsed.success || !storage || problems.length > 0) return { ok: false, problems };
  return { ok: true, config: { ...parsed.data, DEFAULT_DURATION: lengths.default, storage } };
}

/** What was set and is of no use, a sentence each. Nothing that keeps the bot from its work. */
export function remarksOn(config: Config): string[] {
  if (!config.SLACK_APP_TOKEN || !config.SLACK_SIGNING_SECRET) return [];
  return [
    'SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set: Socket Mode is used, and what Slack posts to /slack/events is not taken. Leave SLACK_APP_TOKEN out for HTTP mode, else SLACK_SIGNING_SECRET.',
  ];
}

/** Keys of its own, or a place where temporary ones are read. `vendor`: undefined while it is not known. */
function readKeys(raw: Record<string, string | undefined>, vendor: StorageVendor | undefined, problems: string[]) {
  const { STORAGE_CREDENTIALS: place, STORAGE_CREDENTIALS_AUTHORIZATION: authorization } = raw;
  for (const name of ['STORAGE_ACCESS_KEY', 'STORAGE_SECRET_KEY'] as const) {
    if (!place && !raw[name]) problems.push(`${name} is missing. ${environment.shape[name].description}`);
    if (place && raw[name]) problems.push(`${name} does not go with STORAGE_CREDENTIALS; leave one of them out.`);
  }
  if (place && vendor && !stsVendors.includes(vendor.vendor)) {
    problems.push('STORAGE_CREDENTIALS is for s3 (1), oss (2) and cos (3) only; leave it out.');
  }
  if (authorization && !place?.includes('://')) {
    problems.push('STORAGE_CREDENTIALS_AUTHORIZATION goes with an address in STORAGE_CREDENTIALS only; leave it out.');
  }
  if (!place) return {};
  if (!place.includes('://')) return { credentials: { file: place } };
  return { credentials: { url: place, ...(authorization ? { authorization } : {}) } };
}

function readStorage(raw: Record<string, string | undefined>, problems: string[]): Config['storage'] | undefined {
  const vendor = raw.STORAGE_VENDOR ? parseVendor(raw.STORAGE_VENDOR) : undefined;
  const keys = readKeys(raw, vendor?.ok ? vendor.vendor : undefined, problems);
  if (!vendor) return undefined;
  if (!vendor.ok) {
    problems.push(`STORAGE_VENDOR ${vendor.problem}.`);
    return undefined;
  }
  const endpoint = raw.STORAGE_ENDPOINT;
  const compatible = vendor.vendor.vendor === 11;
  if (compatible && !endpoint)
    problems.push(`STORAGE_ENDPOINT is missing. ${environment.shape.STORAGE_ENDPOINT.description}`);
  if (!compatible && endpoint) problems.push('STORAGE_ENDPOINT is for s3-compatible storage only; leave it out.');
  if (!raw.STORAGE_REGION) return undefined;
  const region = parseRegion(vendor.vendor, raw.STORAGE_REGION);
  if (!region.ok) {
    problems.push(`STORAGE_REGION ${region.problem}.`);
    return undefined;
  }
  const url = endpoint ? asUrl(endpoint.includes('://') ? endpoint : `https://${endpoint}`) : undefined;
  return {
    vendor: vendor.vendor.vendor,
    region: region.region,
    regionName:
      vendor.vendor.regions[region.region] ?? (/^[a-z][a-z0-9-]+$/.test(raw.STORAGE_REGION) ? raw.STORAGE_REGION : ''),
    ...(url ? { endpointHost: url.hostname, endpointUrl: url.origin } : {}),
    ...keys,
  };
}

function readLengths(raw: Record<string, string | undefined>) {
  const read = (name: 'DEFAULT_DURATION' | 'MAX_DURATION' | 'MAX_IDLE_TIME', fallback: number) =>
    (raw[name] ? parseDuration(raw[name]) : undefined) ?? fallback;
  const max = read('MAX_DURATION', 8 * hour);
  // A wrong text is reported by the schema; here it must not cause a second message.
  return { max, default: read('DEFAULT_DURATION', Math.min(2 * hour, max)), idle: read('MAX_IDLE_TIME', 5 * minute) };
}
