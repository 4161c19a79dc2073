import { afterEach, describe, expect, test, vi } from 'vitest';
import { startWorld, type World } from './support/start-world.ts';
import { until } from './support/until.ts';

/** Files of a recording that Agora never named: after a failover, and after an upload that failed on its way. */
let world: World;
// Whole days pass in some of these.
vi.setConfig({ testTimeout: 60_000 });
afterEach(() => world.close());

const task = () => world.agora.ledger()[0];
const card = () => JSON.stringify(world.card('math-101')?.blocks);
const cardSays = (words: RegExp) => until(`a card that says ${words}, not ${card()}`, () => words.test(card()));
const session = async () => (await world.bot.recordings.recent(1))[0];
const lists = () => world.storage.list('').filter((key) => key.endsWith('.m3u8'));

async function record(): Promise<string> {
  await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text: '/record start math-101' });
  await until('a task', () => task());
  world.clock.advance(6_000);
  await world.shown(/is being recorded/);
  world.clock.advance(20_000);
  await until('slices', () => world.storage.list('').length > 5);
  return task()?.sid ?? '';
}
const stop = () =>
  world.slack.click({
    user: 'U0ANA',
    channel: 'C0CLASSES',
    message_ts: world.card('math-101')?.ts ?? '',
    action_id: 'stop_recording',
  });

/** A failover of which event 12 tells, and of whose files nobody says anything any more. */
async function silentFailover(): Promise<string> {
  const sid = await record();
  await until('the first list is named', async () => {
    world.clock.advance(16_000);
    return ((await session())?.files.length ?? 0) > 0;
  });
  world.agora.fault({ kind: 'failover', sid });
  const gone = { status: 404, body: { code: 404, reason: 'failed to find worker' } };
  world.agora.fault({ kind: 'answer', endpoint: 'query', ...gone, times: 1_000 });
  world.clock.advance(61_000);
  await until('event 12', async () => (await session())?.evidence.failoverUids.length === 1);
  world.loseNotifications();
  world.clock.advance(10_000);
  await until('both lists are there', () => lists().length === 2);
  const late = { status: 206, body: { code: 50, reason: 'upload not completed' } };
  world.agora.fault({ kind: 'answer', endpoint: 'stop', ...late, after: true });
  await stop();
  await cardSays(/Stopped, uploading/);
  await until('it has ended', () => task()?.endedAt !== undefined);
  world.clock.advance(3_000);
  world.agora.tick();
  await world.agora.settled();
  expect((await session())?.files.map((f) => f.name)).toEqual([`${sid}_math-101.m3u8`]);
  return sid;
}

describe('after a failover', () => {
  test('the list of the recorder that took over is found, counted and shown', async () => {
    world = await startWorld({ notifications: true });
    const sid = await silentFailover();
    world.clock.advance(11 * 60_000);
    await cardSays(/Ready, files seen in the bucket/);
    expect(card()).toContain(`${sid}_math-101.m3u8`);
    expect(card()).toContain(`bak0_${sid}_math-101.m3u8`);
    const report = (await session())?.report;
    expect(report?.files.map((f) => f.name).sort()).toEqual(
      [`${sid}_math-101.m3u8`, `bak0_${sid}_math-101.m3u8`].sort(),
    );
  });

  test('is not "ready" while a slice of it is missing', async () => {
    world = await startWorld({ notifications: true });
    const sid = await silentFailover();
    const slice = world.storage.list(`bak0_${sid}`).find((key) => key.endsWith('.ts')) ?? '';
    world.storage.remove(slice);
    world.clock.advance(11 * 60_000);
    await until('it was looked for', async () => (await session())?.report?.verdict === 'missing');
    expect((await session())?.report?.missing).toEqual([slice]);
    expect(card()).not.toContain('Ready');
  });

  test('where the bucket may not be read, it is shown as expected and not as confirmed', async () => {
    world = await startWorld({ notifications: true });
    const sid = await silentFailover();
    world.storage.setPrivate(true);
    world.clock.advance(11 * 60_000);
    await until('it was looked for', async () => (await session())?.files.length === 2);
    expect((await session())?.files).toMatchObject([
      { name: `${sid}_math-101.m3u8` },
      { name: `bak0_${sid}_math-101.m3u8`, expected: true },
    ]);
    // Nobody confirms it for three days.
    world.clock.advance(73 * 3_600_000);
    await cardSays(/Failed/);
    expect(card()).toMatch(/bak0_[^ ]+ \(expected, not seen\)/);
  });
});

describe('an upload that takes long, of which Agora has named no file', () => {
  /** Stopped before the first list was named, while the bucket is away; from then on Agora says nothing. */
  async function slow(options: Parameters<typeof startWorld>[0], text: string): Promise<string> {
    world = await startWorld(options);
    const gone = { status: 404, body: { code: 404, reason: 'failed to find worker' } };
    await world.slack.type({ user: 'U0ANA', channel: 'C0CLASSES', text });
    await until('a task', () => task());
    // Status 4 proves it, and the first list comes later.
    world.agora.fault({ kind: 'answer', endpoint: 'query', status: 200, body: { serverResponse: { status: 4 } } });
    world.agora.fault({ kind: 'answer', endpoint: 'query', ...gone, times: 1_000 });
    world.clock.advance(6_000);
    await world.shown(/is being recorded/);
    world.storage.setTrouble('down');
    const late = { status: 206, body: { code: 50, reason: 'upload not completed' } };
    world.agora.fault({ kind: 'answer', endpoint: 'stop', ...late, after: true });
    await stop();
    await cardSays(/Stopped, uploading/);
    expect((await session())?.files).toEqual([]);
    world.clock.advance(11 * 60_000);
    return task()?.sid ?? '';
  }
  const thread = async (words: RegExp) => JSON.stringify((await world.shown(words)).blocks);

  test('composite: the names that they should have, as expected and not seen', async () => {
    const sid = await slow({}, '/record start math-101');
    const told = await thread(/has named no files\. They should be here, but that is not proved/);
    expect(told).toContain(`${sid}_math-101.m3u8`);
    expect(told).toContain('(expected, not seen)');
    expect(card()).toContain('upload not confirmed yet');
  });

  test('individual: how their names begin and end, since nobody knows the uids', async () => {
    const profiles = 'profiles: { tracks: { mode: individual } }';
    const sid = await slow({ profiles }, '/record start math-101 --profile tracks');
    const told = await thread(/has named no files\. Their names should be/);
    expect(told).toContain(`${sid}_math-101__uid_s_&lt;uid&gt;__uid_e_audio.m3u8`);
  });
});

describe('after an upload that failed on its way', () => {
  test('the longer copy of the list is the file, and the shorter one is none', async () => {
    world = await startWorld();
    const sid = await record();
    // Nothing grows any more, so that the end of the list is all that is still to be written.
    world.agora.setPublishers('math-101', 0);
    await world.agora.settled();
    world.storage.setTrouble('down');
    await stop();
    await until('it uploads', () => world.agora.panel().tasks[0]?.statusText === 'uploading');
    await new Promise((resolve) => setTimeout(resolve, 60));
    world.storage.setTrouble(undefined);
    await until('the copy is there', () => lists().length === 2);
    await cardSays(/Ready, files seen in the bucket/);
    const copy = lists().find((key) => /_\d+_\d+\.m3u8$/.test(key)) ?? '';
    expect(String(world.storage.get(copy))).toContain('ENDLIST');
    expect(String(world.storage.get(`${sid}_math-101.m3u8`))).not.toContain('ENDLIST');
    expect((await session())?.files.map((f) => f.name)).toEqual([copy]);
    expect(card()).toContain(copy);
    expect(card()).not.toContain(`${sid}_math-101.m3u8`);
  });
});
