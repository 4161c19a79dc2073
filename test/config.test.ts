import { describe, expect, test } from 'vitest';
import { describeConfig, readConfig, remarksOn, secretNames } from '../src/config.ts';

const full = {
  SLACK_BOT_TOKEN: 'xoxb-1-2-abc',
  SLACK_APP_TOKEN: 'xapp-1-abc',
  AGORA_APP_ID: 'a'.repeat(32),
  AGORA_CUSTOMER_ID: 'customer',
  AGORA_CUSTOMER_SECRET: 'customer-secret',
  STORAGE_VENDOR: 's3',
  STORAGE_REGION: 'us-east-1',
  STORAGE_BUCKET: 'bucket',
  STORAGE_ACCESS_KEY: 'access',
  STORAGE_SECRET_KEY: 'storage-secret',
};
/** Values at the edge of what is allowed. */
const values = {
  RECORD_ALLOWED: ' U0ANA, W0BEN,S0TEAM,C0CLASSES,G0OLD, ',
  AGORA_API_URLS: 'http://127.0.0.1:8080,http://localhost:8081,http://[::1]:8082',
  STORAGE_PREFIX: '/acme/prod/',
  STORE_URL: 'rediss://:p%40ss@redis.example.com:6380/2',
  MAX_DURATION: '23h50m',
  MAX_IDLE_TIME: '5s',
  PORT: '0',
  SLACK_API_URL: 'http://127.0.0.1:4000/api/',
};
const problems = (env: Record<string, string | undefined>) => {
  const read = readConfig(env);
  return read.ok ? [] : read.problems;
};
const config = (env: Record<string, string | undefined>) => {
  const read = readConfig(env);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.config;
};

describe('the environment', () => {
  test('the required ones are enough, and the rest has defaults', () => {
    expect(config(full)).toMatchObject({
      SLACK_API_URL: 'https://slack.com/api/',
      RECORD_COMMAND: '/record',
      RECORD_ALLOWED: [],
      AGORA_API_URLS: ['https://api.agora.io', 'https://api.sd-rtn.com'],
      AGORA_QPS: 10,
      DEFAULT_DURATION: 7_200_000,
      MAX_DURATION: 28_800_000,
      MAX_IDLE_TIME: 300_000,
      PORT: 3000,
      storage: { vendor: 1, region: 0, regionName: 'us-east-1' },
    });
  });

  test('without anything, every missing one is named at once, with where to get it', () => {
    const found = problems({});
    const required = describeConfig().filter((d) => d.required);
    expect(required.length).toBe(7);
    const keys = describeConfig().filter((d) => ['STORAGE_ACCESS_KEY', 'STORAGE_SECRET_KEY'].includes(d.name));
    for (const d of [...required, ...keys]) expect(found).toContainEqual(`${d.name} is missing. ${d.description}`);
    expect(found.some((p) => p.startsWith('SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing.'))).toBe(true);
  });

  test('an empty variable is one that is not set', () => {
    expect(config({ ...full, ALERT_CHANNEL: '', AGORA_APP_CERTIFICATE: ' ' })).not.toHaveProperty(
      'AGORA_APP_CERTIFICATE',
    );
  });

  test('HTTP mode needs the signing secret only', () => {
    expect(problems({ ...full, SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: '0123456789abcdef' })).toEqual([]);
  });

  test('the signing secret beside an app token is remarked on, and nothing else is', () => {
    const said = remarksOn(config({ ...full, SLACK_SIGNING_SECRET: '0123456789abcdef' }));
    expect(said).toEqual([
      expect.stringMatching(/^SLACK_APP_TOKEN and SLACK_SIGNING_SECRET are both set: Socket Mode/),
    ]);
    expect(said.join()).not.toContain('0123456789abcdef');
    expect(remarksOn(config(full))).toEqual([]);
    expect(remarksOn(config({ ...full, SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: '0123456789abcdef' }))).toEqual([]);
  });

  test.each([
    ['SLACK_BOT_TOKEN', 'xoxp-1', /must be a bot token/],
    ['SLACK_APP_TOKEN', 'xoxb-1', /must be an app-level token/],
    ['SLACK_API_URL', 'https://slack.com/api', /ends with a slash/],
    ['SLACK_API_URL', 'http://example.com/api/', /must be an https address/],
    ['RECORD_COMMAND', 'record', /must be a slash command/],
    ['RECORD_COMMAND', '/Record', /must be a slash command/],
    ['RECORD_COMMAND', '/record now', /must be a slash command/],
    ['RECORD_COMMAND', `/${'r'.repeat(32)}`, /must be a slash command/],
    ['RECORD_ALLOWED', 'ana', /must be ids of users/],
    ['RECORD_ALLOWED', 'U0ANA;U0BEN', /must be ids of users/],
    ['ALERT_CHANNEL', '#ops', /must be the id of a channel/],
    ['AGORA_APP_ID', 'abc', /32 hexadecimal digits/],
    ['AGORA_APP_CERTIFICATE', 'g'.repeat(32), /32 hexadecimal digits/],
    ['AGORA_API_URLS', 'http://api.agora.io', /must be https addresses/],
    ['AGORA_API_URLS', ',', /must be https addresses/],
    ['AGORA_API_URLS', 'https://api.agora.io,ftp://api.sd-rtn.com', /must be https addresses/],
    ['AGORA_API_URLS', 'https://id:secret@api.agora.io', /must be https addresses/],
    ['AGORA_QPS', '0', /whole number from 1 to 1000/],
    ['AGORA_QPS', 'ten', /whole number/],
    ['STORAGE_VENDOR', 'floppy', /must be one of s3 \(1\)/],
    ['STORAGE_REGION', 'moon-1', /must be a region of Amazon S3/],
    ['STORAGE_BUCKET', 's3://recordings', /must be the name of the bucket alone/],
    ['STORAGE_BUCKET', 'recordings/classes', /must be the name of the bucket alone/],
    ['STORAGE_BUCKET', 'my recordings', /must be the name of the bucket alone/],
    [
      'STORAGE_READ_ACCESS_KEY',
      'AK',
      /STORAGE_READ_SECRET_KEY is missing. It goes together with STORAGE_READ_ACCESS_KEY/,
    ],
    [
      'STORAGE_READ_SECRET_KEY',
      'SK',
      /STORAGE_READ_ACCESS_KEY is missing. It goes together with STORAGE_READ_SECRET_KEY/,
    ],
    ['STORAGE_ENDPOINT', 'minio.example.com', /s3-compatible storage only/],
    ['STORAGE_PREFIX', 'a_b', /folders of letters and digits/],
    ['STORAGE_PREFIX', `${'a'.repeat(64)}/${'b'.repeat(64)}`, /at most 128 characters/],
    ['STORE_URL', 'mysql://x', /must begin with sqlite:/],
    ['STORE_URL', 'sqlite:', /must begin with sqlite:/],
    ['STORE_URL', 'redis://host:port', /must be an address such as redis:/],
    ['STORE_URL', 'redis:///1', /must be an address such as redis:/],
    ['STORE_URL', 'redis+sentinel://host:26379', /must name the master that Sentinel watches/],
    ['STORE_URL', 'redis+cluster://host/1', /must not name a database/],
    ['STORE_URL', 'redis+unix:///tmp/x', /must begin with redis:/],
    ['DEFAULT_DURATION', 'two hours', /must be a duration such as/],
    ['DEFAULT_DURATION', '9h', /must not be longer than MAX_DURATION/],
    ['MAX_DURATION', '30d', /at most 29d/],
    ['MAX_CONCURRENT', '0', /whole number from 1/],
    ['LINK_TTL', '8d', /from 1m to 7d/],
    ['PUBLIC_URL', 'http://example.com', /https address/],
    ['MAX_IDLE_TIME', '2s', /from 5s to 30d/],
    ['MAX_IDLE_TIME', '31d', /from 5s to 30d/],
    ['PORT', '70000', /whole number from 0 to 65535/],
    ['LOG_LEVEL', 'loud', /must be trace, debug/],
  ])('%s=%s is one problem with one sentence', (name, value, sentence) => {
    const found = problems({ ...full, [name]: value });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(sentence);
    expect(found[0]).toContain(name);
  });

  const { STORAGE_ACCESS_KEY: _a, STORAGE_SECRET_KEY: _s, ...noKeys } = full;
  test.each<[string, string | undefined, object]>([
    ['/run/secrets/sts.json', undefined, { file: '/run/secrets/sts.json' }],
    ['https://sts.example.com/role', undefined, { url: 'https://sts.example.com/role' }],
    [
      'http://169.254.170.2/v2/credentials/x',
      'token',
      { url: 'http://169.254.170.2/v2/credentials/x', authorization: 'token' },
    ],
  ])('temporary credentials at %s stand in place of the keys', (place, authorization, credentials) => {
    const read = config({ ...noKeys, STORAGE_CREDENTIALS: place, STORAGE_CREDENTIALS_AUTHORIZATION: authorization });
    expect(read.storage.credentials).toEqual(credentials);
  });

  test.each<[object, RegExp]>([
    [{ STORAGE_ACCESS_KEY: 'a' }, /^STORAGE_ACCESS_KEY does not go with STORAGE_CREDENTIALS/],
    [
      { STORAGE_CREDENTIALS: 'http://sts.example.com' },
      /^STORAGE_CREDENTIALS must be the path of a file or an https address/,
    ],
    [
      { STORAGE_CREDENTIALS: 'https://id:pw@sts.example.com' },
      /^STORAGE_CREDENTIALS must be the path of a file or an https/,
    ],
    [
      { STORAGE_VENDOR: 'gcs', STORAGE_REGION: '0' },
      /^STORAGE_CREDENTIALS is for s3 \(1\), oss \(2\) and cos \(3\) only/,
    ],
    [{ STORAGE_CREDENTIALS_AUTHORIZATION: 'x' }, /^STORAGE_CREDENTIALS_AUTHORIZATION goes with an address/],
    [
      { STORAGE_CREDENTIALS: undefined, STORAGE_ACCESS_KEY: 'a' },
      /^STORAGE_SECRET_KEY is missing\. .*unless STORAGE_CREDENTIALS is set/,
    ],
  ])('%o is one problem', (more, sentence) => {
    expect(problems({ ...noKeys, STORAGE_CREDENTIALS: '/a/file', ...more })).toEqual([expect.stringMatching(sentence)]);
  });

  test('no message shows the value of a secret', () => {
    const wrong = Object.fromEntries(secretNames.map((name) => [name, `canary-${name}`]));
    const said = problems({ ...wrong, STORAGE_VENDOR: 'x', PORT: 'y' }).join('\n');
    expect(said).not.toContain('canary');
    expect(said.length).toBeGreaterThan(200);
  });

  test.each([
    ['minio.example.com', 'minio.example.com', 'https://minio.example.com'],
    ['https://minio.example.com:9000', 'minio.example.com', 'https://minio.example.com:9000'],
    ['http://127.0.0.1:9000', '127.0.0.1', 'http://127.0.0.1:9000'],
  ])('S3-compatible storage at %s: Agora gets the host, links the address', (endpoint, endpointHost, endpointUrl) => {
    expect(
      config({ ...full, STORAGE_VENDOR: 'minio', STORAGE_REGION: '0', STORAGE_ENDPOINT: endpoint }).storage,
    ).toMatchObject({ vendor: 11, region: 0, endpointHost, endpointUrl });
  });

  test.each([
    [undefined, /^STORAGE_ENDPOINT is missing\. /],
    ['https://minio.example.com/bucket', /^STORAGE_ENDPOINT must be a host/],
    ['https://key:secret@minio.example.com', /^STORAGE_ENDPOINT must be a host/],
    ['http://minio.example.com', /^STORAGE_ENDPOINT must be a host/],
    ['minio.example.com/bucket', /^STORAGE_ENDPOINT must be a host/],
    ['not a host', /^STORAGE_ENDPOINT must be a host/],
  ])('S3-compatible storage at %s is refused', (endpoint, sentence) => {
    const found = problems({ ...full, STORAGE_VENDOR: '11', STORAGE_REGION: '0', STORAGE_ENDPOINT: endpoint });
    expect(found).toEqual([expect.stringMatching(sentence)]);
    expect(found.join()).not.toContain('key:secret');
  });

  test.each<[keyof typeof values, unknown]>([
    ['RECORD_ALLOWED', ['U0ANA', 'W0BEN', 'S0TEAM', 'C0CLASSES', 'G0OLD']],
    ['AGORA_API_URLS', ['http://127.0.0.1:8080', 'http://localhost:8081', 'http://[::1]:8082']],
    ['STORAGE_PREFIX', ['acme', 'prod']],
    ['STORE_URL', 'rediss://:p%40ss@redis.example.com:6380/2'],
    ['MAX_DURATION', 23 * 3_600_000 + 50 * 60_000],
    ['MAX_IDLE_TIME', 5_000],
    ['PORT', 0],
    ['SLACK_API_URL', 'http://127.0.0.1:4000/api/'],
  ])('%s is read as it is meant', (name, value) => {
    expect(config({ ...full, [name]: values[name] })[name]).toEqual(value);
  });

  test('names and numbers of vendors and regions mean the same', () => {
    expect(config({ ...full, STORAGE_VENDOR: '1', STORAGE_REGION: '7' }).storage.regionName).toBe('eu-central-1');
    expect(config({ ...full, STORAGE_VENDOR: 'aliyun', STORAGE_REGION: 'CN_Beijing' }).storage).toMatchObject({
      vendor: 2,
      region: 3,
    });
    expect(config({ ...full, STORAGE_VENDOR: 'gcs', STORAGE_REGION: '0' }).storage).toMatchObject({
      vendor: 6,
      region: 0,
    });
  });

  test('a shorter MAX_DURATION shortens the default too', () => {
    expect(config({ ...full, MAX_DURATION: '1h' }).DEFAULT_DURATION).toBe(3_600_000);
  });
});
