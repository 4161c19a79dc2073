import { afterEach, describe, expect, test } from 'vitest';
import { startWorld, type World, type WorldOptions } from './support/start-world.ts';
import { until } from './support/until.ts';

/** The real bot over real sockets: Slack in, Agora out, and what people see. Time is moved by the tests. */
let world: World;
afterEach(() => world.close());

const ana = { user: 'U0ANA', channel: 'C0CLASSES' };
const minutes = (n: number) => n * 60_000;

async function record(name: string, options: WorldOptions = {}, extra = '--for 30m'): Promise<void> {
  world = await startWorld(options);
  expect(await world.slack.type({ ...ana, text: `/record start ${name} ${extra}` })).toMatchObject({ ok: true });
  await recording(name);
}

/** Lets the first query's time come, and waits for its proof and for a first slice. */
async function recording(name: string): Promise<void> {
  await until('a task', () => world.agora.ledger().some((t) => t.cname === name));
  world.clock.advance(6_000);
  await world.shown(new RegExp(`^Recording of ${name}.*: Recording\\.`));
}

function buttons(): string[] {
  return (world.card('math-101')?.blocks ?? []).flatMap((b) =>
    b.type === 'actions' ? (b.elements as { action_id: string }[]).map((e) => e.action_id) : [],
  );
}

const click = (action_id: string, user = 'U0ANA') =>
  world.slack.click({ user, channel: 'C0CLASSES', message_ts: world.card('math-101')?.ts ?? '', action_id });

describe.each<[string, WorldOptions]>([
  ['Socket Mode', {}],
  ['HTTP mode, with notifications', { httpMode: true, notifications: true }],
])('%s', (_name, options) => {
  test('from start to posted files', async () => {
    await record('math-101', options);
    world.clock.advance(minutes(10));
    await until('slices', () => world.storage.list('').length > 5);
    expect(await click('stop_recording')).toMatchObject({ ok: true });
    await world.shown(/^Recording of math-101.*Ready, files seen in the bucket\. 1 file\./);
    const files = await world.shown(/Ready: Agora confirms the upload/);
    expect(files.thread_ts).toBe(world.card('math-101')?.ts);
    const [key] = world.storage.list('').filter((k) => k.endsWith('.m3u8'));
    const location = `${world.storage.url}/sandbox-recordings/${key}`;
    expect(JSON.stringify(files.blocks)).toContain(location);
    expect(JSON.stringify(world.card('math-101')?.blocks)).toContain(location);
    expect(await (await fetch(location)).text()).toContain('#EXT-X-ENDLIST');
    // Without PUBLIC_URL there is no player, and no button that leads to it.
    expect(buttons()).toEqual(['new_link']);
    expect((await fetch(`${world.bot.url}/watch/player.js`)).status).toBe(404);
    const [task] = world.agora.ledger();
    expect(task?.endedAt).toBeDefined();
    expect(world.slack.calls.filter((c) => !c.ok)).toEqual([]);
  });

  test('the same stop twice is one stop, and the second click is told the truth', async () => {
    await record('math-101', options);
    const { ts } = world.card('math-101') ?? { ts: '' };
    const twice = { channel: 'C0CLASSES', message_ts: ts, action_id: 'stop_recording' };
    await Promise.all([world.slack.click({ ...twice, user: 'U0ANA' }), world.slack.click({ ...twice, user: 'U0BEN' })]);
    await world.shown(/Ready, files seen in the bucket/);
    expect(world.agora.requests.filter((r) => r.endpoint === 'stop' && r.status === 200)).toHaveLength(1);
    const told = [...world.sees('U0ANA'), ...world.sees('U0BEN')].filter((m) => m.is_ephemeral);
    expect(told.map((m) => m.text).join()).toMatch(/was stopped already|has ended already/);
  });
});

describe('time', () => {
  test('warns, extends up to the longest, and stops by itself', async () => {
    await record('math-101', { env: { MAX_DURATION: '2h' } });
    expect(buttons()).toEqual(['stop_recording']);
    world.clock.advance(minutes(25) + 1000);
    await world.shown(/stops by itself at .* The card has buttons/);
    await until('buttons to extend', () => buttons().length === 3);
    await click('extend_recording_1_h');
    await world.shown(/extended the recording/);
    await click('extend_recording_1_h', 'U0BEN').catch(() => undefined);
    expect(buttons()).toEqual(['stop_recording']);
    await world.slack.type({ ...ana, text: '/record extend math-101 3h' });
    await world.shown(/too long|2 h at most/);
    world.clock.advance(minutes(65));
    await world.shown(/Ready, files seen in the bucket/);
    await world.shown(/The time is over/);
    expect(world.agora.ledger()).toHaveLength(1);
  });

  test('a process that stood still over the deadline stops as soon as it moves again', async () => {
    await record('math-101');
    const stopAt = (await world.bot.recordings.byChannelName('math-101'))?.stopAt ?? 0;
    world.clock.advance(stopAt - world.clock.now() - 2_000);
    expect(world.agora.ledger()[0]?.endedAt).toBeUndefined();
    // Cron misses four of its slots, and runs none of them later.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_500);
    await world.shown(/The time is over/);
    await until('the end of the task', () => world.agora.ledger()[0]?.endedAt !== undefined);
    expect(world.agora.ledger()).toHaveLength(1);
    expect(world.log.text()).toContain('missed execution');
  });
});

describe('trouble', () => {
  test('a failover of 60 seconds raises no alert', async () => {
    await record('math-101');
    const sid = world.agora.panel().tasks[0]?.sid ?? '';
    world.agora.fault({ kind: 'failover', sid });
    for (let i = 0; i < 12; i++) {
      world.clock.advance(10_000);
      await until('a look', () => world.agora.requests.length > 0);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
    }
    expect(world.sees().filter((m) => /Problem/.test(m.text))).toEqual([]);
    await world.shown(/: Recording\./);
  }, 40_000);

  test('a recorder that dies is one alert with cause, next step and code', async () => {
    await record('math-101', { notifications: true });
    world.agora.fault({ kind: 'recorder_dies', sid: world.agora.panel().tasks[0]?.sid ?? '' });
    const alert = await world.shown(/^Problem with the recording of math-101/);
    expect(alert.is_broadcast).toBe(true);
    expect(JSON.stringify(alert.blocks)).toMatch(/Likely cause.*What to do.*Code.*event 11: exitStatus 1/);
    world.clock.advance(minutes(10));
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(world.sees().filter((m) => m.text.startsWith('Problem'))).toHaveLength(1);
    // What it wrote until then is looked for, and shown with links.
    for (let looks = 0; looks < 3; looks++) {
      world.clock.advance(minutes(2));
      await new Promise((resolve) => setTimeout(resolve, 1_100));
    }
    await world.shown(/What was recorded until then is in the bucket, all of it seen: 1 file\. A list has no end mark/);
    expect(JSON.stringify(world.card('math-101')?.blocks)).toMatch(
      /\*Ended early\*.*until then, all seen in the bucket/,
    );
    expect(buttons()).toEqual(['new_link']);
    await world.slack.type({ ...ana, text: '/record start math-101' });
    await until('a second recording', () => world.agora.ledger().length === 2);
  });

  test('everybody leaves: the recorder ends by itself, and all files are seen', async () => {
    await record('math-101', { env: { MAX_IDLE_TIME: '1m' } });
    world.clock.advance(minutes(2));
    await until('slices', () => world.storage.list('').length > 5);
    world.agora.setPublishers('math-101', 0);
    // Without notifications one 404 proves nothing. The bot looks once a second, however fast time is moved.
    await until('an alert', async () => {
      world.clock.advance(20_000);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      return world.sees().some((m) => m.text.startsWith('Problem with the recording of math-101'));
    });
    expect(world.agora.requests.filter((r) => r.endpoint === 'stop' && r.status === 200)).toEqual([]);
    await world.shown(/What was recorded until then is in the bucket, all of it seen: 1 file\.$/);
    expect(world.sees().filter((m) => m.text.startsWith('Problem'))).toHaveLength(1);
    expect(JSON.stringify(world.card('math-101')?.blocks)).toMatch(
      /\*Ended early\*.*until then, all seen in the bucket/,
    );
  });

  test('nobody told of a failover: the files of both recorders are there', async () => {
    await record('math-101');
    world.clock.advance(minutes(1));
    await until('slices', () => world.storage.list('').length > 5);
    world.agora.fault({ kind: 'failover', sid: world.agora.panel().tasks[0]?.sid ?? '' });
    await until('the second recorder has written', () => {
      world.clock.advance(10_000);
      return world.storage.list('').some((key) => /^bak0_.*\.m3u8$/.test(key));
    });
    await click('stop_recording');
    await world.shown(/Ready, files seen in the bucket\. 2 files\./);
  });

  test('files in the backup are said to be there, and when they have landed', async () => {
    await record('math-101', { notifications: true });
    world.agora.fault({ kind: 'upload_to_backup', sid: world.agora.panel().tasks[0]?.sid ?? '' });
    world.clock.advance(10_000);
    await click('stop_recording');
    await world.shown(/in Agora's backup, on their way/);
    // An upload holds nobody up.
    expect(await world.slack.type({ ...ana, text: '/record start math-101 --for 5m' })).toMatchObject({ ack: {} });
    await until('a second recording', () => world.agora.ledger().length === 2);
    world.clock.advance(minutes(2));
    await world.shown(/Ready, files seen in the bucket/);
  });

  test('a key that may only write: where the files lie, and no links that would not open, until it may read', async () => {
    await record('math-101', { notifications: true, env: { PUBLIC_URL: 'http://127.0.0.1:3999' } });
    world.clock.advance(minutes(2));
    await until('slices', () => world.storage.list('').length > 5);
    world.storage.setPrivate(true);
    await click('stop_recording');
    await world.shown(/Done, Agora confirms the files/);
    const [key] = world.storage.list('').filter((k) => k.endsWith('.m3u8'));
    const card = () => JSON.stringify(world.card('math-101')?.blocks);
    expect(card()).toContain(`<${world.storage.url}/sandbox-recordings/${key}|`);
    expect(card()).toContain('The key may not read the bucket');
    expect(card()).not.toMatch(/X-Amz-Signature|links are good/);
    expect(buttons()).toEqual([]);
    const answer = async () => {
      await world.slack.type({ ...ana, text: '/record files math-101' });
      return world.shown(/^Files of math-101|^Files of `math-101`/);
    };
    expect(JSON.stringify((await answer()).blocks)).not.toContain('X-Amz-Signature');
    world.storage.setPrivate(false);
    await world.slack.type({ ...ana, text: '/record files math-101' });
    const fresh = await world.shown(/^Files of .*The links are good until/);
    expect(JSON.stringify(fresh.blocks)).toContain('X-Amz-Signature');
  });

  test('a wrong bucket key is an alert that names the settings, and the task is stopped', async () => {
    world = await startWorld({ notifications: true, env: { STORAGE_SECRET_KEY: 'not-the-key' } });
    await world.slack.type({ ...ana, text: '/record start math-101 --for 30m' });
    const alert = await world.shown(/^Problem/);
    expect(JSON.stringify(alert.blocks)).toMatch(/could not write to the bucket.*STORAGE_VENDOR.*module 1 code 32/);
    await until('nothing bills', () => world.agora.ledger().every((t) => t.endedAt !== undefined));
  });

  test('nothing published: says so, and there is no alert', async () => {
    world = await startWorld({});
    world.agora.setPublishers('math-101', 0);
    await world.slack.type({ ...ana, text: '/record start math-101 --for 30m' });
    await recording('math-101');
    await click('stop_recording');
    await world.shown(/nothing was recorded because nobody published/);
    expect(world.sees().filter((m) => /Problem/.test(m.text))).toEqual([]);
  });

  test('an alert waits for Slack to come back', async () => {
    await record('math-101', { notifications: true });
    world.slack.setDown(true);
    world.agora.fault({ kind: 'recorder_dies', sid: world.agora.panel().tasks[0]?.sid ?? '' });
    await until('Slack was tried', () => world.slack.calls.some((c) => c.error === 'http 503'));
    world.slack.setDown(false);
    world.clock.advance(minutes(2));
    await world.shown(/^Problem with the recording of math-101/);
  });

  test('the bot restarts: it takes up what runs and starts nothing twice', async () => {
    const path = `sqlite:/tmp/agora-recording-test-${process.pid}-${Date.now()}.sqlite`;
    await record('math-101', { env: { STORE_URL: path } });
    await world.restartBot();
    expect(world.agora.ledger()).toHaveLength(1);
    await click('stop_recording');
    await world.shown(/Ready, files seen in the bucket/);
    expect(world.agora.ledger()).toHaveLength(1);
  });
});
