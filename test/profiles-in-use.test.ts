import { afterEach, describe, expect, test } from 'vitest';
import { startWorld, type World } from './support/start-world.ts';
import { until } from './support/until.ts';

/** What a person types, over what an operator has written into profiles.yml. */
let world: World;
afterEach(() => world.close());

const profiles = `
default: hd
profiles:
  hd: { mode: mix, replace: 1, defaultDuration: 30m, maxDuration: 2h }
  tracks: { mode: individual, recordingConfig: { subscribeUidGroup: 1 } }
  page: { mode: web, extensionServiceConfig: {} , defaultDuration: 1h, maxDuration: 1h }
  secret: { mode: mix, recordingConfig: { decryptionMode: 1, secret: "\${DECRYPTION}" } }
  bens: { mode: mix, allow: [U0BEN] }
layouts:
  panel: [ { uid: "1001", x_axis: 0, y_axis: 0, width: 0.5, height: 1 }, { uid: "1002", x_axis: 0.5, y_axis: 0, width: 0.5, height: 1 } ]
webPages: { allow: ["*.example.com"] }
`;
const canary = 'canary-decryption-secret';
const type = (text: string, user = 'U0ANA') => world.slack.type({ user, channel: 'C0CLASSES', text });
const start = async () => {
  world = await startWorld({ profiles, env: { DECRYPTION: canary } });
};
const whispers = (user = 'U0ANA') =>
  world.slack
    .messages('C0CLASSES', user)
    .filter((m) => m.is_ephemeral)
    .map((m) => m.text + JSON.stringify(m.blocks))
    .join('\n');
const started = (name: string) => until(`a task of ${name}`, () => world.agora.ledger().find((t) => t.cname === name));
const requests = () => JSON.stringify(world.agora.requests);

describe('from Slack', () => {
  test.each([
    ['/record start a --profile tracks', 'a', /"?mode\/individual/],
    ['/record start a --mode individual', 'a', /mode\/individual/],
    ['/record start --web https://www.example.com/live --profile page', 'www.example.com:live', /mode\/web/],
    ['/record snap a --every 30s', 'a', /mode\/individual/],
    ['/record start a --layout panel', 'a', /mode\/mix/],
    ['/record start a --redundant --title "Week 3"', 'a', /mode\/mix/],
  ])('%s', async (typed, name, wanted) => {
    await start();
    expect(await type(typed)).toMatchObject({ ok: true });
    await started(name);
    expect(requests()).toMatch(wanted);
  });

  test.each([
    ['/record start a --profile hdd', /profile.*hd/],
    ['/record start a --mode both', /mode/],
    ['/record start --web http://www.example.com', /https/],
    ['/record start --web https://127.0.0.1/', /cannot be recorded/],
    ['/record start --web https://2130706433/', /cannot be recorded/],
    ['/record start --web https://evil.test/', /\*\.example\.com/],
    ['/record start a --for 3h', /too long/],
    ['/record start a --layout mosaic', /panel/],
  ])('%s is refused in one sentence, and nothing starts', async (typed, wanted) => {
    await start();
    await type(typed);
    await until('an answer', () => whispers() !== '');
    expect(whispers()).toMatch(wanted);
    expect(await world.bot.recordings.recent(5)).toEqual([]);
  });

  test('who may use a profile is its own list, on start and on stop', async () => {
    await start();
    await type('/record start a --profile bens');
    await until('a refusal', () => /Only these may do this: <@U0BEN>/.test(whispers()));
    expect(await world.bot.recordings.recent(5)).toEqual([]);
    await type('/record start a --profile bens', 'U0BEN');
    await started('a');
    await type('/record stop a');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect((await world.bot.recordings.recent(1))[0]?.desired).toBe('recording');
  });

  test.each([
    'start a --profile tracks',
    'start a --layout panel --redundant',
    'start --web https://www.example.com/live --profile page',
    'snap a --every 30s',
    'start a --profile secret --for 20m',
  ])('--dry-run of %s shows just what is sent then', async (typed) => {
    await start();
    await type(`/record ${typed} --dry-run`);
    await until('an answer', () => /Nothing was started/.test(whispers()));
    const blocks = world.slack.messages('C0CLASSES', 'U0ANA').find((m) => m.is_ephemeral)?.blocks ?? [];
    const pages = blocks.flatMap((b) => /^```([\s\S]*)```$/.exec(textOf(b))?.[1] ?? []);
    const shown = JSON.parse(pages.join('\n'));
    expect(await world.bot.recordings.recent(5)).toEqual([]);

    await type(`/record ${typed}`);
    const sent = (endpoint: string) => world.agora.requests.find((r) => r.endpoint === endpoint)?.body;
    await until('start', () => sent('start'));
    const { uid } = sent('start') as { uid: string };
    expect(shown).toEqual({
      mode: expect.stringMatching(/mix|individual|web/),
      acquire: { ...withDots(sent('acquire')), uid: 'made for each recording' },
      start: { ...withDots(sent('start')), uid: 'made for each recording' },
    });
    expect(uid).toMatch(/^\d+$/);
  });

  test('the list of a profile stays with its recordings', async () => {
    await start();
    await type('/record start a --profile bens', 'U0BEN');
    await started('a');
    const [kept] = await world.bot.recordings.recent(1);
    expect(kept).toMatchObject({ allow: ['U0BEN'] });
  });

  test('a secret reaches Agora and nothing else: neither --dry-run nor store, log or Slack has it', async () => {
    await start();
    await type('/record start a --dry-run --profile secret');
    await until('an answer', () => /Nothing was started/.test(whispers()));
    await type('/record start a --profile secret');
    await started('a');
    const [s] = await world.bot.recordings.recent(1);
    const seen = [whispers(), JSON.stringify(s), world.log.text(), JSON.stringify(world.slack.calls)].join('\n');
    for (const name of ['DECRYPTION', 'AGORA_CUSTOMER_SECRET', 'STORAGE_SECRET_KEY', 'AGORA_APP_CERTIFICATE']) {
      expect(seen, name).not.toContain(world.env[name]);
    }
    expect(seen).toContain(['$', '{DECRYPTION}'].join(''));
  });
});

/** A request as it was sent, with dots for its secrets. */
function withDots(body: unknown): object {
  const secrets = new Set(['token', 'accessKey', 'secretKey', 'secret']);
  return JSON.parse(JSON.stringify(body), (name, value: unknown) => {
    if (!secrets.has(name)) return value;
    return name === 'secret' ? ['$', '{DECRYPTION}'].join('') : '•••';
  });
}

function textOf(block: object): string {
  const { text } = block as { text?: { text?: string } };
  return text?.text ?? '';
}

test('the same channel name in two Agora projects is recorded in both, and each is stopped by its own name', async () => {
  const keys = {
    appId: 'a1'.repeat(16),
    appCertificate: 'b2'.repeat(16),
    customerId: 'c',
    customerSecret: 'live-s3cret',
  };
  world = await startWorld({
    keys,
    env: { LIVE_SECRET: keys.customerSecret, LIVE_CERTIFICATE: keys.appCertificate },
    notifications: true,
    profiles: `
default: own
profiles:
  own: { mode: mix }
  live: { mode: mix, project: live }
projects:
  live: { appId: "${keys.appId}", customerId: "${keys.customerId}", customerSecret: "\${LIVE_SECRET}", appCertificate: "\${LIVE_CERTIFICATE}" }
`,
  });
  const running = () => world.agora.ledger().filter((t) => t.endedAt === undefined);
  await type('/record start math-101');
  await type('/record start math-101 --profile live');
  await until('two tasks', () => running().length === 2);
  await type('/record start math-101 --profile live');
  await until('a refusal', () => /`math-101` is being recorded already/.test(whispers()));
  await type('/record stop math-101');
  await until('a question', () =>
    /type one of `\/record stop default\/math-101`, `\/record stop live\/math-101`/.test(whispers()),
  );
  await type('/record stop live/math-101');
  await until('one task', () => {
    world.clock.advance(1_000);
    return running().length === 1;
  });
  // What is left is meant by the name alone.
  expect(await world.bot.recordings.named('math-101')).toMatchObject([{ recipe: { project: 'default' } }]);
  expect((await world.bot.recordings.named('live/math-101')).map((s) => s.desired)).toEqual(['stopped']);
  await type('/record stop math-101');
  await until('no task', () => {
    world.clock.advance(1_000);
    return running().length === 0;
  });
});
