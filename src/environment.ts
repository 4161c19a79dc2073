import { z } from 'zod';
import { credentialsAddress } from './profiles/web-address.ts';
import { parseDuration } from './recording/duration.ts';
import { isRedis, readRedisAddress } from './store/redis-address.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

const isLoopback = (url: URL) => ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
export const asUrl = (text: string) => (URL.canParse(text) ? new URL(text) : undefined);

/** https, or http on this machine. Credentials in an address would end up in logs; a query would be cut off. */
function webUrl(text: string): URL | undefined {
  const url = asUrl(text);
  if (!url || url.username || url.password || url.search || url.hash) return undefined;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)) ? url : undefined;
}

/** A bare host, or an address without a path: what is behind the host is the bucket's business. */
function isEndpoint(text: string): boolean {
  if (text.includes('://')) return webUrl(text)?.pathname === '/';
  return asUrl(`https://${text}`)?.host === text.toLowerCase();
}

const duration = (text: string, context: z.RefinementCtx) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: 'must be a duration such as 90s, 45m or 1h30m' });
  return z.NEVER;
};
const integer = (low: number, high: number) => (text: string, context: z.RefinementCtx) => {
  const n = Number(text);
  if (/^\d+$/.test(text) && n >= low && n <= high) return n;
  context.addIssue({ code: 'custom', message: `must be a whole number from ${low} to ${high}` });
  return z.NEVER;
};
const hex32 = (name: string) => z.string().regex(/^[0-9a-fA-F]{32}$/, `must be the ${name}: 32 hexadecimal digits`);
const credentialsRule =
  "must be the path of a file or an https address (http on this machine, or the platform's own at 169.254.170.2 or 169.254.170.23)";
const list = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/**
 * Everything that can be set, as one schema of the environment; what holds between settings is in config.ts. `.env.example` and the README's table are
 * held against it by tests. A message never shows the value of a secret. Its order is the order of both. The description of each begins with what it is.
 */
export const environment = z.object({
  SLACK_BOT_TOKEN: z
    .string()
    .startsWith('xoxb-', 'must be a bot token, which begins with xoxb-')
    .describe('Bot token (xoxb-). Slack app settings > OAuth & Permissions > Bot User OAuth Token.'),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith('xapp-', 'must be an app-level token, which begins with xapp-')
    .optional()
    .describe(
      'App-level token (xapp-) with connections:write, for Socket Mode; this or SLACK_SIGNING_SECRET. Slack app settings > Basic Information > App-Level Tokens.',
    ),
  SLACK_SIGNING_SECRET: z
    .string()
    .min(8, 'must be the signing secret of the Slack app')
    .optional()
    .describe(
      'Signing secret, for HTTP mode: Slack posts to /slack/events on PORT. Of no use beside SLACK_APP_TOKEN. Slack app settings > Basic Information > Signing Secret.',
    ),
  SLACK_API_URL: z
    .string()
    .refine(
      (t) => webUrl(t) && t.endsWith('/'),
      'must be an https address that ends with a slash (http for this machine only)',
    )
    .default('https://slack.com/api/')
    .describe("Slack's Web API: another one for GovSlack, a proxy or the sandbox."),
  RECORD_COMMAND: z
    .string()
    .regex(/^\/[a-z0-9_-]{1,31}$/, 'must be a slash command such as /record: lower-case letters, digits, - and _')
    .default('/record')
    .describe('Name of the slash command, for a workspace where /record is taken. Change it in manifest.yml too.'),
  RECORD_ALLOWED: z
    .string()
    .default('')
    .transform(list)
    .refine(
      (ids) => ids.every((id) => /^[UWSCG][A-Z0-9]{2,}$/.test(id)),
      'must be ids of users (U…), user groups (S…) and channels (C…), separated by commas',
    )
    .describe(
      'Who may start and stop: ids of users (U…), user groups (S…) and channels (C…, where full members may), separated by commas. Empty: every full member of this workspace, but no guests and nobody from other workspaces.',
    ),
  ALERT_CHANNEL: z
    .string()
    .regex(/^[CGDU][A-Z0-9]{2,}$/, 'must be the id of a channel (C…)')
    .optional()
    .describe('Channel id for alerts that reach neither the channel of the recording nor the person who started it.'),
  AGORA_APP_ID: hex32('App ID').describe('App ID of the Agora project. Agora Console > Projects.'),
  AGORA_CUSTOMER_ID: z
    .string()
    .min(1, 'must not be empty')
    .describe('Customer ID for the REST API. Agora Console > Developer Toolkit > RESTful API.'),
  AGORA_CUSTOMER_SECRET: z
    .string()
    .min(1, 'must not be empty')
    .describe('Customer secret for the REST API; it can be downloaded once. Same page.'),
  AGORA_APP_CERTIFICATE: hex32('App Certificate')
    .optional()
    .describe(
      "App Certificate: with it the bot makes the recorder's tokens. Agora Console > Projects. Needed when the project asks for tokens; without it no token bounds what a lost recorder costs.",
    ),
  AGORA_API_URLS: z
    .string()
    .default('https://api.agora.io,https://api.sd-rtn.com')
    .transform(list)
    .refine(
      (urls) => urls.length > 0 && urls.every((u) => webUrl(u) !== undefined),
      'must be https addresses, separated by commas (http for this machine only)',
    )
    .describe("Agora's REST hosts, tried in order."),
  AGORA_NOTIFICATION_SECRET: z
    .string()
    .min(1, 'must not be empty')
    .optional()
    .describe(
      'Secret of the Cloud Recording notifications, which go to /agora/notifications. Agora Console > Notifications. Everything works without them, a little later.',
    ),
  AGORA_QPS: z
    .string()
    .default('10')
    .transform(integer(1, 1000))
    .describe('Requests a second that Agora grants this App ID.'),
  MAX_CONCURRENT: z
    .string()
    .default('50')
    .transform(integer(1, 100_000))
    .describe('Recorders that Agora grants the account at once; when all are in use, recordings wait in a queue.'),
  PROFILES_FILE: z
    .string()
    .optional()
    .describe('Path of a profiles.yml with presets, layouts, storages and Agora projects; see profiles.example.yml.'),
  STORAGE_VENDOR: z
    .string()
    .describe("Where Agora writes the files: s3, oss, cos, azure, gcs, obs, bos or s3-compatible, or Agora's number."),
  STORAGE_REGION: z
    .string()
    .describe(
      "Region of the bucket: the vendor's name such as us-east-1, or Agora's number; 0 for azure, gcs and s3-compatible.",
    ),
  STORAGE_BUCKET: z
    .string()
    .regex(
      /^[^\s/]+$/,
      'must be the name of the bucket alone, without s3:// and without folders; those go to STORAGE_PREFIX',
    )
    .describe('Name of the bucket (Azure: of the container).'),
  STORAGE_ACCESS_KEY: z
    .string()
    .min(1, 'must not be empty')
    .optional()
    .describe(
      'Access key that may write to the bucket (Azure: name of the storage account). It goes to Agora. Needed unless STORAGE_CREDENTIALS is set.',
    ),
  STORAGE_SECRET_KEY: z
    .string()
    .min(1, 'must not be empty')
    .optional()
    .describe('Its secret key. It goes to Agora. Needed unless STORAGE_CREDENTIALS is set.'),
  STORAGE_CREDENTIALS: z
    .string()
    .refine((t) => !t.includes('://') || credentialsAddress(t) !== undefined, credentialsRule)
    .optional()
    .describe(
      'In place of both keys, for s3, oss and cos: path of a file, or address, that temporary credentials are read from again and again.',
    ),
  STORAGE_CREDENTIALS_AUTHORIZATION: z
    .string()
    .regex(/^[\x20-\x7e]+$/, 'must be the value of a header')
    .optional()
    .describe('Sent to that address in the header Authorization. It is secret.'),
  STORAGE_ENDPOINT: z
    .string()
    .refine(isEndpoint, 'must be a host such as minio.example.com, or its https address without a path')
    .optional()
    .describe(
      'S3-compatible storage only: its host, or its address, of which scheme and port are used for links and checks while Agora gets the host.',
    ),
  STORAGE_PREFIX: z
    .string()
    .default('')
    .transform((t) => t.split('/').filter((part) => part !== ''))
    .refine(
      (parts) => parts.every((p) => /^[a-zA-Z0-9]+$/.test(p)) && parts.join('/').length <= 128,
      'must be folders of letters and digits separated by slashes, such as acme/prod, at most 128 characters',
    )
    .describe('Folder in the bucket, such as acme/prod.'),
  LINK_TTL: z
    .string()
    .default('24h')
    .transform(duration)
    .refine((ms) => ms >= minute && ms <= 7 * day, 'must be from 1m to 7d')
    .describe(
      'How long links to files are good; storage vendors allow 7d at most. Links that the player page plays from are good for 13h.',
    ),
  STORAGE_READ_ACCESS_KEY: z
    .string()
    .min(1, 'must not be empty')
    .optional()
    .describe('Access key that may read the bucket, for links and checks. Without it the recording key is tried.'),
  STORAGE_READ_SECRET_KEY: z.string().min(1, 'must not be empty').optional().describe('Its secret key.'),
  PUBLIC_URL: z
    .string()
    .refine((t) => webUrl(t) !== undefined, 'must be an https address (http for this machine only)')
    .transform((t) => t.replace(/\/+$/, ''))
    .optional()
    .describe('Address under which people reach PORT, for the player page at /watch. Without it there is none.'),
  STORE_URL: z
    .string()
    .superRefine((t, context) => {
      const redis = isRedis(t) ? readRedisAddress(t) : undefined;
      if (redis && 'problem' in redis) context.addIssue({ code: 'custom', message: redis.problem });
      else if (!redis && !/^(sqlite:.+|memory:)$/.test(t)) {
        context.addIssue({
          code: 'custom',
          message: 'must begin with sqlite:, redis://, redis+sentinel:// or redis+cluster://, or be memory:',
        });
      }
    })
    .default('sqlite:data/recordings.sqlite')
    .describe(
      'Where the bot remembers recordings: sqlite:path, redis://user:password@host:6379/0, redis+sentinel://host:26379,host2:26379/mymaster, redis+cluster://host:6379,host2:6379 (rediss for TLS), or memory: (forgets all when it ends).',
    ),
  DEFAULT_DURATION: z.string().default('2h').transform(duration).describe('Length of a recording when nobody says.'),
  MAX_DURATION: z
    .string()
    .default('8h')
    .transform(duration)
    .describe('Longest length, extensions included; at most 29d. Past a day the recorder is changed once a day.'),
  MAX_IDLE_TIME: z
    .string()
    .default('5m')
    .transform(duration)
    .describe('How long a recorder stays in an empty channel (Agora: maxIdleTime).'),
  PORT: z
    .string()
    .default('3000')
    .transform(integer(0, 65_535))
    .describe('Port of /agora/notifications, /healthz, /readyz and /metrics, and of /slack/events in HTTP mode.'),
  HOST: z.string().default('0.0.0.0').describe('Address that PORT is opened on.'),
  HEARTBEAT_URL: z
    .string()
    .refine((t) => asUrl(t) !== undefined && /^https?:/.test(t), 'must be an http or https address')
    .optional()
    .describe(
      'Called once a minute while all is well, so that a monitor such as healthchecks.io notices when the bot is gone. It is secret.',
    ),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'must be trace, debug, info, warn, error, fatal or silent',
    )
    .default('info')
    .describe('How much is logged, as JSON lines: debug, info, warn or error.'),
});

export type Environment = z.infer<typeof environment>;
