import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { builtInProfiles } from '../../src/profiles/built-in-profiles.ts';
import { chooseRecipe } from '../../src/profiles/choose-recipe.ts';
import { readProfiles } from '../../src/profiles/read-profiles.ts';
import { checkRecipe } from '../../src/recording/recipe/check-recipe.ts';
import { environmentSettings } from './support/environment-settings.ts';

const ref = (name: string) => `\${${name}}`;
const hour = 3_600_000;
const canary = 'S3CR3T-canary';
const env: Record<string, string> = {
  KEY: 'key',
  SECRET: 'recordingsecret',
  READ_KEY: 'readkey',
  READ_SECRET: 'readsecret',
  ID: 'a'.repeat(32),
  CERT: 'b'.repeat(32),
  CID: 'customer',
  CS: 'customersecret',
  SALT: `${'A'.repeat(43)}=`,
  RTMP: 'rtmp://live.example.com/app/key',
  EMPTY: '',
  WORD: 'word',
  CANARY: canary,
  STS: 'ststoken',
  EXPIRY: '1790000000',
};

type Json = { [name: string]: Json } | Json[] | string | number | boolean | null;
const base: Json = {
  default: 'hd',
  profiles: {
    hd: { mode: 'mix', recordingConfig: {}, layout: 'panel', storage: 'archive', project: 'live' },
    people: { mode: 'individual' },
    page: { mode: 'web' },
  },
  layouts: { panel: [{ x_axis: 0, y_axis: 0, width: 1, height: 1 }] },
  storages: {
    archive: { vendor: 's3', region: 'us-east-1', bucket: 'b', accessKey: ref('KEY'), secretKey: ref('SECRET') },
    minio: { vendor: 11, endpoint: 'minio.example.com', bucket: 'b', accessKey: 'k', secretKey: ref('SECRET') },
    blob: { vendor: 'azure', bucket: 'b', accessKey: 'account', secretKey: ref('SECRET') },
  },
  projects: { live: { appId: ref('ID'), customerId: 'c', customerSecret: ref('CS') } },
  webPages: { allow: ['*.example.com'] },
};

/** The base with other values at some paths; undefined takes a field out. */
function changed(...changes: [path: string, value: Json | undefined][]): Json {
  const copy = structuredClone(base);
  for (const [path, value] of changes) {
    const names = path.split('.');
    const last = names.pop() ?? '';
    let place = copy as { [name: string]: Json };
    for (const name of names) {
      place[name] ??= {};
      place = place[name] as { [name: string]: Json };
    }
    if (value === undefined) delete place[last];
    else place[last] = value;
  }
  return copy;
}

const read = (text: string) => readProfiles({ text, file: 'profiles.yml', env: (name) => env[name] });
/** JSON is YAML. */
const readJson = (value: Json) => read(JSON.stringify(value, null, 2));
const problemsOf = (result: ReturnType<typeof readProfiles>) => (result.ok ? [] : result.problems);
const profilesOf = (result: ReturnType<typeof readProfiles>) => {
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.profiles;
};
const recorder = (param: Json, ...more: Json[]): Json => ({
  extensionServices: [{ serviceName: 'web_recorder_service', serviceParam: param }, ...more],
});
const push = (rtmpUrl: Json): Json => ({
  serviceName: 'rtmp_publish_service',
  serviceParam: { outputs: [{ rtmpUrl }] },
});

describe('a file that is right', () => {
  test('has its profiles with all that they leave out', () => {
    const profiles = profilesOf(readJson(base));
    expect(profiles.default).toBe('hd');
    expect(profiles.names).toEqual(['hd', 'people', 'page']);
    expect(profiles.get('hd')).toEqual({
      recipe: {
        profile: 'hd',
        project: 'live',
        storage: 'archive',
        mode: 'mix',
        layout: 'panel',
        recordingConfig: {
          channelType: 1,
          streamTypes: 2,
          maxIdleTime: 300,
          privateParams: '{"correctEXTINF":true}',
          transcodingConfig: {
            width: 1280,
            height: 720,
            fps: 15,
            bitrate: 1130,
            mixedVideoLayout: 3,
            layoutConfig: [{ x_axis: 0, y_axis: 0, width: 1, height: 1 }],
          },
        },
        recordingFileConfig: { avFileType: ['hls'] },
      },
      defaultDuration: 2 * hour,
      maxDuration: 8 * hour,
      allow: [],
      replace: 0,
      redundant: false,
    });
    expect(profiles.get('people')?.recipe).toMatchObject({
      project: 'default',
      storage: 'default',
      mode: 'individual',
    });
    expect(profiles.get('nobody')).toBeUndefined();
    expect(profiles.get('constructor')).toBeUndefined();
    expect(profiles.webPages.allow).toEqual(['*.example.com']);
    expect(profiles.maxIdleTime).toBe(300_000);
    expect(profiles.projects.get('live')).toMatchObject({ qps: 10, maxConcurrent: 50 });
  });

  test('takes what it leaves out from the environment', () => {
    const builtIn = builtInProfiles(environmentSettings);
    const result = readProfiles({
      text: JSON.stringify(base),
      file: 'profiles.yml',
      env: (name) => env[name],
      builtIn,
    });
    const profiles = profilesOf(result);
    expect(profiles.get('people')).toMatchObject({
      defaultDuration: hour,
      maxDuration: 3 * hour,
      recipe: { recordingConfig: { maxIdleTime: 60 } },
    });
    expect(profiles.get('page')?.recipe.extensionServiceConfig?.extensionServices).toMatchObject([
      { serviceParam: { maxRecordingHour: 3 } },
    ]);
    expect([...profiles.storages.keys()]).toEqual(['default', 'archive', 'minio', 'blob']);
    expect(profiles.storages.get('default')).toEqual(builtIn.storages.get('default'));
    expect([...profiles.projects.keys()]).toEqual(['default', 'live']);
    expect(profiles.projects.get('live')?.apiUrls).toEqual(environmentSettings.AGORA_API_URLS);
  });

  test('storages and projects have their secrets, and no profile has one', () => {
    const result = readJson(
      changed(
        [
          'storages.archive',
          {
            vendor: 1,
            region: '0',
            bucket: 'b',
            accessKey: ref('KEY'),
            secretKey: ref('SECRET'),
            prefix: ['acme', 'prod'],
            extensionParams: { sse: 'kms', tag: 'a' },
            read: { accessKey: ref('READ_KEY'), secretKey: ref('READ_SECRET') },
            linkEndpoint: 'http://127.0.0.1:9000',
            signingRegion: 'us-east-2',
            addressing: 'path',
            publicBaseUrl: 'https://files.example.com/',
            stsToken: ref('STS'),
            stsExpiration: ref('EXPIRY'),
          },
        ],
        ['projects.live.appCertificate', ref('CERT')],
        ['projects.live.apiUrls', ['https://api.example.com']],
        ['projects.live.qps', 20],
        ['profiles.people.recordingConfig', { decryptionMode: 8, secret: ref('SECRET'), salt: ref('SALT') }],
        ['profiles.page.extensionServiceConfig', recorder({}, push(ref('RTMP')))],
      ),
    );
    const profiles = profilesOf(result);
    expect(profiles.storages.get('archive')).toEqual({
      name: 'archive',
      vendor: 1,
      region: 0,
      regionName: 'us-east-1',
      bucket: 'b',
      accessKey: 'key',
      secretKey: 'recordingsecret',
      prefix: ['acme', 'prod'],
      sse: 'kms',
      tag: 'a',
      read: { accessKey: 'readkey', secretKey: 'readsecret' },
      linkEndpoint: 'http://127.0.0.1:9000',
      signingRegion: 'us-east-2',
      addressing: 'path',
      publicBaseUrl: 'https://files.example.com',
      stsToken: 'ststoken',
      stsExpiration: 1_790_000_000,
    });
    expect(profiles.storages.get('minio')).toMatchObject({
      vendor: 11,
      region: 0,
      regionName: '',
      endpointHost: 'minio.example.com',
      endpointUrl: 'https://minio.example.com',
    });
    expect(profiles.projects.get('live')).toEqual({
      name: 'live',
      appId: env.ID,
      appCertificate: env.CERT,
      customerId: 'c',
      customerSecret: 'customersecret',
      apiUrls: ['https://api.example.com'],
      qps: 20,
      maxConcurrent: 50,
    });
    expect(result.ok && result.secrets.toSorted()).toEqual(
      [env.SECRET, env.READ_SECRET, env.STS, env.CERT, env.CS, env.SALT, env.RTMP].toSorted(),
    );
    const recipes = JSON.stringify(profiles.names.map((name) => profiles.get(name)));
    for (const secret of result.ok ? result.secrets : []) expect(recipes).not.toContain(secret);
  });

  test.each<[string, Json]>([
    ['no default, where there is one profile', { profiles: { only: { mode: 'mix' } } }],
    ['a default named default', { default: 'default', profiles: { default: { mode: 'mix' }, b: { mode: 'mix' } } }],
    [
      "the environment's storage and project by name",
      changed(['profiles.hd.storage', 'default'], ['profiles.hd.project', 'default']),
    ],
    [
      'keys with nothing after them',
      changed(['profiles.hd.alertChannel', null], ['layouts.panel.0.uid', null], ['webPages', null]),
    ],
    [
      'empty fields that the mode does not take',
      changed(['profiles.hd.snapshotConfig', {}], ['profiles.hd.extensionServiceConfig', {}]),
    ],
    ['a word as layout', changed(['profiles.hd.layout', 'floating'])],
    ['durations at their ends', changed(['profiles.hd.defaultDuration', '30s'], ['profiles.hd.maxDuration', '29d'])],
    ['an http host on this machine', changed(['storages.minio.endpoint', 'http://127.0.0.1:9000'])],
    [
      'any host',
      changed(['webPages', {}], ['profiles.page.extensionServiceConfig', recorder({ url: 'https://a.org/' })]),
    ],
    ['the longest prefix', changed(['storages.archive.prefix', ['a'.repeat(63), 'b'.repeat(64)]])],
  ])('may have %s', (_, value) => {
    expect(readJson(value)).toMatchObject({ ok: true });
  });

  test('anchors, aliases and merge keys are followed', () => {
    const profiles = profilesOf(
      read(`default: a
profiles:
  a: &a { mode: mix, defaultDuration: 1h, allow: &us [U0123] }
  b: { <<: *a, mode: individual, allow: *us }
  c: *a
`),
    );
    expect(profiles.get('b')).toMatchObject({
      recipe: { profile: 'b', mode: 'individual' },
      defaultDuration: hour,
      allow: ['U0123'],
    });
    expect(profiles.get('c')?.recipe).toMatchObject({ profile: 'c', mode: 'mix' });
  });

  test('a recording of a page lasts no longer than its recorder', () => {
    const profiles = profilesOf(
      readJson(changed(['profiles.page.extensionServiceConfig', recorder({ maxRecordingHour: 1 })])),
    );
    expect(profiles.get('page')).toMatchObject({ defaultDuration: hour, maxDuration: hour });
  });
});

describe('a file that is wrong', () => {
  const at =
    (path: string) =>
    (value: Json | undefined, message: RegExp, where = path) =>
      [where, message, changed([path, value])] as const;
  const hd = (field: string) => at(`profiles.hd.${field}`);
  const people = (field: string) => at(`profiles.people.${field}`);
  const page = (field: string) => at(`profiles.page.${field}`);
  const archive = (field: string) => at(`storages.archive.${field}`);
  const live = (field: string) => at(`projects.live.${field}`);
  const service = 'profiles.page.extensionServiceConfig.extensionServices';
  const reference = /must be a reference to a variable of the environment in quotes/;
  const url = (value: string, message: RegExp) =>
    page('extensionServiceConfig')(recorder({ url: value }), message, `${service}[0].serviceParam.url`);

  test.each([
    // The file.
    at('default')('hdd', /is not a profile of this file; did you mean hd\?/),
    at('default')('zebra', /is not a profile of this file; there is hd, people, page/),
    at('default')(undefined, /is missing; it must be the profile to take: hd, people, page/),
    at('default')(['hd'], /must be 1 to 64 letters/),
    at('profile')({}, /is not known; did you mean profiles\?/),
    at('webPages.alow')([], /is not known; did you mean allow\?/),
    at('webPages.allow')('*.example.com', /must be a list of hosts/),
    at('webPages.allow')(['*.example.com', '*'], /must be a host such as example.com/, 'webPages.allow[1]'),
    at('webPages')([], /must be a set of fields/),
    at('profiles.a b')({ mode: 'mix' }, /is not a name: it must be 1 to 64 letters/, 'profiles."a b"'),
    // Profiles.
    at('profiles.hd')('mix', /must be a set of fields/),
    hd('mode')('composite', /must be mix, individual or web/),
    hd('mode')(undefined, /is missing; it must be mix, individual or web/),
    hd('maxDuraton')('1h', /is not known; did you mean maxDuration\?/),
    hd('defaultDuration')(90, /must be a duration such as 90s, 45m or 1h30m, from 30s to 29d/),
    hd('defaultDuration')('29s', /from 30s to 29d/),
    hd('maxDuration')('30d', /from 30s to 29d/),
    hd('defaultDuration')('9h', /must not be longer than maxDuration, which is 8h/),
    hd('alertChannel')('#ops', /must be the id of a channel/),
    hd('allow')('U0123', /must be a list of ids/),
    hd('allow')(['U0123', 'ana'], /must be the id of a user/, 'profiles.hd.allow[1]'),
    hd('replace')(11, /a whole number from 0 to 10/),
    hd('redundant')('yes', /must be true or false/),
    hd('storage')('arhive', /is not a storage of this file; did you mean archive\?/),
    hd('project')('zebra', /is not a project of this file; there is live/),
    hd('layout')('pannel', /is not a layout of this file; did you mean panel\?/),
    hd('layout')('zebra', /there is panel, floating, bestfit, vertical/),
    hd('layout')('vertical', /needs recordingConfig.transcodingConfig.maxResolutionUid/),
    people('layout')('panel', /only for mode mix/),
    hd('recordingConfig')({ streamTypes: 0 }, /is of no use with .*streamTypes 0.*no picture/, 'profiles.hd.layout'),
    hd('recordingConfig')(
      { transcodingConfig: { mixedVideoLayout: 1 } },
      /excludes .*mixedVideoLayout/,
      'profiles.hd.layout',
    ),
    hd('recordingConfig')('x', /must be a set of fields/),
    hd('recordingConfig')([], /must be a set of fields/),
    hd('recordingConfig')({ maxIdleTime: 1 }, /from 5 to 2592000 seconds/, 'profiles.hd.recordingConfig.maxIdleTime'),
    hd('recordingConfig')(
      { transcodingConfig: 1 },
      /must be a set of fields/,
      'profiles.hd.recordingConfig.transcodingConfig',
    ),
    hd('recordingFileConfig')(
      { avFileType: ['mp4'] },
      /must be \["hls"\] or/,
      'profiles.hd.recordingFileConfig.avFileType',
    ),
    hd('snapshotConfig')({ captureInterval: 10 }, /only for mode individual/),
    people('snapshotConfig')(
      { captureInterval: 4 },
      /from 5 to 3600/,
      'profiles.people.snapshotConfig.captureInterval',
    ),
    people('recordingConfig')(
      { decryptionMode: 1, secret: canary },
      reference,
      'profiles.people.recordingConfig.secret',
    ),
    people('recordingConfig')(
      { decryptionMode: 1, secret: ref('NOPE') },
      /refers to \$\{NOPE\}, which is not set/,
      'profiles.people.recordingConfig.secret',
    ),
    people('recordingConfig')(
      { decryptionMode: 7, secret: ref('SECRET'), salt: ref('CANARY') },
      /refers to \$\{CANARY\}, which is refused: must be 32 bytes in base64/,
      'profiles.people.recordingConfig.salt',
    ),
    page('recordingConfig')({ channelType: 1 }, /only for mode mix and individual/),
    page('extensionServiceConfig')('x', /must be a set of fields/),
    page('extensionServiceConfig')(
      recorder({ videoWidth: 100 }),
      /from 240 to 1920/,
      `${service}[0].serviceParam.videoWidth`,
    ),
    page('extensionServiceConfig')(
      recorder({}, push(ref('WORD'))),
      /is refused: .* rtmp:\/\//,
      `${service}[1].serviceParam.outputs[0].rtmpUrl`,
    ),
    page('extensionServiceConfig')(
      recorder({}, push('rtmp://a.example.com/a/b')),
      reference,
      `${service}[1].serviceParam.outputs[0].rtmpUrl`,
    ),
    url('https://10.0.0.1/', /is refused: The host must not be a private/),
    url('https://example.org/', /is refused: Pages of this host are not recorded here/),
    [
      'profiles.page.maxDuration',
      /must not be longer than the page's maxRecordingHour, which is 2h/,
      changed(
        ['profiles.page.extensionServiceConfig', recorder({ maxRecordingHour: 2 })],
        ['profiles.page.maxDuration', '3h'],
      ),
    ] as const,
    // Layouts.
    at('layouts.panel')([], /a list of 1 to 17 windows/),
    at('layouts.panel')(
      [{ x_axis: 0, y_axis: 0, width: 1 }],
      /is missing; it must be a number from 0 to 1/,
      'layouts.panel[0].height',
    ),
    at('layouts.bestfit')([{ x_axis: 0, y_axis: 0, width: 1, height: 1 }], /one of Agora's own layouts/),
    // Storages.
    at('storages.default')({}, /is the environment's; give it another name/),
    archive('vendor')('s4', /must be one of s3 \(1\)/),
    archive('vendor')(undefined, /is missing; it must be the storage's name/),
    archive('region')('us-east-9', /must be a region of Amazon S3/),
    archive('region')(undefined, /is missing; it must be a region of Amazon S3/),
    archive('bucket')('a/b', /without slashes/),
    archive('accessKey')(undefined, /is missing; it must be a text/),
    archive('accessKey')(ref('EMPTY'), /refers to \$\{EMPTY\}, which is not set/),
    archive('secretKey')(canary, reference),
    archive('secretKey')([canary], /must be a text/),
    archive('secretKey')(undefined, /is missing/),
    archive('secretKey')(ref('NOPE'), /refers to \$\{NOPE\}, which is not set in the environment/),
    archive('read')({ accessKey: 'a' }, /is missing/, 'storages.archive.read.secretKey'),
    archive('read')({ accessKey: 'a', secretKey: canary }, reference, 'storages.archive.read.secretKey'),
    archive('prefix')('acme/prod', /must be a list of 1 to 128 folders/),
    archive('prefix')(['a_b'], /must be letters and digits/, 'storages.archive.prefix[0]'),
    archive('prefix')(['a'.repeat(64), 'b'.repeat(64)], /at most 128 characters/),
    archive('endpoint')('minio.example.com', /is only for s3-compatible storage/),
    archive('extensionParams')({ sse: 'aws' }, /must be kms or aes256/, 'storages.archive.extensionParams.sse'),
    archive('extensionParams')(
      { endpoint: 'a.example.com' },
      /one level further out/,
      'storages.archive.extensionParams.endpoint',
    ),
    archive('linkEndpoint')('http://files.example.com', /must be a host such as/),
    archive('publicBaseUrl')('files.example.com', /must be an https address/),
    archive('publicBaseUrl')('https://user:pw@files.example.com', /must be an https address/),
    archive('publicBaseUrl')('https://files.example.com/?a=b', /must be an https address/),
    archive('publicBaseUrl')('https://files.example.com/#a', /must be an https address/),
    archive('addressing')('host', /must be virtual or path/),
    archive('signingRegion')('us east', /must be a name such as us-east-1/),
    archive('stsToken')(
      ref('STS'),
      /is missing; stsToken and stsExpiration go together/,
      'storages.archive.stsExpiration',
    ),
    archive('stsExpiration')(1_790_000_000, /is missing; stsToken and/, 'storages.archive.stsToken'),
    archive('sts')({}, /is not known/),
    [
      'storages.archive.secretKey',
      /does not go with credentials/,
      changed(['storages.archive.credentials', { file: '/run/sts.json' }], ['storages.archive.accessKey', undefined]),
    ] as const,
    ...(
      [
        [{}, /must have either file or url/, ''],
        [{ file: 'a', url: 'https://a.example.com' }, /must have either file or url/, ''],
        [{ file: 'a', authorization: ref('CANARY') }, /goes with url only/, '.authorization'],
        [{ url: 'http://10.0.0.7/creds' }, /must be an https address, or an http address on this machine/, '.url'],
        [{ url: 'https://id:secret@a.example.com/' }, /must be an https address/, '.url'],
        [{ url: 'https://a.example.com/', authorization: canary }, reference, '.authorization'],
        [{ file: 'a', command: 'aws sts' }, /known here: file, url, authorization/, '.command'],
      ] as const
    ).map(
      ([credentials, message, at]) =>
        [
          `storages.archive.credentials${at}`,
          message,
          changed(
            ['storages.archive.credentials', credentials as Json],
            ['storages.archive.accessKey', undefined],
            ['storages.archive.secretKey', undefined],
          ),
        ] as const,
    ),
    [
      'storages.blob.credentials',
      /are only for s3 \(1\), oss \(2\) and cos \(3\)/,
      changed(
        ['storages.blob.credentials', { file: '/run/sts.json' }],
        ['storages.blob.accessKey', undefined],
        ['storages.blob.secretKey', undefined],
      ),
    ] as const,
    at('storages.minio.endpoint')(undefined, /is missing; it must be a host/),
    at('storages.minio.endpoint')('minio.example.com/path', /must be a host/),
    at('storages.blob.extensionParams')(
      { tag: 'a' },
      /only for s3 \(1\) and oss \(2\)/,
      'storages.blob.extensionParams.tag',
    ),
    at('storages.blob.extensionParams')({ sse: 'kms' }, /only for s3 \(1\)/, 'storages.blob.extensionParams.sse'),
    [
      'storages.blob.stsToken',
      /only for s3 \(1\), oss \(2\) and cos \(3\)/,
      changed(['storages.blob.stsToken', ref('STS')], ['storages.blob.stsExpiration', 1_790_000_000]),
    ] as const,
    // Projects.
    at('projects.default')({}, /is the environment's; give it another name/),
    live('appId')('abc', /must be the App ID: 32 hexadecimal digits/),
    live('appId')(ref('CANARY'), /must be the App ID: 32 hexadecimal digits/),
    live('appCertificate')(env.CERT, reference),
    live('appCertificate')(ref('CANARY'), /must be the App Certificate/),
    live('customerId')(undefined, /is missing/),
    live('customerSecret')(canary, reference),
    live('customerSecret')(ref('NOPE'), /\$\{NOPE\}/),
    live('apiUrls')('https://api.example.com', /must be a list of https addresses/),
    live('apiUrls')(['http://api.example.com'], /must be an https address/, 'projects.live.apiUrls[0]'),
    live('qps')(0, /from 1 to 1000/),
    live('maxConcurrent')('many', /from 1 to 100000/),
  ])('%s %s', (path, message, value) => {
    const problems = problemsOf(readJson(value)).filter((p) => !path.endsWith('.default') || !p.includes(`${path}.`));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
    expect(problems[0]).toMatch(/^profiles\.yml(, line \d+)?: .*[^.?][.?]$/);
    expect(problems[0]?.replace(/^.*?: /, '').startsWith(`${path} `)).toBe(true);
    expect(problems[0]).not.toContain(canary);
  });

  // It would read as "nobody", and others would decide.
  test('a list of who is allowed that names nobody', () => {
    const said = [[], null].flatMap((allow) => [
      ...problemsOf(readJson(changed(['webPages.allow', allow]))),
      ...problemsOf(readJson(changed(['profiles.hd.allow', allow]))),
    ]);
    const page = expect.stringMatching(
      /: webPages\.allow names no host; write .*, or leave it out for any public host\.$/,
    );
    const profile = expect.stringMatching(
      /: profiles\.hd\.allow names nobody; write .*, or leave it out for RECORD_ALLOWED\.$/,
    );
    expect(said).toEqual([page, profile, page, profile]);
  });

  test.each<[string, string, RegExp]>([
    ['nothing', '', /^profiles\.yml: the file is empty; it must have profiles\.$/],
    ['comments', '# nothing yet\n', /the file is empty/],
    ['a list', '- hd\n', /the file must be a set of fields/],
    [
      'a list of layouts',
      'profiles: { a: { mode: mix } }\nlayouts: []\n',
      /line 2: layouts must be a set of layouts, each/,
    ],
    ['no profiles', 'default: hd\n', /profiles is missing; it must be a set of profiles/],
    ['empty profiles', 'profiles: {}\n', /line 1: profiles must have one profile at least/],
    ['a key twice', 'profiles:\n  a: { mode: mix }\n  a: { mode: web }\n', /line 3: this key is there twice/],
    ['a tab', 'profiles:\n\ta: 1\n', /line 2: a tab is used to indent; use spaces/],
    ['an open bracket', 'profiles: { a: { mode: mix }\n', /line \d: (a quote, a bracket|the indentation)/],
    ['an open quote', 'profiles: "x\n', /line \d: a quote, a bracket/],
    ['a reference without quotes', `profiles: { a: ${ref('KEY')} }\n`, /line 1: .* go in quotes inside \{ \}/],
    [
      'an alias without anchor',
      `storages: { a: { secretKey: *${canary} } }\n`,
      /line 1: an alias \(\*name\) has no anchor/,
    ],
    ['a tag', `storages: { a: { secretKey: !${canary} x } }\n`, /line 1: tags are not known here/],
    ['a reserved sign', `a: @${canary}\n`, /line 1: a text that begins with @/],
    ['a colon too many', `a: ${canary}: b\n`, /line 1: there is one colon too many/],
    ['two documents', 'profiles: {}\n---\nprofiles: {}\n', /line 2: the file must be one document/],
    ['an alias in its own anchor', 'profiles: &p { a: *p }\n', /aliases repeat too much, or stand within/],
    [
      'aliases without end',
      `a: &a [x, x]\n${[...'bcdefghij'].map((n, i) => `${n}: &${n} [${`*${'abcdefghi'[i]}, `.repeat(9)}x]`).join('\n')}\n`,
      /aliases repeat too much/,
    ],
  ])('%s', (_, text, message) => {
    const problems = problemsOf(read(text));
    expect(problems[0]).toMatch(message);
    expect(problems.join()).not.toContain(canary);
  });

  test('every problem has its line, in order', () => {
    const text = `default: hdd
profiles:
  hd:
    mode: mix
    recordingConfig:
      maxIdleTime: 1
      transcodingConfig:
        fps: 25
    storage: nowhere
storages:
  archive:
    vendor: s3
    secretKey: ${canary}
`;
    expect(problemsOf(read(text)).map((p) => /line (\d+): (\S+)/.exec(p)?.slice(1).join(' '))).toEqual([
      '1 default',
      '6 profiles.hd.recordingConfig.maxIdleTime',
      '8 profiles.hd.recordingConfig.transcodingConfig.fps',
      '9 profiles.hd.storage',
      '11 storages.archive.bucket',
      '11 storages.archive.accessKey',
      '11 storages.archive.region',
      '13 storages.archive.secretKey',
    ]);
  });

  test('a layout that is wrong is said once, and not again by those who use it', () => {
    const problems = problemsOf(readJson(changed(['layouts.panel', [{ x_axis: 2, y_axis: 0, width: 0, height: 1 }]])));
    expect(problems.map((p) => /: (\S+)/.exec(p)?.[1])).toEqual(['layouts.panel[0].x_axis', 'layouts.panel[0].width']);
  });

  test('a page is recorded no longer than Agora takes a stop for it', () => {
    const lasting = (maxRecordingHour: number) =>
      readJson(
        changed(
          ['profiles.page.extensionServiceConfig', recorder({ maxRecordingHour })],
          ['profiles.page.maxDuration', '3h'],
          ['profiles.page.defaultDuration', '1h'],
        ),
      );
    expect(lasting(27).ok).toBe(true);
    expect(lasting(28)).toEqual({
      ok: false,
      problems: [
        expect.stringMatching(
          /serviceParam\.maxRecordingHour must be at most 27, a day past the profile's maxDuration, which is 3h: after that Agora takes no stop/,
        ),
      ],
    });
  });

  test('no message ever shows a literal secret or the value of a variable', () => {
    const places = [
      'storages.archive.secretKey',
      'storages.archive.accessKey',
      'storages.archive.stsToken',
      'storages.archive.read',
      'storages.archive.region',
      'storages.archive.vendor',
      'storages.archive.linkEndpoint',
      'projects.live.appId',
      'projects.live.appCertificate',
      'projects.live.customerSecret',
      'projects.live.qps',
      'profiles.people.recordingConfig.secret',
      'profiles.people.recordingConfig.salt',
      'profiles.page.extensionServiceConfig.extensionServices',
      'profiles.hd.mode',
      'profiles.hd.recordingConfig',
      'layouts.panel',
    ];
    const secret = fc.constantFrom(
      ref('CANARY'),
      canary,
      `x ${canary}`,
      `*${canary}`,
      `!${canary}`,
      `\`${canary}`,
      `@${canary}`,
      `${canary}: x`,
      `"${canary}`,
      `{${canary}`,
      `&${canary} x`,
      `|${canary}`,
    );
    const shape = fc.constantFrom<(s: string) => Json>(
      (s) => s,
      (s) => [s],
      (s) => ({ secretKey: s, accessKey: s }),
      (s) => [{ serviceName: 'rtmp_publish_service', serviceParam: { outputs: [{ rtmpUrl: s }] } }],
    );
    const spot = fc.tuple(fc.constantFrom(...places), secret, shape);
    fc.assert(
      fc.property(fc.array(spot, { minLength: 1, maxLength: 4 }), fc.boolean(), (spots, quoted) => {
        const json = JSON.stringify(
          changed(...spots.map(([path, s, make]) => [path, make(s)] as [string, Json])),
          null,
          2,
        );
        // Without quotes the YAML itself may break, and the parser quotes what it does not understand.
        const text = quoted ? json : json.replaceAll(/"([^"\n]*S3CR3T[^"\n]*)"/g, '$1');
        expect(problemsOf(read(text)).join('\n')).not.toContain(canary);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('profiles.example.yml', () => {
  const text = readFileSync(join(import.meta.dirname, '../../profiles.example.yml'), 'utf8');
  const special: Record<string, string> = {
    CHANNEL_SALT: env.SALT ?? '',
    RTMP_URL: env.RTMP ?? '',
    LIVE_APP_ID: 'a'.repeat(32),
    LIVE_APP_CERTIFICATE: 'b'.repeat(32),
  };
  const result = readProfiles({
    text,
    file: 'profiles.example.yml',
    env: (name) => special[name] ?? 'value',
    builtIn: builtInProfiles(environmentSettings),
  });

  test('is valid, and has all kinds', () => {
    const profiles = profilesOf(result);
    const recipes = profiles.names.map((name) => profiles.get(name)?.recipe);
    expect(new Set(recipes.map((r) => r?.mode))).toEqual(new Set(['mix', 'individual', 'web']));
    expect(recipes.some((r) => r?.snapshotConfig && !r.recordingFileConfig)).toBe(true);
    for (const name of profiles.names) {
      const chosen = chooseRecipe(
        profiles,
        name === 'page' ? { profile: name, web: 'https://example.com/a' } : { profile: name },
      );
      expect(chosen).toMatchObject({ ok: true });
      if (chosen.ok) expect(checkRecipe(chosen.profile.recipe)).toMatchObject({ ok: true });
    }
  });

  test.each([
    ['fixed credentials', /^(?!credentials)/, /^$/gm],
    ['credentials in a file', /^(?!credentials: \{ url|sts)/, /^ {4}(accessKey|secretKey): "\$\{ARCHIVE_.*\n/gm],
    ['credentials at an address', /^(?!credentials: \{ file|sts)/, /^ {4}(accessKey|secretKey): "\$\{ARCHIVE_.*\n/gm],
  ])('what is commented out is valid too: %s', (_what, wanted, replaced) => {
    const all = text
      .replaceAll(/^ {4}# (\w+: .*)$/gm, (line, field: string) => (wanted.test(field) ? `    ${field}` : line))
      .replaceAll(replaced, '');
    expect(all).toMatch(/\n {4}(stsToken|credentials): /);
    const read = readProfiles({ text: all, file: 'f', env: (name) => special[name] ?? 'value' });
    expect(read.ok ? [] : read.problems).toEqual([]);
  });

  test('says that a missing variable is missing, for each that it names', () => {
    const names = new Set([...text.replaceAll(/^\s*#.*$/gm, '').matchAll(/"\$\{(\w+)\}"/g)].map((m) => m[1] ?? ''));
    const read = readProfiles({ text, file: 'f', env: () => undefined });
    const problems = problemsOf(read);
    expect(names.size).toBeGreaterThan(10);
    for (const name of names) expect(problems.join('\n')).toContain(`${ref(name)}, which is not set`);
  });
});

test('without a file there is one profile, as the environment says', () => {
  const profiles = builtInProfiles(environmentSettings);
  expect(profiles.names).toEqual([profiles.default]);
  expect(profiles.get(profiles.default)).toMatchObject({
    recipe: {
      profile: 'default',
      project: 'default',
      storage: 'default',
      mode: 'mix',
      recordingConfig: { maxIdleTime: 60 },
    },
    defaultDuration: hour,
    maxDuration: 3 * hour,
  });
  expect(checkRecipe(profiles.get('default')?.recipe)).toMatchObject({ ok: true });
  expect(profiles.storages.get('default')).toMatchObject({
    bucket: 'bucket',
    read: { accessKey: 'rk', secretKey: 'rs' },
  });
  expect(profiles.projects.get('default')).toMatchObject({ appId: 'a'.repeat(32), qps: 10 });
});
