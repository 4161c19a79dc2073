import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startWorld, type World, type WorldOptions } from './support/start-world.ts';
import { until } from './support/until.ts';

/** A bucket whose keys are temporary, from the file that renews them to the last slice that is written with them. */
let world: World;
// Whole days pass in some of these.
vi.setConfig({ testTimeout: 60_000 });
let folder: string;
/** Everything that was ever in the file. */
let issued: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agora-recording-credentials-'));
  issued = [];
});
afterEach(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const minutes = (n: number) => n * 60_000;
const hours = (n: number) => n * 3_600_000;
const file = () => join(folder, 'credentials.json');

/** As whatever renews the credentials does it: new ones for so many hours, in the shape of AWS's credential_process. */
function renew(forHours: number): void {
  const keys = world.storage.issue(forHours * 3600);
  issued.push(keys.accessKey, keys.secretKey, keys.stsToken);
  writeFileSync(
    file(),
    JSON.stringify({
      Version: 1,
      AccessKeyId: keys.accessKey,
      SecretAccessKey: keys.secretKey,
      SessionToken: keys.stsToken,
      Expiration: new Date(keys.until).toISOString(),
    }),
  );
}

async function begin(options: WorldOptions = {}): Promise<void> {
  world = await startWorld({
    notifications: true,
    profiles: ({ url, bucket }) => `
default: lecture
profiles:
  lecture: { mode: mix, storage: archive, maxDuration: 20h }
storages:
  archive:
    vendor: s3
    region: us-east-1
    bucket: ${bucket}
    credentials: { file: ${JSON.stringify(file())} }
    linkEndpoint: ${url}
    addressing: path
`,
    ...options,
    env: { MAX_DURATION: '20h', ALERT_CHANNEL: 'C0OPS', ...options.env },
  });
}

async function record(duration: string): Promise<void> {
  await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: `/record start math-101 --for ${duration}` });
  await until('a task', () => task());
  world.clock.advance(6_000);
  await cardSays(/🔴 \*Recording\*/);
}
const task = () => world.agora.ledger()[0];
/** Sent fresh ones, whatever came of it. */
const updates = () => world.agora.requests.filter((r) => r.endpoint === 'update');
const problems = () => world.sees().filter((m) => m.text.startsWith('Problem'));
const card = () => JSON.stringify(world.card('math-101')?.blocks);
const cardSays = (words: RegExp) => until(`a card that says ${words}, not ${card()}`, () => words.test(card()));
const stop = () =>
  world.slack.click({
    user: 'U0ANA',
    channel: 'C0CLASSES',
    message_ts: world.card('math-101')?.ts ?? '',
    action_id: 'stop_recording',
  });
/** Nothing of what was issued stands anywhere but in Agora's requests and in the file. A key's id is no secret: signed links show it. */
async function nothingLeaked(): Promise<void> {
  const sessions = await world.bot.recordings.recent(10);
  const said = JSON.stringify([world.sees(), world.slack.messages('C0OPS', 'U0ANA'), sessions]) + world.log.text();
  expect(issued.length).toBeGreaterThan(0);
  for (const [i, secret] of issued.entries()) {
    // Links that are signed with temporary credentials name the token, as S3 wants it; nothing else does.
    if (i % 3 === 1) expect(said).not.toContain(secret);
    else expect(world.log.text()).not.toContain(secret);
  }
}

describe('credentials that are renewed', () => {
  test('are sent each hour while it records, and the files are whole, far past the life of the first', async () => {
    await begin();
    renew(4.5);
    await record('9h');
    for (let hour = 1; hour <= 6; hour++) {
      world.clock.advance(minutes(61));
      renew(4.5);
      // Sent, and known to be in force.
      await until(`update ${hour}`, async () => {
        const [s] = await world.bot.recordings.recent(1);
        return updates().length === hour && (s?.credentials?.until ?? 0) > world.clock.now() + hours(4.4);
      });
    }
    expect(updates().every((r) => r.status === 200)).toBe(true);
    await stop();
    await cardSays(/Ready, files seen in the bucket/);
    expect(problems()).toEqual([]);
    await nothingLeaked();
    // The link dies with the token that it is signed with, so it is not said to be good for longer.
    const links = JSON.stringify(world.card('math-101')?.blocks);
    expect(links).toContain('X-Amz-Security-Token');
    const seconds = [...links.matchAll(/X-Amz-Expires=(\d+)/g)].map((m) => Number(m[1]));
    expect(seconds.length).toBeGreaterThan(0);
    for (const s of seconds) expect(s).toBeLessThanOrEqual(4.5 * 3600);
  });

  test('are sent after a restart that lies over their time', async () => {
    await begin({ env: { STORE_URL: `sqlite:${join(folder, 'store.sqlite')}` } });
    renew(5);
    await record('9h');
    await world.bot.stop();
    world.clock.advance(hours(2));
    renew(5);
    await world.restartBot();
    await until('fresh ones are sent', () => updates().length === 1);
    world.clock.advance(minutes(30));
    await world.bot.recordings.tick();
    expect(updates()).toHaveLength(1);
  });

  test('are sent again when Agora does not answer, or refuses', async () => {
    await begin();
    renew(5);
    await record('9h');
    world.agora.fault({ kind: 'answer', endpoint: 'update', status: 500, times: 2 });
    world.agora.fault({ kind: 'drop', endpoint: 'update', after: true });
    renew(6);
    world.clock.advance(minutes(61));
    // Time goes on meanwhile: an answer that is heard late has its next try later.
    await until('one that counts after four tries', () => {
      world.clock.advance(1_000);
      return updates().length >= 4 && updates().at(-1)?.status === 200;
    });
    expect(problems()).toEqual([]);
    await nothingLeaked();
  });
});

test("the environment's storage takes them too: Agora gets them at the start, and fresh ones an hour later", async () => {
  world = await startWorld({
    env: {
      STORAGE_VENDOR: 's3',
      STORAGE_REGION: 'us-east-1',
      STORAGE_ENDPOINT: '',
      STORAGE_ACCESS_KEY: '',
      STORAGE_SECRET_KEY: '',
      STORAGE_CREDENTIALS: file(),
    },
  });
  renew(5);
  // Not stopped, because the files would be looked for at Amazon.
  await record('3h');
  renew(12);
  world.clock.advance(minutes(61));
  await until('fresh ones are in force', async () => {
    const [s] = await world.bot.recordings.recent(1);
    return updates().some((r) => r.status === 200) && (s?.credentials?.until ?? 0) > world.clock.now() + hours(10);
  });
  await nothingLeaked();
});

describe('credentials that nobody renews', () => {
  test('are an alert an hour before they run out, to operators as well; fresh ones are still taken, and all is uploaded', async () => {
    await begin();
    renew(5);
    await record('9h');
    world.clock.advance(hours(3) + minutes(55));
    await until('it was looked for fresh ones', async () => {
      const [s] = await world.bot.recordings.recent(1);
      return s?.credentials?.problem !== undefined;
    });
    expect(updates()).toEqual([]);
    expect(problems()).toEqual([]);
    world.clock.advance(minutes(6));
    await until('an alert', () => problems().length === 1);
    expect(JSON.stringify(problems()[0]?.blocks)).toMatch(/run out in (59|58) min/);
    await until('operators know', () =>
      world.slack.messages('C0OPS', 'U0ANA').some((m) => /storage `archive` run out/.test(m.text)),
    );
    // They run out, and the bucket does not take the files any more.
    world.clock.advance(hours(1));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const stuck = world.storage.list('').length;
    world.clock.advance(minutes(2));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(world.storage.list('')).toHaveLength(stuck);
    renew(5);
    world.clock.advance(minutes(6));
    await world.shown(/Fresh credentials of the bucket have been sent/);
    await until('what was held back comes', () => world.storage.list('').length > stuck);
    await stop();
    await cardSays(/Ready, files seen in the bucket/);
    expect(problems()).toHaveLength(1);
    await nothingLeaked();
  });

  test('alarm nobody when the recording ends before they do', async () => {
    await begin();
    renew(5);
    await record('4h');
    world.clock.advance(hours(3) + minutes(58));
    await cardSays(/🔴 \*Recording\*/);
    world.clock.advance(minutes(3));
    await cardSays(/Ready/);
    expect(problems()).toEqual([]);
  });

  test('that live for less than Agora asks for, or cannot be read, start nothing and say why', async () => {
    await begin();
    renew(3);
    await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record start math-101' });
    const short = await until('an alert', () => problems()[0]);
    expect(JSON.stringify(short.blocks)).toMatch(
      /live for 179 min more, and Agora takes none that live for less than 4 h/,
    );
    unlinkSync(file());
    world.clock.advance(hours(4));
    await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record start physics' });
    for (let i = 0; i < 12; i++) {
      world.clock.advance(15_000);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const unread = await until('another alert', () => problems()[1]);
    expect(JSON.stringify(unread.blocks)).toContain('The file cannot be read (ENOENT)');
    expect(world.agora.ledger()).toEqual([]);
    await nothingLeaked();
  });
});
